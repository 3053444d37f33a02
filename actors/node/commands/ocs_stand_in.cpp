// ocs_stand_in.cpp: one chain, a script of call results, timeouts on the runner's clock.
#include "actors/node/commands/ocs_stand_in.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "actors/node/commands/common.hpp"
#include "dialer/call_result.hpp"
#include "dialer/calling_list.hpp"
#include "dialer/import.hpp"
#include "dialer/ocs_events.hpp"
#include "dialer/ocs_vocabulary.hpp"

namespace chainring::actors {

namespace {

dialer::chain_of_records invented_chain() {
  dialer::chain_of_records made;
  made.chain_id = 1;
  const struct {
    const char* number;
    const char* type;
  } ways[] = {{"+15550100001", "HOME"}, {"+15550100002", "MOBILE"}};
  for (std::int32_t n = 0; n < 2; ++n) {
    dialer::record row;
    row.record_id = n + 1;
    row.chain_id = made.chain_id;
    row.chain_n = n;
    row.contact_info = ways[n].number;
    row.contact_info_type = *dialer::contact_info_type_from_name(ways[n].type);
    made.records.push_back(std::move(row));
  }
  return made;
}

/// The wanted chain of the file, complete: a list need not be sorted.
result<dialer::chain_of_records> chain_of(const scxml_command& options, const dialer::time_zones& zones,
                                          dialer::calling_list& form, std::ostream& err) {
  std::ifstream in(options.list, std::ios::binary);
  if (!in)
    return error{std::string("the calling list cannot be read: ") + std::strerror(errno), options.list,
                 "name a CSV file that exists and that you may read"};
  dialer::import_options reading;
  reading.file = options.list;
  reading.list = std::filesystem::path(options.list).stem().string();
  auto file = dialer::csv_import::open(in, zones, reading);
  if (!file) return std::move(file).error();
  dialer::chain_of_records wanted;
  wanted.chain_id = options.chain;
  const auto take = [&](std::vector<dialer::record>& batch) -> result<void> {
    for (auto& row : batch) {
      if (wanted.chain_id == 0) wanted.chain_id = row.chain_id;
      if (row.chain_id == wanted.chain_id) wanted.records.push_back(std::move(row));
    }
    return {};
  };
  const auto done = (*file)->run(take, [&](const error& problem) { complain(err, problem); });
  if (!done) return done.error();
  if (wanted.records.empty())
    return error{"the list has no such chain", options.list + ": chain_id " + std::to_string(options.chain),
                 "name one that it has, or leave --chain out"};
  std::sort(wanted.records.begin(), wanted.records.end(), [](const auto& a, const auto& b) { return a.chain_n < b.chain_n; });
  form = (*file)->form();
  return wanted;
}

result<dialer::call_result> named_result(const std::string& name) {
  if (const auto known = dialer::call_result_from_name(name)) return *known;
  return error{"there is no call result of this name", name, "name one such as Busy, NoAnswer, Answer or AnswMachine"};
}

result<ocs_stand_in::call_script> scripted(const std::vector<std::string>& names) {
  std::vector<dialer::call_result> results;
  for (const auto& name : names) {
    const auto one = named_result(name);
    if (!one) return one.error();
    results.push_back(*one);
  }
  if (results.empty()) results.push_back(dialer::call_result::answer);
  return ocs_stand_in::call_script{[results, next = std::size_t{0}](const std::string&) mutable {
    return results[next + 1 < results.size() ? next++ : next];
  }};
}

ocs_stand_in::call_script asked(std::ostream& err) {
  return [&err](const std::string& number) {
    for (std::string line;;) {
      err << "the call to " << number << " ends (Answer, Busy, NoAnswer, …): " << std::flush;
      if (!std::getline(std::cin, line)) return dialer::call_result::answer;
      if (const auto known = named_result(line)) return *known;
      else complain(err, known.error());
    }
  };
}

} // namespace

result<std::unique_ptr<ocs_stand_in>> ocs_stand_in::make(const scxml_command& options, std::ostream& err) {
  const auto settings = settings_or_complain(options.config, err);
  if (!settings) return error{"the configuration is not right", options.config, "mend what is said above"};
  auto zones = mapped_zones(*settings);
  if (!zones) return std::move(zones).error();
  auto daytime = dialer::daytime_tables::make(settings->daytime.weekdays, settings->daytime.holidays);
  if (!daytime) return std::move(daytime).error();
  auto script = options.ask ? result<call_script>{asked(err)} : scripted(options.results);
  if (!script) return std::move(script).error();
  std::unique_ptr<ocs_stand_in> made{new ocs_stand_in(std::move(*zones), err)};
  made->daytime_ = std::move(*daytime);
  made->call_ends_ = std::move(*script);
  made->call_ms_ = options.call_ms;
  if (auto taken = made->take_chain(options); !taken) return std::move(taken).error();
  return made;
}

result<void> ocs_stand_in::take_chain(const scxml_command& options) {
  form_.name = "people";
  auto records = options.list.empty() ? result<dialer::chain_of_records>{invented_chain()}
                                      : chain_of(options, zones_, form_, err_);
  if (!records) return std::move(records).error();
  auto made = dialer::chain::make(*records, 1);
  if (!made) return std::move(made).error();
  chain_ = std::make_unique<dialer::chain>(std::move(*made));
  environment_ = std::make_unique<dialer::chain_environment>(dialer::chain_environment{form_, 1, zones_, daytime_});
  return {};
}

void ocs_stand_in::perform(scxml::runner& run, const scxml::session& from, const scxml::action_effect& action) {
  const auto& spec = from.document->actions_known->actions[action.spec];
  err_ << "ocs:" << spec.name;
  for (const auto& given : action.arguments) err_ << ' ' << spec.attributes[given.spec].name << '=' << scxml::to_text(given.what);
  err_ << '\n';
  answer(run, from, dialer::perform(*chain_, action, *environment_, run.now_ms()));
}

void ocs_stand_in::perform(scxml::runner& run, const scxml::session& from, const scxml::action_failed_effect& failed) {
  err_ << "ocs:" << from.document->actions_known->actions[failed.spec].name << ' ' << failed.attribute << ": "
       << failed.message << '\n';
  answer(run, from, dialer::perform(failed));
}

void ocs_stand_in::answer(scxml::runner& run, const scxml::session& from, dialer::action_outcome done) {
  for (const auto& warning : done.warnings) err_ << "  warning: " << warning << '\n';
  if (auto* events = std::get_if<dialer::events_due>(&done.answer)) {
    for (auto& e : *events) {
      err_ << "  " << e.name << ' ' << scxml::to_json(e.data) << '\n';
      run.deliver(from.id, std::move(e));
    }
  } else if (const auto* wanted = std::get_if<dialer::call_wanted>(&done.answer)) {
    call(run, from, wanted->position);
  } else if (const auto* timeout = std::get_if<dialer::timeout_wanted>(&done.answer)) {
    wait(run, from, timeout->delay_ms);
  }
}

void ocs_stand_in::call(scxml::runner& run, const scxml::session& from, std::size_t position) {
  const auto row = chain_->at(position);
  const auto ends = call_ends_(row.contact_info);
  err_ << "  attempt " << row.attempt + 1 << " to " << row.contact_info << " ends " << dialer::name_of(ends) << '\n';
  chain_->note_attempt(position, row.attempt + 1);
  chain_->note_result(position, ends, run.now_ms() + call_ms_);
  auto heard = dialer::call_result_event(ends, chain_->handle_of(position));
  if (heard) run.deliver_later(call_ms_, from.id, std::move(*heard));
  else err_ << "  no event follows: the guide applies no treatment to this result, the chain would end here\n";
}

/// One timeout per session: a new one takes the place of the one that is pending.
void ocs_stand_in::wait(scxml::runner& run, const scxml::session& from, std::int64_t delay_ms) {
  auto& pending = timeouts_[from.id];
  if (pending != 0) run.withdraw(pending);
  pending = run.deliver_later(delay_ms, from.id, dialer::expire_timeout(*chain_));
  err_ << "  until " << (run.elapsed_ms() + delay_ms) << " ms\n";
}

} // namespace chainring::actors
