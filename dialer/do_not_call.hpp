// do_not_call.hpp: the do-not-call list in memory: phones (and addresses) and customer ids, as OCS
// keeps its gsw_donotcall_list. Phones are compared by their digits alone.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "dialer/store/store.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

/// What two ways to write one number have in common: its digits ("+1 (650) 555-0100 x7" →
/// "16505550100", tel: and sip: taken off); of anything else, such as an e-mail address, the text
/// trimmed and lowered.
std::string normalized_contact(std::string_view contact_info);
/// Has a digit or an '@': what has neither is no number and no address, but a mistake.
bool may_be_contact(std::string_view text);
/// That a phone may not, which stands at `where`.
error no_contact(std::string_view phone, std::string where);
/// A customer id: the text trimmed.
std::string_view normalized_customer(std::string_view customer_id);

/// Eight bytes for a phone of up to 18 digits; a million entries take 18 MB and 0.4 s (bench/micro/do_not_call.cpp).
class do_not_call_list {
 public:
  /// False when it was there already, is empty once normalized, or the list is full
  /// (limits::do_not_call_entries_max).
  bool add(store::dnc_kind kind, std::string_view text);
  /// Is it there from now on? Not if the list is full.
  bool keep(store::dnc_kind kind, std::string_view text) {
    return add(kind, text) || (kind == store::dnc_kind::phone ? find(text, {}) : find({}, text)).has_value();
  }
  /// Which entry forbids this contact: the phone is asked first, then the customer id (OCS order).
  std::optional<store::dnc_kind> find(std::string_view contact_info,
                                      std::optional<std::string_view> customer_id) const;
  std::size_t size() const { return short_phones_.size() + others_.size() + customers_.size(); }
  std::size_t customers() const { return customers_.size(); }

 private:
  boost::unordered_flat_set<std::uint64_t>
      short_phones_; // digits behind a leading 1, which keeps their zeros
  boost::unordered_flat_set<std::string> others_; // long phones and addresses
  boost::unordered_flat_set<std::string> customers_;
};

/// Reads a CSV with the columns phone, customer_id or both; contact_info is taken for phone, other
/// columns are passed over. Rows that are wrong are reported with FILE:LINE and left out; of one whose
/// phone is no contact the customer is taken. Returns how many entries `each` got.
result<std::int64_t>
read_do_not_call(std::istream& in, const std::string& file,
                 const std::function<result<void>(store::dnc_kind, std::string_view)>& each,
                 const std::function<void(const error&)>& each_complaint);

} // namespace chainring::dialer
