// import_comparison.cpp: see import_comparison.hpp.
#include "dialer/store/import_comparison.hpp"

#include <algorithm>
#include <array>

namespace chainring::dialer {

namespace {

// What the engine writes while it works: it differs from the file after every run, without the file having changed.
constexpr std::array engine_columns = {column_record_type, column_record_status, column_call_result, column_attempt,
                                       column_dial_sched_time, column_call_time, column_campaign_id, column_agent_id,
                                       column_app_id, column_treatments};

bool is_engine_column(std::size_t column) {
  return std::find(engine_columns.begin(), engine_columns.end(), column) != engine_columns.end();
}

std::string place_of(const record& row) {
  return "chain " + std::to_string(row.chain_id) + ", record " + std::to_string(row.chain_n);
}

} // namespace

result<import_comparison> import_comparison::make(const calling_list& form, const std::vector<std::string>& given,
                                                  store::on_existing policy) {
  import_comparison made(form, policy);
  for (const std::string& name : given) {
    const auto column = find_column(form, name);
    if (!column) return error{"no such column", "list " + form.name + ", column " + name, "open the list with it first"};
    if (*column != column_chain_id && *column != column_chain_n) made.given_.push_back(*column);
  }
  return made;
}

result<record> import_comparison::in_form(const record& row, const std::vector<std::size_t>& given_order) const {
  if (row.user.size() != given_order.size())
    return error{"row has " + std::to_string(row.user.size()) + " user values, its form " + std::to_string(given_order.size()),
                 place_of(row), "give one for each user column"};
  record stored = row;
  stored.user.assign(form_->user_columns.size(), std::nullopt);
  for (std::size_t i = 0; i < row.user.size(); ++i) stored.user[given_order[i]] = row.user[i];
  return stored;
}

error import_comparison::taken_record_id(const record& row, std::int64_t chain_id, std::int32_t chain_n) const {
  return {"record_id " + std::to_string(row.record_id) + " is taken by chain " + std::to_string(chain_id) + ", record " +
            std::to_string(chain_n),
          "list " + form_->name + ", " + place_of(row), "give the row a record_id of its own"};
}

result<std::vector<std::size_t>> import_comparison::compare(const record& row, const record& there) {
  std::vector<std::size_t> differing;
  for (const std::size_t column : given_)
    if ((updates_ || !is_engine_column(column)) && column_text(row, column) != column_text(there, column))
      differing.push_back(column);
  if (differing.empty()) return ++counts_.same, differing;
  ++counts_.differing;
  if (counts_.first_difference.empty())
    counts_.first_difference = place_of(row) + ", column " + std::string(column_name(*form_, differing.front()));
  if (!updates_) return std::vector<std::size_t>{};
  if (std::find(differing.begin(), differing.end(), column_record_id) != differing.end())
    return error{"record_id of a row that is there cannot change", "list " + form_->name + ", " + place_of(row),
                 "keep the record_id: attempts are stored under it"};
  ++counts_.updated;
  return differing;
}

} // namespace chainring::dialer
