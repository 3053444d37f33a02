// import_comparison.hpp: rows of a file beside those that are stored, the same for every database.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dialer/calling_list.hpp"
#include "dialer/store/store.hpp"

namespace chainring::dialer {

/// One import: which columns count, and what has come of the rows so far.
class import_comparison {
 public:
  /// `given`: names of the columns that the file has; an error when the list lacks one.
  static result<import_comparison> make(const calling_list& form, const std::vector<std::string>& given,
                                        store::on_existing policy);

  /// The row as it is stored: its user values, given in the order `given_order`, in that of the form.
  result<record> in_form(const record& row, const std::vector<std::size_t>& given_order) const;
  /// For a row whose record_id another row has.
  error taken_record_id(const record& row, std::int64_t chain_id, std::int32_t chain_n) const;

  void note_inserted() { ++counts_.inserted; }
  /// Counts the row beside the one that is there; the columns that are to be updated.
  result<std::vector<std::size_t>> compare(const record& row, const record& there);
  const store::import_counts& counts() const { return counts_; }

 private:
  import_comparison(const calling_list& form, store::on_existing policy)
    : form_(&form), updates_(policy == store::on_existing::update) {}

  const calling_list* form_;
  bool updates_;
  std::vector<std::size_t> given_; // but for the key
  store::import_counts counts_;
};

} // namespace chainring::dialer
