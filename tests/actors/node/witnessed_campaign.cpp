// witnessed_campaign.cpp: see witnessed_campaign.hpp.
#include "tests/actors/node/witnessed_campaign.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <deque>
#include <sstream>
#include <thread>

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "actors/node/node.hpp"
#include "dialer/calling_list.hpp"

namespace chainring::actors::testing {

namespace {

constexpr int nodes_max = 4;
constexpr std::chrono::seconds life_max{60}; // of one node, in real time
constexpr std::int64_t redial_gap_s = 900;

constexpr const char* treatment = R"xml(<scxml xmlns="http://www.w3.org/2005/07/scxml"
  xmlns:ocs="http://genesyslabs.com/schemas/ocs/treatments"
  version="1.0" datamodel="ecmascript" initial="next">
  <datamodel><data id="record"/><data id="who"/><data id="result"/><data id="tries" expr="0"/></datamodel>
  <state id="next"><onentry><ocs:next_record/></onentry>
    <transition event="ocs.next_record" cond="_event.data.record_id == null" target="end"/>
    <transition event="ocs.next_record" target="call">
      <assign location="record" expr="_event.data.record_id"/>
      <assign location="who" expr="_event.data.db_record_id"/>
      <assign location="tries" expr="0"/></transition></state>
  <state id="call"><onentry><assign location="tries" expr="tries + 1"/><ocs:make_call record_id="record"/></onentry>
    <transition event="ocs.callresult" target="called">
      <log label="heard"
           expr="who + ' ' + _event.data.callresult + (_event.data.attempt_state == 'unknown' ? ' unknown' : ' known')"/>
      <assign location="result" expr="_event.data.callresult"/></transition></state>
  <state id="called">
    <transition cond="result == 'Answer'" target="end"/>
    <transition cond="tries == 3" target="next"/>
    <transition cond="result == 'Busy'" target="minute"/>
    <transition cond="result == 'DoNotCall'" target="next"/>
    <transition target="hours"/></state>
  <state id="minute"><onentry><ocs:timeout delay="60"/></onentry><transition event="ocs.timeout" target="call"/></state>
  <state id="hours"><onentry><ocs:timeout delay="7200"/></onentry><transition event="ocs.timeout" target="call"/></state>
  <final id="end"/>
</scxml>)xml";

std::string list_csv(std::int64_t first_chain, int chains) {
  std::ostringstream out;
  out << "record_id,chain_id,chain_n,contact_info,daily_from,daily_till,tz_dbid\n";
  for (std::int64_t chain = first_chain; chain < first_chain + chains; ++chain)
    for (int n : {1, 2}) out << 10 * chain + n << ',' << chain << ',' << n << ",1555" << 10 * chain + n << ",0,86400,122\n";
  return out.str();
}

dialer::traditional_treatment treated(std::int64_t dbid, dialer::call_result result, dialer::record_action action,
                                      std::int64_t interval_min) {
  dialer::traditional_treatment t;
  t.dbid = dbid;
  t.name = "t" + std::to_string(dbid);
  t.result = result;
  t.action = action;
  t.cycle_attempts = 2;
  t.interval_min = interval_min;
  return t;
}

} // namespace

/// What treatments log of results goes to the faulty store; the rest is kept for whoever wants to know why.
class witnessed_campaign::watching_log final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit watching_log(faulty_store& faults) : faults_(faults) {}
  std::string last_lines() {
    const std::lock_guard guard{mutex_};
    std::string all;
    for (const auto& line : lines_) all += line + '\n';
    return all;
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string line(message.payload.data(), message.payload.size());
    constexpr std::string_view heard = ": heard: ";
    if (const auto at = line.find(heard); at != line.npos) {
      std::istringstream words(line.substr(at + heard.size()));
      std::int64_t record_id = 0;
      std::string result, known;
      words >> record_id >> result >> known;
      return faults_.heard(record_id, result, known == "known" && result != "DoNotCall");
    }
    lines_.push_back(line);
    if (lines_.size() > lines_max) lines_.pop_front();
  }
  void flush_() override {}

  static constexpr std::size_t lines_max = 30;
  faulty_store& faults_;
  std::deque<std::string> lines_;
};

