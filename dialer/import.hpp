// import.hpp: CSV → records and back. The header names the columns; what is none of the 23 becomes
// a user column. Rows that are wrong are reported by line and left out, the others go on.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dialer/csv.hpp"
#include "dialer/limits.hpp"
#include "dialer/record.hpp"
#include "dialer/time_zones.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

struct import_options {
  std::string file;                 // as messages name it
  std::string list;                 // name of the calling list
  std::int64_t first_record_id = 1; // of rows that bring none
  std::size_t batch_records = limits::import_batch_records;
};

struct import_summary {
  std::int64_t good = 0;
  std::int64_t bad = 0; // each has been reported, up to limits::import_problems_shown_max
};

/// One file on its way in.
/// Rules for what a row lacks: no record_id: the next free number above those seen so far; no
/// chain_id: a chain of its own, numbered as its record_id; no chain_n: one more than the last of
/// its chain in the file. record_id and (chain_id, chain_n) are unique in a file, and a chain of
/// its own stays so. Other columns that the file lacks, and empty fields of columns that are not
/// nullable, take the OCS defaults.
class csv_import {
 public:
  /// Reads the header. Errors name FILE:LINE. `in` and `zones` must outlive the import.
  static result<std::unique_ptr<csv_import>> open(std::istream& in, const time_zones& zones,
                                                  import_options options);

  const calling_list& form() const { return form_; }
  /// The columns that the file brings, in its order.
  const std::vector<std::string>& given() const { return given_; }

  /// A batch of good records; the callee may take them out. An error ends the import and is passed
  /// on.
  using sink = std::function<result<void>(std::vector<record>& batch)>;
  using complaint_sink = std::function<void(const error&)>;
  result<import_summary> run(const sink& each_batch, const complaint_sink& each_complaint);

 private:
  struct seen_record {
    std::int64_t record_id;
    std::uint32_t line;
    friend bool operator==(const seen_record& a, const seen_record& b) {
      return a.record_id == b.record_id;
    }
    friend std::size_t hash_value(const seen_record& s) {
      return boost::hash<std::int64_t>()(s.record_id);
    }
  };
  struct seen_key {
    std::int64_t chain_id;
    std::int32_t chain_n;
    std::uint32_t line;
    friend bool operator==(const seen_key& a, const seen_key& b) {
      return a.chain_id == b.chain_id && a.chain_n == b.chain_n;
    }
    friend std::size_t hash_value(const seen_key& s) {
      return boost::hash<std::int64_t>()(s.chain_id) * 31 + static_cast<std::size_t>(s.chain_n);
    }
  };
  struct seen_chain {
    std::int32_t last_n = 0;
    std::uint32_t own_line =
        0; // line of the record whose own chain it is; 0: a chain that the file names
  };

  csv_import(std::istream& in, const time_zones& zones, import_options options);
  result<void> read_header();
  result<record> read_record(const csv_row& row);
  result<void> number(record& made, const csv_row& row);
  bool has(const csv_row& row, std::size_t column) const;

  csv_reader reader_;
  const time_zones& zones_;
  import_options options_;
  calling_list form_;
  std::vector<std::string> given_;
  std::vector<std::size_t> columns_;  // of the file's fields
  std::vector<std::size_t> field_of_; // by column; npos: the file lacks it
  std::int64_t next_record_id_ = 1;
  boost::unordered_flat_set<seen_record> records_;
  boost::unordered_flat_set<seen_key> keys_;
  boost::unordered_flat_map<std::int64_t, seen_chain> chains_;
};

/// Records → CSV, columns in the given order. Reading it back gives equal records.
class csv_export {
 public:
  /// No columns: all of them, mandatory ones first. An error names a column that the list lacks.
  static result<csv_export> open(const calling_list& form,
                                 const std::vector<std::string>& columns = {});
  std::string header() const;
  std::string row(const record& what) const;

 private:
  std::vector<std::size_t> columns_;
  std::vector<std::string> names_;
};

} // namespace chainring::dialer
