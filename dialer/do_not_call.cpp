// do_not_call.cpp: see do_not_call.hpp.
#include "dialer/do_not_call.hpp"

#include <algorithm>

#include "dialer/csv.hpp"
#include "dialer/limits.hpp"
#include "dialer/text.hpp"

namespace chainring::dialer {

namespace {

constexpr std::size_t short_phone_digits_max = 18; // with a 1 before them they fit 64 bits

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_separator(char c) {
  return std::string_view(" \t-./()+").find(c) != std::string_view::npos;
}

/// The leading number of a text; what follows another character (an extension, parameters) is left
/// away.
std::string leading_digits(std::string_view text) {
  std::string digits;
  for (char c : text) {
    if (is_digit(c))
      digits += c;
    else if (!is_separator(c))
      break;
  }
  return digits;
}

std::optional<std::uint64_t> packed(std::string_view contact) {
  if (contact.size() > short_phone_digits_max) return std::nullopt;
  std::uint64_t number = 1;
  for (char c : contact) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

} // namespace

std::string normalized_contact(std::string_view contact_info) {
  std::string text = lowered(trimmed(contact_info));
  std::string_view number = text;
  bool has_scheme = false;
  for (std::string_view scheme : {"tel:", "sips:", "sip:"}) {
    if (!number.starts_with(scheme)) continue;
    number.remove_prefix(scheme.size());
    has_scheme = true;
    break;
  }
  const bool is_address = !has_scheme && number.find('@') != std::string_view::npos;
  std::string digits = is_address ? std::string() : leading_digits(number);
  return digits.empty() ? text : digits;
}

bool may_be_contact(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '@'; });
}

error no_contact(std::string_view phone, std::string where) {
  return {"phone " + quoted(phone) + " has no digit and is no address", std::move(where), "give the number, or take it out"};
}

std::string_view normalized_customer(std::string_view customer_id) { return trimmed(customer_id); }

bool do_not_call_list::add(store::dnc_kind kind, std::string_view text) {
  if (size() >= limits::do_not_call_entries_max) return false;
  if (kind == store::dnc_kind::customer) {
    const auto customer = normalized_customer(text);
    return !customer.empty() && customers_.emplace(customer).second;
  }
  std::string contact = normalized_contact(text);
  if (contact.empty()) return false;
  if (const auto phone = packed(contact)) return short_phones_.insert(*phone).second;
  return others_.insert(std::move(contact)).second;
}

std::optional<store::dnc_kind>
do_not_call_list::find(std::string_view contact_info,
                       std::optional<std::string_view> customer_id) const {
  const std::string contact = normalized_contact(contact_info);
  const auto phone = packed(contact);
  if (!contact.empty() && (phone ? short_phones_.contains(*phone) : others_.contains(contact)))
    return store::dnc_kind::phone;
  if (customer_id && customers_.contains(std::string(normalized_customer(*customer_id))))
    return store::dnc_kind::customer;
  return std::nullopt;
}

// -- CSV ------------------------------------------------------------------------------------------------------------

namespace {

struct do_not_call_columns {
  std::optional<std::size_t> phone, customer;
};

result<do_not_call_columns> columns_of(const csv_row& header) {
  do_not_call_columns found;
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const std::string name(trimmed(header.fields[i].value_or("")));
    auto* column = same_word(name, "phone") || same_word(name, "contact_info") ? &found.phone
                   : same_word(name, "customer_id")                            ? &found.customer
                                                                               : nullptr;
    if (!column) continue;
    if (*column) return error{"two columns are named " + name, "", "name each column once"};
    *column = i;
  }
  if (!found.phone && !found.customer)
    return error{"neither phone nor customer_id is a column", "",
                 "name the columns in the first line"};
  return found;
}

/// The entry in a field; empty text where there is none.
result<std::string_view> entry_of(const csv_row& row, std::optional<std::size_t> column,
                                  std::string_view name) {
  if (!column || *column >= row.fields.size() || !row.fields[*column]) return std::string_view();
  const auto text = trimmed(*row.fields[*column]);
  if (text.size() > limits::do_not_call_bytes_max)
    return error{std::string(name) + " has " + std::to_string(text.size()) + " bytes", "",
                 "shorten it to " + std::to_string(limits::do_not_call_bytes_max)};
  if (!is_clean_utf8(text))
    return error{std::string(name) + " is not UTF-8", "", "save the file as UTF-8"};
  return text;
}

} // namespace

result<std::int64_t>
read_do_not_call(std::istream& in, const std::string& file,
                 const std::function<result<void>(store::dnc_kind, std::string_view)>& each,
                 const std::function<void(const error&)>& each_complaint) {
  csv_reader reader(in);
  csv_row row;
  error problem;
  const auto placed = [&](error what) {
    what.where = file + ":" + std::to_string(std::max<std::int64_t>(row.line, 1));
    return what;
  };
  const auto header = reader.next(row, problem);
  if (header == csv_reader::outcome::bad) return placed(problem);
  if (header == csv_reader::outcome::end)
    return placed(
        {"the file is empty", "", "let its first line name the columns phone and customer_id"});
  const auto columns = columns_of(row);
  if (!columns) return placed(columns.error());

  std::int64_t entries = 0, complaints = 0;
  const auto complain = [&](const error& what) {
    if (++complaints <= limits::import_problems_shown_max) each_complaint(placed(what));
  };
  for (;;) {
    const auto outcome = reader.next(row, problem);
    if (outcome == csv_reader::outcome::end) return entries;
    if (outcome == csv_reader::outcome::bad) {
      complain(problem);
      continue;
    }
    auto phone = entry_of(row, columns->phone, "phone");
    const auto customer = entry_of(row, columns->customer, "customer_id");
    if (!phone || !customer) {
      complain(phone ? customer.error() : phone.error());
      continue;
    }
    if (!phone->empty() && !may_be_contact(*phone)) {
      complain(no_contact(*phone, ""));
      *phone = {};
    } else if (phone->empty() && customer->empty()) {
      complain({"the row has neither phone nor customer_id", "",
                "fill one of them, or take the row out"});
    }
    for (const auto& [kind, text] : {std::pair(store::dnc_kind::phone, *phone),
                                     std::pair(store::dnc_kind::customer, *customer)}) {
      if (text.empty()) continue;
      if (auto taken = each(kind, text); !taken) return std::move(taken).error();
      ++entries;
    }
  }
}

} // namespace chainring::dialer
