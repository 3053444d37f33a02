// kept_stores_test.cpp: stores as programs so far have left them when they were killed, kept as SQL in tests/actors/node/stores.
// This program reads every chain in them and goes on where it waited. One more of them is made with: test_actors '[make_store]'
#include "tests/catch.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include <sqlite3.h>

#include "actors/node/node.hpp"
#include "dialer/calling_list.hpp"
#include "tests/actors/hooked_store.hpp"
#include "tests/actors/scratch.hpp"

using namespace chainring;
using namespace chainring::actors;
using namespace chainring::actors::testing;

namespace {

constexpr const char* kept_in = "tests/actors/node/stores";

/// Three calls, half an hour apart; in between a session that it invokes says when ten minutes are over. What it knows is of every
/// kind that can be saved, and at the end it says in the column `said` whether all of that is still there.
constexpr const char* treatment = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml"
  xmlns:ocs="http://genesyslabs.com/schemas/ocs/treatments" version="1.0" datamodel="ecmascript" initial="next">
  <datamodel><data id="record"/><data id="done" expr="[]"/><data id="by_number" expr="new Map()"/><data id="ticks" expr="0"/>
    <data id="began" expr="new Date(86400000)"/><data id="pattern" expr="/^a+$/i"/><data id="odd" expr="[-0, NaN, undefined]"/>
  </datamodel>
  <state id="next"><onentry><ocs:next_record/></onentry>
    <transition event="ocs.next_record" target="call"><assign location="record" expr="_event.data.record_id"/></transition></state>
  <state id="call"><onentry><ocs:make_call record_id="record"/></onentry>
    <transition event="ocs.callresult" target="pause">
      <script>done.push(_event.data.callresult); by_number.set(done.length, {result: _event.data.callresult});</script>
    </transition></state>
  <state id="pause"><onentry><send event="again" delay="1800s"/></onentry>
    <invoke type="scxml"><content><scxml version="1.0" datamodel="null" initial="wait">
      <state id="wait"><onentry><send event="tick" delay="600s"/></onentry>
        <transition event="tick" target="over"><send event="ticked" target="#_parent"/></transition></state>
      <final id="over"/></scxml></content></invoke>
    <transition event="ticked"><assign location="ticks" expr="ticks + 1"/></transition>
    <transition event="again" cond="done.length &lt; 3" target="call"/>
    <transition event="again" target="end">
      <ocs:set_flex_attr record_id="record"><ocs:flex_attr attr="'USERDATA'" type="'string'" key="'said'"
        value="done.join(' ') + (ticks == 3 &amp;&amp; by_number.get(2).result === done[1] &amp;&amp;
               began.getTime() === 86400000 &amp;&amp; pattern.test('AAA') &amp;&amp;
               Object.is(odd[0], -0) &amp;&amp; odd[1] !== odd[1] ? ', whole' : ', broken')"/>
      </ocs:set_flex_attr></transition></state>
  <final id="end"/>
</scxml>)xml";

/// Its list and its tables; the store is `people.db`, there or not.
configuration campaign_in(const tests::scratch& folder) {
  folder.write("t.scxml", treatment);
  folder.write("people.csv", "record_id,chain_id,chain_n,contact_info,daily_from,daily_till,tz_dbid,said\n"
                             "1,1,1,15551,0,86400,122,\n2,2,1,15552,0,86400,122,\n3,3,1,15553,0,86400,122,\n"
                             "4,4,1,15554,0,86400,122,\n5,5,1,15555,0,86400,122,\n");
  folder.write("tables.csv", "record_id,chain_id,chain_n,contact_info,daily_from,daily_till,tz_dbid\n"
                             "61,61,1,155561,0,86400,122\n62,61,2,155562,0,86400,122\n71,71,1,155571,0,86400,122\n");
  configuration c;
  c.node.lanes = 1;
  c.node.treatment_drives['C'] = folder.path.string(); // documents in the store name their source: the same wherever a test runs
  c.node.treatment_roots = {folder.path.string()};
  c.node.passivate_after_s = 300;
  c.stats.enabled = false;
  c.store.path = (folder.path / "people.db").string();
  dialer::simulated_options sim;
  sim.name = "sim";
  sim.weights = {{dialer::call_result::busy, 1}, {dialer::call_result::no_answer, 1}};
  sim.ring_ms_max = 900'000; // some are in a call whenever the process is killed
  c.trunks = {sim};
  dialer::traditional_treatment again;
  again.dbid = 1, again.name = "again";
  again.result = dialer::call_result::no_answer, again.action = dialer::record_action::retry_in;
  again.interval_min = 40, again.cycle_attempts = 3;
  c.treatments = {again};
  c.lists = {{.name = "people", .csv = (folder.path / "people.csv").string(), .treatment_uri = "file:///C:/t.scxml"},
             {.name = "tables", .csv = (folder.path / "tables.csv").string(), .treatments = {"again"}}};
  campaign_settings campaign;
  campaign.name = "people";
  campaign.lists = {"people", "tables"};
  c.campaigns = {campaign};
  return c;
}

/// The store is gone after so many commits, and the process with it.
class killed_after final : public store_hooks {
 public:
  explicit killed_after(int commits) : left_(commits) {}
  std::optional<error> before(std::string_view) override { return left_ > 0 ? std::optional<error>{} : gone; }
  dialer::commit_result commit(const std::vector<dialer::write>& batch, dialer::store& go_on) override {
    if (left_ <= 0) return {dialer::commit_outcome::unknown, gone};
    --left_;
    return go_on.commit(batch);
  }
  bool has_happened() const { return left_ <= 0; }

