// restore.cpp: copy, check, take calls in, then give the name, or fill the server.
#include "dialer/store/restore.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "dialer/store/open.hpp"
#include "dialer/store/postgres/fill.hpp"
#include "dialer/store/store_copy.hpp"
#include "dialer/store/store_view.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace fs = std::filesystem;

namespace {

/// A file of a name that nobody else has, gone at the end unless it has got another one.
struct scratch_copy {
  std::string path;
  ~scratch_copy() {
    if (!path.empty()) remove_store_file(path);
  }
};

/// Beside the store to come, so that it needs no more than a name; for a server in the folder for temporary files.
result<void> make_scratch(const std::string& to, scratch_copy& made) {
  std::string path = to + ".restoring";
  int descriptor = -1;
  if (is_on_server(to)) {
    std::error_code ignored;
    path = (fs::temp_directory_path(ignored) / "chainring-restore-XXXXXX").string();
    descriptor = ::mkstemp(path.data());
  } else {
    descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  }
  const auto why = errno;
  if (descriptor < 0 && why == EEXIST)
    return error{"another restore is under way, or was cut off", path, "wait for its end, or remove it"};
  if (descriptor < 0)
    return error{"the store cannot be written (" + std::generic_category().message(why) + ")", path,
                 is_on_server(to) ? "let TMPDIR name a folder that can be written"
                                  : "name a file in a folder that exists and can be written"};
  ::close(descriptor);
  made.path = std::move(path);
  return {};
}

result<void> check_backup(const std::string& backup) {
  std::error_code ignored;
  if (!fs::exists(backup, ignored)) return error{"there is no backup", backup, "name the file of one"};
  if (!fs::is_regular_file(backup, ignored)) return error{"the backup is no file", backup, "name the file of one"};
  const auto log = backup + "-wal";
  if (fs::exists(log, ignored) && fs::file_size(log, ignored) > 0)
    return error{"this is a store that is open, or was not closed: a part of it is in its write-ahead log", log,
                 "back it up first: chainring backup --store " + backup + " FILE"};
  return {};
}

result<void> check_target(const std::string& to) {
  if (!is_on_server(to) && !is_there(to)) {
    for (const char* suffix : {"-wal", "-journal"})
      if (is_there(to + suffix))
        return error{"the log of a store that was here is left, and would be taken for the new one's", to + suffix, "move it away"};
    return {};
  }
  auto there = open_store(to);
  if (!there) return std::move(there).error();
  auto lists = (*there)->lists();
  if (!lists) return std::move(lists).error();
  bool empty = lists->empty();
  if (auto read = (*there)->do_not_call([&](store::dnc_kind, std::string_view) { empty = false; }); !read) return read;
  if (empty) return {};
  return error{"the store is not empty", shown_store(to), "name one that is not there yet: a restore replaces nothing"};
}

result<std::int64_t> count_in_flight(store& s) {
  auto in = s.view();
  if (!in) return std::move(in).error();
  auto rows = (*in)->select("SELECT count(*) FROM attempts WHERE state < 2");
  if (!rows) return std::move(rows).error();
  if (auto one = (*rows)->next(); !one) return std::move(one).error();
  return (*rows)->integer(0);
}

result<later_calls> read_all_calls(const std::vector<std::string>& files, const std::function<void(const error&)>& each_complaint) {
  later_calls all;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return error{"the calls cannot be read", file, "name a trunk's log, or a file of chainring export --attempts"};
    if (auto read = read_later_calls(in, file, all, each_complaint); !read) return std::move(read).error();
  }
  return all;
}

/// In the copy: what its store is to be when it works again.
result<void> make_ready(store& copy, const restore_terms& terms, const later_calls& calls, restored_store& told) {
  auto backup_ms = copy.get(backup_ms_key);
  if (!backup_ms) return std::move(backup_ms).error();
  if (*backup_ms) told.backup_ms = to_integer(**backup_ms).value_or(0);
  auto latest = copy.latest_attempt_ms();
  if (!latest) return std::move(latest).error();
  told.latest_attempt_ms = *latest;
  if (auto mine = copy.own("chainring restore"); !mine) return std::move(mine).error();
  auto taken = take_in(copy, calls);
  if (!taken) return std::move(taken).error();
  told.taken = *taken;
  auto in_flight = count_in_flight(copy);
  if (!in_flight) return std::move(in_flight).error();
  told.in_flight = *in_flight;
  return is_on_server(terms.to) ? postgres::fill_server(terms.to, copy) : result<void>{};
}

} // namespace

result<restored_store> restore(const restore_terms& terms, const std::function<void(const finding&)>& each_finding,
                               const std::function<void(const error&)>& each_complaint) {
  if (auto right = check_backup(terms.backup); !right) return std::move(right).error();
  if (auto right = check_target(terms.to); !right) return std::move(right).error();
  auto calls = read_all_calls(terms.calls, each_complaint);
  if (!calls) return std::move(calls).error();
  scratch_copy scratch;
  if (auto made = make_scratch(terms.to, scratch); !made) return std::move(made).error();
  std::error_code failed;
  fs::copy_file(terms.backup, scratch.path, fs::copy_options::overwrite_existing, failed);
  if (failed) return error{"the backup cannot be copied (" + failed.message() + ")", scratch.path, "make space for it"};

  restored_store told;
  {
    auto copy = open_sqlite(scratch.path, durability::last_moments);
    if (!copy) return error{"the backup is none: " + copy.error().what, terms.backup, "name a file of chainring backup"};
    auto checked = check_store(**copy, {terms.now_ms, {}}, each_finding);
    if (!checked) return std::move(checked).error();
    if (!checked->sound() && !terms.despite_findings)
      return error{"the backup is not sound: " + summary_of(*checked), terms.backup,
                   "take another one, or restore it as it is: --despite-findings"};
    told.checked = std::move(*checked);
    if (auto ready = make_ready(**copy, terms, *calls, told); !ready) return std::move(ready).error();
  }
  if (is_on_server(terms.to)) return told;
  if (auto named = rename_for_good(scratch.path, terms.to); !named) return std::move(named).error();
  scratch.path.clear();
  return told;
}

} // namespace chainring::dialer
