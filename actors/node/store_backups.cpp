// store_backups.cpp: each step of a copy is a message of its own to the keeper: what has come meanwhile goes before the next.
#include "actors/node/store_backups.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <boost/json.hpp>
#include <boost/url/pct_string_view.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include "actors/blocking_calls.hpp"
#include "actors/limits.hpp"
#include "actors/protocols.hpp"
#include "dialer/store/store_copy.hpp"
#include "dialer/text.hpp"

namespace chainring::actors {

namespace {

namespace json = boost::json;

enum class backup_state { none, copying, syncing, done, failed };
constexpr const char* name_of(backup_state s) {
  constexpr const char* names[] = {"none", "copying", "syncing", "done", "failed"};
  return names[static_cast<int>(s)];
}

/// Of the last one, for who asks.
struct backup_view {
  backup_state state = backup_state::none;
  std::string to;
  std::int64_t begun_ms = 0, ended_ms = 0;
  dialer::copy_progress progress;
  error problem;

  bool goes_on() const { return state == backup_state::copying || state == backup_state::syncing; }
};

std::string to_json(const backup_view& v) {
  json::object o{{"state", name_of(v.state)}};
  if (v.state == backup_state::none) return json::serialize(o);
  o["to"] = v.to;
  o["done"] = v.progress.done;
  o["all"] = v.progress.all;
  o["begun_ms"] = v.begun_ms;
  if (!v.goes_on()) o["ended_ms"] = v.ended_ms;
  if (v.state == backup_state::failed) o["what"] = v.problem.what, o["where"] = v.problem.where, o["mend"] = v.problem.mend;
  return json::serialize(o);
}

/// On the keeper's thread as long as its copy is.
struct backup_at_work {
  std::unique_ptr<dialer::backup_file> file;
  std::unique_ptr<dialer::store_copy> copy; // goes first
};

class store_backups : public std::enable_shared_from_this<store_backups> {
 public:
  explicit store_backups(store_backups_terms terms) : terms_(std::move(terms)) {}

  void begin(const http_request& request, responder answer) {
    auto to = backup_path_of(request.query);
    if (!to) return answer(error_response(400, to.error()));
    {
      const std::lock_guard held(mutex_);
      if (view_.goes_on() && view_.to == *to) return answer(accepted());
      if (view_.goes_on())
        return answer(error_response(409, {"a backup is being made already", view_.to, "wait for its end"}));
      view_ = {.state = backup_state::copying, .to = *to, .begun_ms = terms_.time->now_ms(), .progress = {}, .problem = {}};
    }
    ask_keeper([self = shared_from_this(), to = std::move(*to), answer = std::move(answer)](dialer::store& s) {
      self->begin_copy(s, to, answer);
    });
  }

  void show(const http_request&, const responder& answer) {
    const std::lock_guard held(mutex_);
    answer(json_response(to_json(view_)));
  }

 private:
  void ask_keeper(std::function<void(dialer::store&)> question) {
    caf::anon_send(terms_.keeper, ask_store{std::move(question), {}});
  }

  http_response accepted() const { // the lock is held
    auto response = json_response(to_json(view_));
    response.status = 202;
    return response;
  }

  void begin_copy(dialer::store& s, const std::string& to, const responder& answer) {
    auto work = std::make_shared<backup_at_work>();
    auto file = dialer::backup_file::create(to);
    if (!file) return answer(error_response(409, fail(std::move(file).error())));
    work->file = std::move(*file);
    auto copy = s.begin_copy(work->file->written());
    if (!copy) return answer(error_response(503, fail(std::move(copy).error())));
    work->copy = std::move(*copy);
    {
      const std::lock_guard held(mutex_);
      answer(accepted());
    }
    go_on(std::move(work));
  }

  void go_on(std::shared_ptr<backup_at_work> work) {
    ask_keeper([self = shared_from_this(), work = std::move(work)](dialer::store&) { self->step(work); });
  }

  void step(const std::shared_ptr<backup_at_work>& work) {
    auto more = work->copy->step();
    if (!more) {
      work->copy.reset();
      work->file.reset();
      return (void)fail(std::move(more).error());
    }
    {
      const std::lock_guard held(mutex_);
      view_.progress = work->copy->progress();
      if (!*more) view_.state = backup_state::syncing;
    }
    if (*more) return go_on(work);
    work->copy.reset();
    terms_.io->files().run(
        "backup " + work->file->path(), [work, at_ms = terms_.time->now_ms()] { return work->file->finish(at_ms); },
        [self = shared_from_this()](const result<void>& finished) { self->end(finished); });
  }

  void end(const result<void>& finished) {
    if (!finished) return (void)fail(finished.error());
    const std::lock_guard held(mutex_);
    view_.state = backup_state::done;
    view_.ended_ms = terms_.time->now_ms();
    spdlog::info("the store is backed up: {}", view_.to);
  }

  error fail(error why) {
    spdlog::error("no backup: {}", to_line(why));
    const std::lock_guard held(mutex_);
    view_.state = backup_state::failed;
    view_.ended_ms = terms_.time->now_ms();
    view_.problem = why;
    return why;
  }

  const store_backups_terms terms_;
  std::mutex mutex_;
  backup_view view_;
};

} // namespace

result<std::string> backup_path_of(std::string_view query) {
  constexpr std::string_view key = "to=";
  const auto refused = [&](std::string what) {
    return error{std::move(what), std::string(query), "send POST /api/v1/backup?to=FILE, its absolute path on the node's machine "
                                                      "percent-encoded"};
  };
  if (!query.starts_with(key)) return refused("the query does not name the backup");
  query.remove_prefix(key.size());
  if (query.find('&') != std::string_view::npos) return refused("the query names more than the backup");
  const auto encoded = boost::urls::make_pct_string_view(query);
  if (!encoded) return refused("the query is not percent-encoded rightly");
  auto path = encoded->decode();
  if (!path.starts_with('/')) return error{"the path is not absolute", path, "begin it with /: it is one of the node's machine"};
  if (dialer::has_control_character(path)) return error{"the path has control characters", path, "name a file without"};
  return path;
}

void add_backup_routes(router& routes, store_backups_terms terms) {
  const auto backups = std::make_shared<store_backups>(std::move(terms));
  routes.post("/api/v1/backup",
              [backups](const http_request& request, responder answer) { backups->begin(request, std::move(answer)); });
  routes.get("/api/v1/backup", [backups](const http_request& request, responder answer) { backups->show(request, answer); });
}

} // namespace chainring::actors
