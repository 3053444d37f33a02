// record_order.hpp: the order in which the records of a chain are dialed: by chain_n, or as the ORDER BY clause of a list's
// filter says (OCS: "the order of records in a chain").
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "dialer/record.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

class record_order {
 public:
  record_order() = default; // by chain_n
  /// "priority DESC, contact_info_type": columns of the list, each with ASC, DESC or nothing, which is ASC. Empty: by chain_n.
  static result<record_order> make(std::string_view clause, const calling_list& form);

  /// Positions of the rows, which come by chain_n, in this order. Numbers come before texts and are compared as numbers, what is
  /// empty is least; equal rows stay by chain_n.
  std::vector<std::size_t> positions(const std::vector<record>& rows) const;

 private:
  struct key {
    std::size_t column = 0;
    bool descending = false;
  };
  std::vector<key> keys_;
};

} // namespace chainring::dialer