witnessed_campaign::witnessed_campaign() {
  const auto path = [&](const char* name) { return (folder_.path / name).string(); };
  faults_ = std::make_unique<faulty_store>(folder_.path / "calls.log");
  log_ = std::make_shared<watching_log>(*faults_);
  folder_.write("t.scxml", treatment);
  folder_.write("scripted.csv", list_csv(1, 5));
  folder_.write("traditional.csv", list_csv(11, 3));
  folder_.write("no.csv", "phone\n155531\n");
  auto& c = settings_;
  c.node.lanes = 2;
  c.node.passivate_after_s = 300;
  c.node.treatment_roots = {folder_.path.string()};
  c.stats.enabled = false;
  c.http.connection_pool_size = 1;
  c.store.path = path("people.db");
  c.do_not_call.csv = path("no.csv");
  dialer::simulated_options sim;
  sim.name = "sim";
  sim.seed = 4;
  sim.weights = {{dialer::call_result::answer, 2}, {dialer::call_result::busy, 3}, {dialer::call_result::no_answer, 3}};
  sim.log_path = path("calls.log");
  c.trunks = {sim};
  using enum dialer::call_result;
  using enum dialer::record_action;
  c.treatments = {treated(1, busy, retry_in, 10), treated(2, no_answer, next_in_chain_after, 30),
                  treated(3, system_error, retry_in, 20)};
  list_settings scripted{.name = "scripted", .csv = path("scripted.csv"), .treatment_uri = "file://" + path("t.scxml")};
  list_settings traditional{.name = "traditional", .csv = path("traditional.csv"), .treatments = {"t1", "t2", "t3"}};
  traditional.history_uri = receiver_.uri("/history");
  c.lists = {scripted, traditional};
  campaign_settings campaign;
  campaign.name = "people";
  campaign.lists = {"scripted", "traditional"};
  campaign.chains_live_max = 3;
  campaign.admission_batch = 2;
  campaign.redial_gap_s = redial_gap_s;
  c.campaigns = {campaign};
}

witnessed_campaign::~witnessed_campaign() = default;

void witnessed_campaign::take_history(tests::script_connection& c) {
  while (c.read_request()) {
    const auto body = c.read_until("}");
    if (!body) return;
    const auto member = [&](std::string_view name) {
      const auto at = body->find(name);
      return at == body->npos ? std::string{} : body->substr(at + name.size(), body->find(',', at) - at - name.size());
    };
    {
      const std::lock_guard guard{mutex_};
      told_.insert(member("\"chainring_record_id\":") + '/' + member("\"GSW_ATTEMPTS\":") + '/' +
                   member("\"GSW_HIST_SEQUENCE_NUM\":"));
    }
    if (!c.write(tests::http_answer(200, ""))) return;
  }
}

// -- lives -----------------------------------------------------------------------------------------------------------------------

std::string witnessed_campaign::run_to_its_end() {
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("watching", log_));
  auto last = life::over;
  for (nodes_ = 0; nodes_ < nodes_max && last != life::endless; ) {
    ++nodes_;
    last = live_once();
    if (last == life::over && all_ended()) break;
    faults_->come_back();
  }
  spdlog::set_default_logger(before);
  if (last == life::endless) return "a node does not come to an end";
  return last == life::over && all_ended() ? "" : std::to_string(nodes_) + " nodes have not ended every chain";
}

