// store_copies.cpp: the cases of the store contract about copies of the whole store, and looking through it.
#include <filesystem>

#include "dialer/store/fsck.hpp"
#include "dialer/store/store_copy.hpp"
#include "dialer/store/store_view.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/full_store.hpp"
#include "tests/dialer/scratch.hpp"
#include "tests/dialer/store_contract.hpp"

using namespace chainring::dialer;

namespace {

namespace fs = std::filesystem;

std::unique_ptr<store> opened_copy(const std::string& path) { return good(open_sqlite(path)); }

/// An empty file in the folder.
std::string empty_file(const scratch_folder& folder) {
  const auto path = folder.file("copy.db");
  std::fclose(std::fopen(path.c_str(), "w"));
  return path;
}

void a_copy_has_everything(store_place& place) {
  scratch_folder folder;
  const auto path = folder.file("backup.db");
  auto in = opened(place);
  fill(*in);
  good(back_up(*in, path, 77'000));
  const auto expected = content_of(*in);
  CHECK(expected.find("history (id, uri, list, chain_id, body)\n1|'http://crm/history'|1|2|") != std::string::npos);
  CHECK(fs::directory_iterator(folder.path())->path() == path); // and nothing else is there
  auto copy = opened_copy(path);
  CHECK(content_of(*copy) == expected);
  CHECK(good(copy->get(backup_ms_key)) == "77000");
  CHECK(good(good(copy->view())->epoch()) == 1);
  CHECK(good(copy->own("who restored it")) == 2);
  CHECK(good(check_store(*copy, {100'000'000, {}}, [](const finding& f) { FAIL_CHECK(chainring::to_line(f.problem)); })).sound());
}

/// Each commit makes an attempt at the first chain that has none and at the last: a copy in which there is one without the other
/// is not of one instant.
void a_copy_is_of_one_instant_while_the_store_works_on(store_place& place) {
  constexpr std::int64_t chains = 20'000;
  scratch_folder folder;
  const auto path = empty_file(folder);
  auto in = opened(place);
  good(in->own("a node"));
  const auto list = people(*in, chains);
  auto copy = good(in->begin_copy(path));
  std::int64_t commits = 0, seen = 0;
  for (bool more = true; more; ++commits) {
    more = good(copy->step());
    CHECK(copy->progress().done >= seen);
    seen = copy->progress().done;
    if (more) good(in->commit({intent_of(list, commits + 1, 1, 1), intent_of(list, chains - commits, 1, 1)}));
  }
  CHECK(commits > 2); // it is made in pieces
  copy.reset();
  auto copied = opened_copy(path);
  CHECK(good(copied->counts(list)).records == chains * 2);
  std::vector<std::int64_t> attempted;
  good(copied->export_attempts([&](const attempt& a, std::string_view) { return attempted.push_back(a.chain_id), true; }));
  const auto pairs = std::ssize(attempted) / 2;
  CHECK(std::ssize(attempted) == pairs * 2);
  CHECK(pairs < commits);
  for (std::int64_t n = 0; n < pairs; ++n) { // ascending record_id: the first chains, then the last
    CHECK(attempted[static_cast<std::size_t>(n)] == n + 1);
    CHECK(attempted[static_cast<std::size_t>(n + pairs)] == chains - pairs + n + 1);
  }
  CHECK(good(check_store(*copied, {}, [](const finding& f) { FAIL_CHECK(chainring::to_line(f.problem)); })).sound());
  CHECK(good(in->attempts_of(list, 11)).size() == 1); // the original has all
}

void a_copy_that_is_given_up_leaves_the_store_alone(store_place& place) {
  scratch_folder folder;
  auto in = opened(place);
  const auto list = people(*in, 10'000);
  {
    auto file = good(backup_file::create(folder.file("b.db")));
    auto copy = good(in->begin_copy(file->written()));
    CHECK(good(copy->step()));
    CHECK_FALSE(backup_file::create(folder.file("b.db")).ok()); // another one at the same time
  }
  CHECK(fs::is_empty(folder.path()));
  good(in->commit({intent_of(list, 1, 1, 1)}));
  good(back_up(*in, folder.file("b.db"), 1));
  CHECK(content_of(*opened_copy(folder.file("b.db"))) == content_of(*in));
}

void a_copy_that_outlives_its_store_fails(store_place& place) {
  scratch_folder folder;
  auto in = opened(place);
  people(*in, 10'000);
  auto file = good(backup_file::create(folder.file("b.db")));
  auto copy = good(in->begin_copy(file->written()));
  CHECK(good(copy->step()));
  in.reset();
  while (true) { // of a server it may come to its end: its connection is its own
    auto more = copy->step();
    if (!more || !*more) break;
  }
  copy.reset();
  in = opened(place); // nothing of it is held any more
  CHECK(good(in->counts(1)).chains == 10'000);
}

void a_backup_replaces_nothing(store_place& place) {
  scratch_folder folder;
  auto in = opened(place);
  people(*in, 1);
  const auto refusal = [&](const std::string& path) {
    auto refused = back_up(*in, path, 1);
    REQUIRE_FALSE(refused.ok());
    CHECK_FALSE(refused.error().mend.empty());
    return refused.error().what;
  };
  const auto taken = empty_file(folder);
  CHECK(refusal(taken) == "there is a file of that name");
  CHECK(fs::file_size(taken) == 0);
  fs::create_symlink(folder.file("nowhere"), folder.file("link"));
  CHECK(refusal(folder.file("link")) == "there is a file of that name");
  CHECK(refusal(folder.file("no/folder.db")) == "the backup cannot be written (No such file or directory)");
  CHECK(refusal(folder.path() + "/") == "this names a folder");
  CHECK(refusal("") == "the backup has no file name");
  CHECK(refusal(folder.file("a\nb")) == "the file name has control characters");
  CHECK(refusal(folder.file(std::string(300, 'x'))) == "the backup cannot be written (File name too long)");
  std::fclose(std::fopen(folder.file("b.db.new").c_str(), "w"));
  CHECK(refusal(folder.file("b.db")) == "another backup of that name is being made, or was cut off");
  CHECK(fs::exists(folder.file("b.db.new"))); // not ours to remove
}

void a_view_reads_several_selects_at_once(store_place& place) {
  auto in = opened(place);
  fill(*in);
  auto view = good(in->view());
  auto rows = good(view->select("SELECT record_id, \"city\" FROM list_1 ORDER BY record_id"));
  for (int chain = 1; chain <= 6; ++chain)
    for (int n : {1, 2}) {
      REQUIRE(good(rows->next()));
      CHECK(rows->integer(0) == chain * 10 + n);
      CHECK(rows->is_null(1) == (n == 2));
      CHECK(rows->text(1) == (n == 1 ? "Zürich" : ""));
      const auto record = std::to_string(rows->integer(0));
      auto attempts = good(view->select("SELECT n FROM attempts WHERE record_id = " + record + " ORDER BY n"));
      int count = 0;
      while (good(attempts->next())) CHECK(attempts->integer(0) == ++count);
      CHECK(count == (n == 1 && chain <= 2 ? 2 : 0));
    }
  CHECK_FALSE(good(rows->next()));
  CHECK(good(view->damage(10)).empty());
}

} // namespace

const std::vector<contract_case>& store_copies_contract() {
  static const std::vector<contract_case> cases = {
    {"a copy has everything", a_copy_has_everything},
    {"a copy is of one instant while the store works on", a_copy_is_of_one_instant_while_the_store_works_on},
    {"a copy that is given up leaves the store alone", a_copy_that_is_given_up_leaves_the_store_alone},
    {"a copy that outlives its store fails", a_copy_that_outlives_its_store_fails},
    {"a backup replaces nothing", a_backup_replaces_nothing},
    {"a view reads several selects at once", a_view_reads_several_selects_at_once},
  };
  return cases;
}
