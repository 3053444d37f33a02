// import.cpp: see import.hpp.
#include "dialer/import.hpp"

#include <algorithm>

#include "dialer/calling_list.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr std::size_t npos = static_cast<std::size_t>(-1);

error at_line(error problem, const std::string& file, std::int64_t line) {
  problem.where = file + ":" + std::to_string(line);
  return problem;
}

error taken(const std::string& what, std::uint32_t line, std::string mend) {
  return {what + " stands in line " + std::to_string(line) + " already", "", std::move(mend)};
}

/// Lines past what 32 bits hold are shown as the last one that they do.
std::uint32_t line_of(const csv_row& row) {
  return static_cast<std::uint32_t>(std::min<std::int64_t>(row.line, UINT32_MAX));
}

} // namespace

csv_import::csv_import(std::istream& in, const time_zones& zones, import_options options)
    : reader_(in)
    , zones_(zones)
    , options_(std::move(options))
    , next_record_id_(options_.first_record_id) {
  form_.name = options_.list;
}

result<std::unique_ptr<csv_import>> csv_import::open(std::istream& in, const time_zones& zones,
                                                     import_options options) {
  std::unique_ptr<csv_import> made(new csv_import(in, zones, std::move(options)));
  if (auto read = made->read_header(); !read) return std::move(read).error();
  return made;
}

result<void> csv_import::read_header() {
  csv_row header;
  error problem;
  const auto read = reader_.next(header, problem);
  const auto refuse = [&](error why) {
    return at_line(std::move(why), options_.file, std::max<std::int64_t>(header.line, 1));
  };
  if (read == csv_reader::outcome::bad) return refuse(std::move(problem));
  if (read == csv_reader::outcome::end)
    return refuse(
        {"the file is empty", "", "let its first line name the columns, contact_info at least"});
  for (const auto& field : header.fields) {
    const std::string name(trimmed(field ? std::string_view(*field) : std::string_view()));
    auto column = find_column(form_, name);
    if (!column) {
      if (auto legal = check_user_column(name); !legal) return refuse(std::move(legal).error());
      if (form_.user_columns.size() == limits::user_columns_max)
        return refuse({"more than " + std::to_string(limits::user_columns_max) + " user columns",
                       "", "leave the columns out that the list does not need"});
      column = columns_count(form_);
      form_.user_columns.push_back(name);
    }
    if (std::find(columns_.begin(), columns_.end(), *column) != columns_.end())
      return refuse({"two columns are named " + name, "", "name each column once"});
    columns_.push_back(*column);
    given_.emplace_back(column_name(form_, *column));
  }
  field_of_.assign(columns_count(form_), npos);
  for (std::size_t i = 0; i < columns_.size(); ++i) field_of_[columns_[i]] = i;
  if (field_of_[column_contact_info] == npos)
    return refuse({"the column contact_info is missing", "",
                   "name the columns in the first line, contact_info among them"});
  return {};
}

bool csv_import::has(const csv_row& row, std::size_t column) const {
  return field_of_[column] != npos && row.fields[field_of_[column]].has_value();
}

result<record> csv_import::read_record(const csv_row& row) {
  if (row.fields.size() != columns_.size())
    return error{"the row has " + std::to_string(row.fields.size()) + " fields, the header " +
                     std::to_string(columns_.size()),
                 "", "give a field for each column, and quote fields that hold commas"};
  record made;
  made.user.resize(form_.user_columns.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::size_t column = columns_[i];
    const auto& field = row.fields[i];
    const bool mandatory = column < mandatory_columns_count;
    const bool left_out = mandatory && !mandatory_columns()[column].nullable &&
                          column != column_contact_info && (!field || trimmed(*field).empty());
    if (left_out) continue; // its default, or number() gives it
    // A quoted empty number is as empty as an unquoted one.
    const bool no_number = mandatory && field &&
                           mandatory_columns()[column].kind == column_kind::integer &&
                           trimmed(*field).empty();
    const auto text = field && !no_number ? std::optional<std::string_view>(*field) : std::nullopt;
    if (auto set = set_column(made, form_, column, text); !set) return std::move(set).error();
  }
  if (auto zone = zones_.zone_of(made, form_); !zone) return std::move(zone).error();
  if (auto numbered = number(made, row); !numbered) return std::move(numbered).error();
  return made;
}