 private:
  const error gone{"the process was killed", "people.db", "start it again"};
  std::atomic<int> left_;
};

void run(const tests::scratch& folder, int commits = INT_MAX) {
  killed_after death{commits};
  node_options options;
  options.virtual_time = true;
  options.store_wait_max = std::chrono::milliseconds{1};
  options.around_store = [&](auto opened) { return std::make_unique<hooked_store>(std::move(opened), death); };
  auto made = node::make(campaign_in(folder), options);
  if (!made) FAIL(to_line(made.error()));
  (*made)->start();
  while (!(*made)->progress()[0].done && !death.has_happened()) {
    if ((*made)->failed() || (*made)->progress()[0].treatment_failures > 0) FAIL("the node has failed");
    std::this_thread::sleep_for(std::chrono::milliseconds{1}); // between two looks
  }
}

struct ended {
  std::string text; // of rows and attempts
  bool has_unknown = false;
};

/// By record_id.
std::map<std::int64_t, ended> ends_in(const tests::scratch& folder) {
  std::map<std::int64_t, ended> all;
  auto store = dialer::open_sqlite((folder.path / "people.db").string());
  if (!store) FAIL(to_line(store.error()));
  const auto lists = (*store)->lists();
  for (const auto& [list, form] : *lists)
    (void)(*store)->export_records(list, [&, id = list](const dialer::record& row) {
      auto& end = all[row.record_id];
      end.text = std::string{dialer::name_of(row.record_status)} + ' ' + (row.user.empty() ? "" : row.user[0].value_or("none"));
      const auto attempts = (*store)->attempts_of(id, row.record_id);
      for (const auto& a : *attempts) {
        end.has_unknown = end.has_unknown || a.state == dialer::attempt_state::unknown;
        end.text += ' ' + std::to_string(a.n) + ' ' + std::string{a.result ? dialer::name_of(*a.result) : "unknown"};
      }
      return true;
    });
  return all;
}

// -- a store as SQL --------------------------------------------------------------------------------------------------------

/// Calls `each` with the columns of each row.
template <class Each>
void ask(sqlite3* file, const std::string& sql, Each each) {
  const auto call = [](void* to, int, char** values, char**) {
    (*static_cast<Each*>(to))(values);
    return 0;
  };
  INFO(sql);
  REQUIRE(sqlite3_exec(file, sql.c_str(), call, &each, nullptr) == SQLITE_OK);
}

/// The store in the folder, opened by SQLite itself.
struct raw_store {
  explicit raw_store(const tests::scratch& folder) {
    REQUIRE(sqlite3_open((folder.path / "people.db").c_str(), &file) == SQLITE_OK);
  }
  ~raw_store() { sqlite3_close(file); }
  raw_store(const raw_store&) = delete;

  std::string text_of(const std::string& sql) const {
    std::string text;
    ask(file, sql, [&](char** row) { text += row[0]; });
    return text;
  }
  std::string to_sql() const {
    std::string sql = "PRAGMA application_id = " + text_of("PRAGMA application_id") + ";\nPRAGMA user_version = " +
                      text_of("PRAGMA user_version") + ";\n";
    std::vector<std::string> tables;
    ask(file, "SELECT name, sql, type FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
        [&](char** row) {
          sql += std::string{row[1]} + ";\n";
          if (std::string_view{row[2]} == "table") tables.emplace_back(row[0]);
        });
    for (const auto& table : tables) {
      std::string columns;
      ask(file, "SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid",
          [&](char** row) { columns += (columns.empty() ? "quote(\"" : " || ', ' || quote(\"") + std::string{row[0]} + "\")"; });
      ask(file, "SELECT " + columns + " FROM " + table,
          [&](char** row) { sql += "INSERT INTO " + table + " VALUES (" + row[0] + ");\n"; });
    }
    return sql;
  }

  sqlite3* file = nullptr;
};

} // namespace

TEST_CASE("chains that earlier programs have saved go on in this one", "[kept_stores]") {
  tests::scratch undisturbed;
  run(undisturbed);
  const auto whole = ends_in(undisturbed);
  REQUIRE(whole.size() == 8);
  std::size_t stores = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kept_in)) {
    ++stores;
    INFO(entry.path());
    std::ifstream in(entry.path());
    const std::string sql(std::istreambuf_iterator<char>(in), {});
    tests::scratch folder;
    {
      raw_store store{folder};
      ask(store.file, "BEGIN;\n" + sql + "COMMIT;", [](char**) {});
      CHECK(store.text_of("SELECT count(*) FROM instances WHERE due_ms > 0") != "0"); // passive ones, and others
      CHECK(store.text_of("SELECT count(*) FROM instances WHERE due_ms = 0") != "0");
    }
    run(folder);
    for (const auto& [record_id, end] : ends_in(folder)) {
      INFO("record " << record_id << ": " << end.text);
      CHECK(end.text.starts_with("Updated"));
      if (record_id < 10) CHECK(end.text.find(", whole") != std::string::npos);
      if (!end.has_unknown) CHECK(end.text == whole.at(record_id).text);
    }
  }
  CHECK(stores > 0);
}

TEST_CASE("a store as this program leaves it when it is killed", "[.][make_store]") {
  tests::scratch folder;
  run(folder, 27);
  const raw_store store{folder};
  std::ofstream{std::filesystem::path{kept_in} / ("schema_" + store.text_of("PRAGMA user_version") + ".dump")} << store.to_sql();
}
