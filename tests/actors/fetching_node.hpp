// fetching_node.hpp: the fetchers of a node without the node, in a folder of the test's own, and documents for them.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include "actors/fetcher.hpp"
#include "actors/io_threads.hpp"
#include "tests/actors/scratch.hpp"
#include "tests/catch.hpp"

namespace chainring::tests {

struct fetching_node : scratch {
  explicit fetching_node(std::chrono::milliseconds timeout = std::chrono::milliseconds{30'000})
      : fetching_node(actors::fetch_settings{.response_timeout = timeout}) {}
  explicit fetching_node(actors::fetch_settings wanted) : all(system, io, with_root(std::move(wanted))) {}
  ~fetching_node() {
    all.stop();
    io.stop();
  }

  actors::fetched get(const std::string& uri, std::optional<std::chrono::steady_clock::time_point> since = {}) {
    caf::scoped_actor self{system};
    actors::fetched out;
    self->request(all.at(uri), caf::infinite, actors::fetch{uri, {}, since})
        .receive([&](actors::fetched& f) { out = std::move(f); },
                 [&](const caf::error& e) { FAIL(system.render(e)); });
    return out;
  }
  /// There is no document, and this is why.
  std::string complaint(const std::string& uri) {
    const auto got = get(uri);
    INFO(uri);
    CHECK(got.document == nullptr);
    CHECK_FALSE(got.problem.what.empty());
    CHECK_FALSE(got.problem.mend.empty());
    return to_line(got.problem);
  }
  const actors::fetch_counters& counters(const std::string& origin) {
    for (const auto& [name, c] : all.servers())
      if (name == origin) return *c;
    throw std::runtime_error("no fetcher of " + origin);
  }

  struct configuration : caf::actor_system_config {
    configuration() { set("scheduler.policy", caf::atom("sharing")); }
  };
  configuration settings;
  caf::actor_system system{settings};
  actors::io_threads io;
  actors::fetchers all;

 private:
  actors::fetch_settings with_root(actors::fetch_settings wanted) const {
    wanted.files.roots = {path};
    return wanted;
  }
};

inline std::string document(const std::string& state, const std::string& inside = "") {
  return "<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" version=\"1.0\" "
         "datamodel=\"ecmascript\">" +
         inside + "<state id=\"" + state + "\"/></scxml>\n";
}

} // namespace chainring::tests