witnessed_campaign::life witnessed_campaign::live_once() {
  node_options options;
  options.virtual_time = true;
  options.store_wait_max = std::chrono::milliseconds{1};
  options.around_store = [this](auto opened) { return std::make_unique<hooked_store>(std::move(opened), *faults_); };
  auto made = node::make(settings_, options);
  if (!made) return life::refused;
  auto& n = **made;
  const auto began_ms = n.now_ms();
  n.start();
  const auto until = std::chrono::steady_clock::now() + life_max;
  auto end = life::endless;
  while (end == life::endless && std::chrono::steady_clock::now() < until) {
    if (faults_->is_dead()) end = life::crashed;
    else if (n.failed()) end = life::failed;
    else if (n.progress()[0].done && n.history().settled) end = life::over;
    else std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  if (end == life::failed && !n.drain(std::chrono::milliseconds{life_max}.count())) end = life::endless;
  took_ms_ += n.now_ms() - began_ms;
  return end;
}

// -- what has become of it -----------------------------------------------------------------------------------------------------

bool witnessed_campaign::all_ended() const {
  const auto all = ends();
  return !all.empty() && std::all_of(all.begin(), all.end(), [](const auto& one) {
    return one.second.text.find("Ready") == std::string::npos && one.second.text.find("Retrieved") == std::string::npos;
  });
}

std::map<std::int64_t, witnessed_campaign::chain_end> witnessed_campaign::ends() const {
  std::map<std::int64_t, chain_end> all;
  auto store = dialer::open_sqlite(settings_.store.path);
  if (!store) return all;
  const auto lists = (*store)->lists();
  for (const auto& [list, form] : *lists)
    (void)(*store)->export_records(list, [&, id = list](const dialer::record& row) {
      auto& end = all[row.chain_id];
      end.text += std::to_string(row.record_id) + ' ' + std::string{dialer::name_of(row.record_status)} + ' ' +
                  std::string{row.call_result ? dialer::name_of(*row.call_result) : "none"} + ':';
      const auto attempts = (*store)->attempts_of(id, row.record_id);
      for (const auto& a : *attempts) {
        end.has_unknown = end.has_unknown || a.state == dialer::attempt_state::unknown;
        end.has_open = end.has_open || a.ended_ms == 0;
        end.text += ' ' + std::to_string(a.n) + ' ' + std::string{a.result ? dialer::name_of(*a.result) : "unknown"};
      }
      end.text += '\n';
      return true;
    });
  return all;
}

std::vector<std::string> witnessed_campaign::broken_promises() const {
  auto broken = faults_->complaints();
  auto store = dialer::open_sqlite(settings_.store.path);
  if (!store) return {to_line(store.error())};
  std::set<attempt_name> stored;
  std::map<std::int64_t, std::int64_t> gap_ends_ms; // of records
  const auto name = [](const dialer::attempt& a) { return std::to_string(a.record_id) + '/' + std::to_string(a.n); };
  (void)(*store)->export_attempts([&](const dialer::attempt& a, std::string_view list) {
    stored.emplace(a.record_id, a.n);
    if (a.started_ms < gap_ends_ms[a.record_id]) broken.push_back(name(a) + " was dialed inside the gap");
    if (a.state == dialer::attempt_state::unknown) gap_ends_ms[a.record_id] = a.ended_ms + redial_gap_s * 1'000;
    const std::lock_guard guard{mutex_};
    for (const char* when : {"/0", "/1"})
      if (list == "traditional" && a.ended_ms != 0 && !told_.contains(name(a) + when))
        broken.push_back("nobody was told of " + name(a) + when);
    return true;
  });
  std::set<attempt_name> dialed;
  for (const auto& one : dialed_in(folder_.path / "calls.log")) {
    const auto text = std::to_string(one.first) + '/' + std::to_string(one.second);
    if (!dialed.insert(one).second) broken.push_back(text + " was dialed twice");
    if (!stored.contains(one)) broken.push_back(text + " was dialed without an intent");
    if (one.first == 31) broken.push_back("who must not be called was");
  }
  const auto lists = (*store)->lists();
  for (const auto& list : *lists) {
    const auto counts = (*store)->counts(list.first);
    if (counts->chains_ended != counts->chains || counts->chains_passive != 0)
      broken.push_back("chains are left in " + list.second.name);
  }
  const auto receivers = (*store)->history_receivers();
  for (const auto& [uri, waiting] : *receivers)
    if (waiting > 0) broken.push_back(std::to_string(waiting) + " history records are left");
  return broken;
}

std::string witnessed_campaign::log() const { return log_->last_lines(); }

} // namespace chainring::actors::testing
