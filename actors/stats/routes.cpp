// routes.cpp: short answers that need nobody else.
#include "actors/stats/routes.hpp"

#include "actors/stats/page.hpp"

namespace chainring::actors {

void add_live(router& routes) {
  routes.get("/live", [](const http_request&, const responder& answer) {
    answer(text_response("live\n"));
  });
}

void add_ready(router& routes, std::function<std::optional<error>()> why_not) {
  routes.get("/ready",
             [why_not = std::move(why_not)](const http_request&, const responder& answer) {
               const auto reason = why_not();
               answer(reason ? error_response(503, *reason) : text_response("ready\n"));
             });
}

void add_metrics(router& routes, const metrics& from) {
  routes.get("/metrics", [&from](const http_request&, const responder& answer) {
    answer({200, std::string{metrics::content_type}, from.text(), {}});
  });
}

void add_page(router& routes) {
  const auto add = [&](std::string path, std::string_view content_type, std::string_view text) {
    routes.get_by_strangers(std::move(path), [content_type, text](const http_request&, const responder& answer) {
      answer({200, std::string{content_type}, std::string{text}, {}});
    });
  };
  add("/", "text/html; charset=utf-8", page.html);
  add("/page.css", "text/css; charset=utf-8", page.style);
  add("/page.js", "text/javascript; charset=utf-8", page.script);
}

void add_json(router& routes, std::string path, std::function<std::string()> read) {
  routes.get(std::move(path),
             [read = std::move(read)](const http_request&, const responder& answer) {
               answer(json_response(read()));
             });
}

} // namespace chainring::actors