/// Gives the row the keys it lacks and refuses keys that are taken. Nothing is remembered of a
/// refused row.
result<void> csv_import::number(record& made, const csv_row& row) {
  const auto named = [&](std::size_t column) {
    return has(row, column) && !trimmed(*row.fields[field_of_[column]]).empty();
  };
  const std::uint32_t line = line_of(row);
  const bool own = !named(column_chain_id);
  if (!named(column_record_id)) made.record_id = next_record_id_;
  if (made.record_id > limits::integer_max)
    return error{"no record_id is left above " + std::to_string(limits::integer_max), "",
                 "number the records lower"};
  if (own) made.chain_id = made.record_id;
  const auto chain = chains_.find(made.chain_id);
  if (!named(column_chain_n)) {
    const std::int32_t last = chain == chains_.end() ? 0 : chain->second.last_n;
    if (last == INT32_MAX)
      return error{"no chain_n is left in this chain", "", "number its records lower"};
    made.chain_n = last + 1;
  }
  if (const auto same = records_.find({made.record_id, 0}); same != records_.end())
    return taken("record_id " + std::to_string(made.record_id), same->line,
                 "give each record a record_id of its own");
  const std::string chain_name = "chain_id " + std::to_string(made.chain_id);
  if (chain != chains_.end() && (own || chain->second.own_line != 0))
    return error{chain_name + " would join a record without chain_id to another chain", "",
                 "fill chain_id in every row, or leave the column out"};
  if (const auto same = keys_.find({made.chain_id, made.chain_n, 0}); same != keys_.end())
    return taken(chain_name + " with chain_n " + std::to_string(made.chain_n), same->line,
                 "give each record of a chain a chain_n of its own");
  records_.insert({made.record_id, line});
  keys_.insert({made.chain_id, made.chain_n, line});
  seen_chain& seen = chains_[made.chain_id];
  seen.last_n = std::max(seen.last_n, made.chain_n);
  if (own) seen.own_line = line;
  next_record_id_ = std::max(next_record_id_, made.record_id + 1);
  return {};
}

result<import_summary> csv_import::run(const sink& each_batch,
                                       const complaint_sink& each_complaint) {
  import_summary summary;
  std::vector<record> batch;
  csv_row row;
  const auto complain = [&](error problem) {
    if (++summary.bad <= limits::import_problems_shown_max)
      each_complaint(at_line(std::move(problem), options_.file, row.line));
  };
  for (;;) {
    error problem;
    const auto read = reader_.next(row, problem);
    if (read == csv_reader::outcome::bad) {
      complain(std::move(problem));
      continue;
    }
    if (read == csv_reader::outcome::row) {
      auto made = read_record(row);
      if (!made) {
        complain(std::move(made).error());
        continue;
      }
      ++summary.good;
      batch.push_back(*std::move(made));
    }
    const bool end = read == csv_reader::outcome::end;
    if (!batch.empty() && (end || batch.size() >= options_.batch_records)) {
      if (auto stored = each_batch(batch); !stored) return std::move(stored).error();
      batch.clear();
    }
    if (end) return summary;
  }
}

// -- export ---------------------------------------------------------------------------------------------------------

result<csv_export> csv_export::open(const calling_list& form,
                                    const std::vector<std::string>& columns) {
  csv_export made;
  for (const auto& name : columns) {
    const auto column = find_column(form, name);
    if (!column)
      return error{"the list has no column " + quoted(name), form.name,
                   "name its columns, or leave the choice out"};
    made.columns_.push_back(*column);
  }
  if (columns.empty())
    for (std::size_t column = 0; column < columns_count(form); ++column)
      made.columns_.push_back(column);
  for (std::size_t column : made.columns_) made.names_.emplace_back(column_name(form, column));
  return made;
}

std::string csv_export::header() const {
  return to_csv(std::vector<std::optional<std::string>>(names_.begin(), names_.end()));
}

std::string csv_export::row(const record& what) const {
  std::vector<std::optional<std::string>> fields;
  fields.reserve(columns_.size());
  for (std::size_t column : columns_) fields.push_back(column_text(what, column));
  return to_csv(fields);
}

} // namespace chainring::dialer
