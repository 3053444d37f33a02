// power_cut_test.cpp: the power goes at random moments of a store's life, again and again. Each time the store is what it was
// after the last call that said done, or after the one that was cut off; never between the two, never less.
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <functional>
#include <iostream>
#include <random>

#include <sqlite3.h>

#include "tests/catch.hpp"
#include "tests/dialer/scratch.hpp"
#include "tests/dialer/store/power_cut_disk.hpp"
#include "tests/dialer/store_contract.hpp"
#include "tests/sanitized.hpp"

using namespace chainring::dialer;

namespace {

constexpr std::int64_t chains = 24;
constexpr list_id list = 1; // the first that a store makes

// -- a store's life, a call at a time ------------

using step = std::function<bool(store&)>; // true: it said done

std::shared_ptr<const kept_document> document(std::int64_t n) {
  return std::make_shared<kept_document>(kept_document{"hash" + std::to_string(n), std::string(9'000, 'd')});
}

/// Larger and larger, so that the log is copied back into the file several times in a life.
write_instance save_of(std::int64_t chain, std::uint32_t version, std::int64_t due_ms) {
  write_instance one{list, chain, std::string(1'500 * version, static_cast<char>('a' + version % 26)), version * 100,
                     {document(version % 3)}, version};
  one.due_ms = due_ms;
  return one;
}

std::shared_ptr<const history_post> post(std::int64_t chain, std::uint32_t round) {
  return std::make_shared<history_post>(history_post{"http://crm/", std::to_string(chain) + '/' + std::to_string(round)});
}

step commits(std::vector<chainring::dialer::write> batch) {
  return [batch = std::move(batch)](store& in) { return in.commit(batch).ok(); };
}

/// Every chain is called and saved; some are called to their end, some leave memory, some come back.
void add_round(std::vector<step>& all, std::int32_t n) {
  const auto round = static_cast<std::uint32_t>(n);
  std::vector<chainring::dialer::write> intents, ends, saves;
  const std::int64_t last = chains - 2 * n; // those above have ended
  for (std::int64_t chain = 1; chain <= last; ++chain) {
    auto intent = std::get<write_intent>(intent_of(list, chain, 1, n, n * 10'000));
    intent.history = post(chain, round);
    intent.instance = std::make_shared<write_instance>(save_of(chain, 3 * round, 0));
    intents.push_back(std::move(intent));
    auto end = std::get<write_result>(result_of(list, chain, 1, n, call_result::busy, n * 10'000 + 5'000));
    end.history = post(chain, round);
    ends.push_back(std::move(end));
    const bool rests = chain % 3 == 0;
    saves.push_back(save_of(chain, 3 * round + 1, rests ? n * 10'000 + 7'000 : 0));
    saves.push_back(write_row{{list, chain, 2}, {}, {}, {}, std::int64_t{n}, {{"said", std::string(40, 's')}}});
  }
  for (const std::int64_t chain : {last, last - 1})
    saves.push_back(write_chain_end{.list = list, .chain_id = chain, .at_ms = n * 10'000 + 8'000, .reason = "enough"});
  saves.push_back(write_release{list, 1});
  const auto half = static_cast<std::ptrdiff_t>(ends.size() / 2);
  all.push_back(commits(std::move(intents)));
  all.push_back(commits({ends.begin(), ends.begin() + half}));
  all.push_back(commits({ends.begin() + half, ends.end()}));
  all.push_back(commits(std::move(saves)));
  all.push_back([n](store& in) { return in.activate({.list = list, .at_ms = n * 10'000 + 7'000}).ok(); });
  all.push_back([](store& in) { return in.take_ready({list, INT64_MIN, 1, 1}).ok(); });
  all.push_back([](store& in) {
    std::vector<std::int64_t> ids;
    const auto waiting = in.waiting_history("http://crm/", 5, {});
    if (waiting)
      for (const auto& one : *waiting) ids.push_back(one.id);
    return waiting.ok() && in.remove_history(ids).ok();
  });
  all.push_back([n](store& in) { return in.set("virtual_now_ms", std::to_string(n)).ok(); });
}

std::vector<step> life() {
  std::vector<step> all;
  all.push_back([](store& in) { return in.open_list({"people", {"said"}}).ok(); });
  all.push_back([](store& in) {
    std::vector<record> rows;
    for (std::int64_t chain = 1; chain <= chains; ++chain)
      for (const std::int32_t n : {1, 2}) rows.push_back(row_of(chain, n)), rows.back().user.resize(1);
    return in.import_records(list, rows, {"contact_info"}, store::on_existing::keep).ok();
  });
  all.push_back([](store& in) { return in.import_do_not_call({{store::dnc_kind::phone, "+15550"}}).ok(); });
  all.push_back([](store& in) { return in.take_ready({list, INT64_MIN, 10, 1}).ok(); });
  all.push_back([](store& in) { return in.take_ready({list, INT64_MIN, 1'000, 1}).ok(); });
  for (std::int32_t n = 1; n <= 8; ++n) add_round(all, n);
  all.push_back(commits({intent_of(list, 1, 2, 1)}));
  all.push_back([](store& in) { return in.recover(list, 900'000).ok(); });
  all.push_back([](store& in) { return in.documents().ok(); });
  return all;
}

// -- what a file holds ------------

/// Every row of every table but what an owner writes as it becomes it; first a line that says whether the file is sound. Looks at a
/// copy: a look would recover the file.
std::string contents(const std::string& path, const std::string& copy) {
  for (const char* end : {"", "-wal", "-journal"}) {
    std::filesystem::remove(copy + end);
    if (std::filesystem::exists(path + end)) std::filesystem::copy_file(path + end, copy + end);
  }
  sqlite3* file = nullptr;
  REQUIRE(sqlite3_open_v2(copy.c_str(), &file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix") == SQLITE_OK);
  std::string told;
  const auto add = [&](const std::string& sql) {
    const auto row = [](void* to, int count, char** values, char** names) {
      auto& text = *static_cast<std::string*>(to);
      for (int i = 0; i < count; ++i)
        if (std::string_view(names[i]) != "epoch") text += (values[i] == nullptr ? "null" : values[i]) + std::string(",");
      text += '\n';
      return 0;
    };
    const int code = sqlite3_exec(file, sql.c_str(), row, &told, nullptr);
    if (code != SQLITE_OK) told += sql + ": " + sqlite3_errmsg(file) + '\n';
  };
  add("PRAGMA integrity_check");
  std::vector<std::string> tables;
  sqlite3_exec(
    file, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    [](void* to, int, char** values, char**) { return static_cast<std::vector<std::string>*>(to)->emplace_back(values[0]), 0; },
    &tables, nullptr);
  for (const auto& table : tables) {
    told += table + ":\n";
    add("SELECT * FROM " + table + (table == "meta" ? " WHERE key NOT IN ('epoch', 'owner', 'saved_chains', 'handles_end')" : ""));
  }
  sqlite3_close(file);
  return told;
}

bool is_sound(const std::string& told) { return told.starts_with("ok,\n"); }

/// A life without a cut: what the store holds before each step and at the end, and how much of the disk's work it is.
struct whole_life {
  std::vector<step> steps = life();
  std::vector<std::string> held;
  std::int64_t changes = 0;

  explicit whole_life(power_cut_disk& disk) {
    scratch_folder scratch;
    const auto path = scratch.file("people.db");
    {
      auto in = good(open_sqlite(path));
      good(in->own("node"));
      for (const auto& one : steps) {
        held.push_back(contents(path, scratch.file("look.db")));
        REQUIRE(one(*in));
      }
      held.push_back(contents(path, scratch.file("look.db")));
    }
    changes = disk.changes();
  }
};

/// One store, its power cut several times, from its making to its last step.
class cut_life {
 public:
  cut_life(const whole_life& whole, power_cut_disk& disk, std::mt19937_64& draw, durability promised)
    : whole_(whole), disk_(disk), draw_(draw), promised_(promised) {}

  /// Cuts that there were. Ends early after so many.
  int live(int cuts_max) {
    int cuts = 0;
    while (cuts < cuts_max && done_ < whole_.steps.size()) {
      disk_.cut_after(static_cast<std::int64_t>(draw_() % static_cast<std::uint64_t>(whole_.changes / 2)));
      go_on();
      if (!disk_.is_off()) continue;
      ++cuts;
      disk_.power_on(draw_);
      look();
    }
    disk_.calm_down();
    return cuts;
  }
  int lost() const { return lost_; }

 private:
  void go_on() {
    began_ = done_;
    auto in = open_sqlite(path_, promised_);
    if (!in && !disk_.is_off()) FAIL(chainring::to_line(in.error()));
    if (!in) return;
    const auto owned = (*in)->own("node");
    CHECK((owned.ok() || disk_.is_off()));
    if (owned) CHECK(*owned > std::exchange(epoch_, promised_ == durability::every_commit ? *owned : 0));
    for (; owned && began_ < whole_.steps.size(); ++done_)
      if (++began_; !whole_.steps[done_](**in)) break;
    CHECK((done_ == whole_.steps.size() || disk_.is_off()));
  }

  void look() {
    const auto found = contents(path_, scratch_.file("look.db"));
    INFO(found.substr(0, 200));
    CHECK(is_sound(found));
    if (began_ == 0) return; // there was no whole store yet
    const auto right = [&](std::size_t n) { return n < whole_.held.size() && whole_.held[n] == found; };
    std::size_t at = std::min(began_, whole_.steps.size());
    while (at > 0 && !right(at)) --at;
    CHECK(right(at)); // nothing half
    if (at < done_) ++lost_;
    done_ = at;
  }

  const whole_life& whole_;
  power_cut_disk& disk_;
  std::mt19937_64& draw_;
  durability promised_;
  scratch_folder scratch_;
  std::string path_ = scratch_.file("people.db");
  std::size_t done_ = 0;  // steps that have said done
  std::size_t began_ = 0; // steps that may be stored
  std::int64_t epoch_ = 0;
  int lost_ = 0; // cuts that have taken a step back which had said done
};

/// Lives until the power has gone so often; how often that has cost what had been said to be done.
int lost_in(int cuts, std::uint64_t seed, durability promised) {
  INFO("seed " << seed);
  std::mt19937_64 draw(seed);
  power_cut_disk disk;
  const whole_life whole(disk);
  int lost = 0;
  while (cuts > 0) {
    cut_life one(whole, disk, draw, promised);
    cuts -= one.live(cuts);
    lost += one.lost();
  }
  return lost;
}

} // namespace

TEST_CASE("a power cut costs nothing that was committed, and leaves nothing half", "[power]") {
  CHECK(lost_in(30, 1, durability::every_commit) == 0);
}

TEST_CASE("a thousand power cuts cost nothing that was committed", "[.][power_long]") {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << std::endl;
  CHECK(lost_in(1'000, seed, durability::every_commit) == 0);
}

TEST_CASE("a rehearsal's store may lose its last moments in a power cut, and is sound", "[power]") {
  CHECK(lost_in(15, 2, durability::last_moments) > 0);
}

TEST_CASE("whichever change of the disk fails once, the same commit goes through when it is asked again", "[power]") {
  power_cut_disk disk;
  std::vector<chainring::dialer::write> intents, ends;
  for (std::int64_t chain = 1; chain <= chains; ++chain) {
    auto intent = std::get<write_intent>(intent_of(list, chain, 1, 1));
    intent.history = post(chain, 1);
    intent.instance = std::make_shared<write_instance>(save_of(chain, 1, 0));
    intents.push_back(std::move(intent));
    ends.push_back(result_of(list, chain, 1, 1, call_result::busy));
  }
  bool failed = true;
  std::int64_t n = 0;
  for (; failed; ++n) {
    INFO("change " << n);
    scratch_folder scratch;
    const auto path = scratch.file("people.db");
    {
      auto in = good(open_sqlite(path));
      good(in->own("node"));
      people(*in, chains);
      good(in->take_ready({list, INT64_MIN, 1'000, 1}));
      disk.fail_once_after(n);
      failed = false;
      for (const auto* batch : {&intents, &ends}) {
        const auto stored = in->commit(*batch);
        if (stored) continue;
        failed = true;
        CHECK(stored.outcome == commit_outcome::unknown);
        auto more = *batch; // it begins with the same writes
        more.push_back(write_row{{list, chains, 2}, {}, {}, {}, 77, {}});
        good(in->commit(more));
      }
      disk.calm_down();
      CHECK(good(in->attempts_of(list, 11)).at(0).state == attempt_state::done);
      CHECK(good(in->history_receivers()).at(0).second == chains);
    }
    CHECK(is_sound(contents(path, scratch.file("look.db"))));
  }
  CHECK(n > 20); // it has failed at every write and sync of both
}

TEST_CASE("a store of 100,000 records is there again soon after a power cut", "[.][power_long]") {
  constexpr std::int64_t many = 50'000;
  scratch_folder scratch;
  const auto path = scratch.file("people.db");
  power_cut_disk disk;
  {
    auto in = good(open_sqlite(path));
    good(in->own("node"));
    people(*in, many);
    for (std::int64_t from = 0; from < many; from += 5'000) {
      good(in->take_ready({list, from, 5'000, 1}));
      std::vector<chainring::dialer::write> batch;
      for (std::int64_t chain = from + 1; chain <= from + 5'000; ++chain) {
        auto intent = std::get<write_intent>(intent_of(list, chain, 1, 1));
        intent.instance = std::make_shared<write_instance>(write_instance{list, chain, std::string(600, 'x'), 9, {document(1)}});
        batch.push_back(std::move(intent));
      }
      good(in->commit(batch));
    }
    disk.cut_after(0);
  }
  std::mt19937_64 draw(1);
  disk.power_on(draw);
  const auto began = std::clock(); // processor time: whatever else the machine does
  auto in = good(open_sqlite(path));
  good(in->own("node"));
  CHECK(good(in->recover(list, 99'000)).size() == many);
  CHECK(good(in->counts(list)).chains_ready == many);
  CHECK(good(in->documents()).size() == 1);
  const double taken = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  std::cout << "open and ready again after " << taken << " s of a processor" << std::endl;
  CHECK((chainring::tests::under_sanitizer || taken <= 5));
}
