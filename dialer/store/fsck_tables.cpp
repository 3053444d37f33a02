// fsck_tables.cpp: see fsck_tables.hpp. A SELECT gives one text for each finding: where it is.
#include "dialer/store/fsck_tables.hpp"

#include <algorithm>

#include "dialer/calling_list.hpp"
#include "dialer/do_not_call.hpp"
#include "dialer/limits.hpp"
#include "dialer/store/row_columns.hpp"

namespace chainring::dialer::fsck {

namespace {

result<void> find(store_view& in, kind k, const std::string& place, const std::string& sql, findings& out) {
  auto rows = in.select(sql);
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto one = (*rows)->next();
    if (!one) return std::move(one).error();
    if (!*one) return {};
    out.add(k, place + std::string((*rows)->text(0)));
  }
}

/// Columns by name that have a value out of their range.
std::string out_of_range(const std::string& table) {
  std::string cases;
  for (const auto& c : mandatory_columns()) {
    const auto name = quoted_name(c.name);
    std::string wrong = c.nullable ? "" : name + " IS NULL";
    if (c.kind == column_kind::integer)
      wrong += (wrong.empty() ? "" : " OR ") + ("NOT (" + name + " BETWEEN " + std::to_string(c.least) + " AND ") +
               std::to_string(c.most) + ")";
    if (!wrong.empty()) cases += " WHEN " + wrong + " THEN '" + std::string(c.name) + "'";
  }
  return "SELECT 'chain ' || chain_id || ', record ' || chain_n || ', column ' || wrong FROM (SELECT chain_id, chain_n, CASE" +
         cases + " END AS wrong FROM " + table + ") AS looked WHERE wrong IS NOT NULL";
}

std::string codes_of_results() {
  std::string codes;
  for (const auto& r : all_call_results()) codes += (codes.empty() ? "" : ", ") + std::to_string(static_cast<int>(r.code));
  return codes;
}

struct invariant {
  kind broken;
  std::string sql;
};

std::vector<invariant> of_rows(const std::string& table, const std::string& id) {
  const std::string attempts = "FROM attempts AS a WHERE a.list = " + id;
  const std::string instances = "FROM instances AS i WHERE i.list = " + id;
  const std::string row_of = "(SELECT 1 FROM " + table + " AS t WHERE t.chain_id = ";
  return {
    {kind::row_value, out_of_range(table)},
    {kind::record_twice, "SELECT 'record ' || record_id || ', ' || count(*) || ' rows' FROM " + table +
                           " GROUP BY record_id HAVING count(*) > 1"},
    {kind::attempt_column,
     "SELECT 'record ' || t.record_id || ', column ' || t.attempt || ', last attempt ' || m.n FROM " + table +
       " AS t JOIN (SELECT a.record_id, max(a.n) AS n " + attempts + " GROUP BY a.record_id) AS m ON m.record_id = t.record_id "
       "WHERE t.attempt <> m.n"},
    {kind::attempt_orphan,
     "SELECT 'record ' || a.record_id || ', attempt ' || a.n " + attempts + " AND NOT EXISTS (SELECT 1 FROM " + table +
       " AS t WHERE t.record_id = a.record_id AND t.chain_id = a.chain_id AND t.chain_n = a.chain_n)"},
    {kind::chain_end_orphan,
     "SELECT 'chain ' || c.chain_id FROM chains AS c WHERE c.list = " + id + " AND NOT EXISTS " + row_of + "c.chain_id)"},
    {kind::saved_orphan, "SELECT 'chain ' || i.chain_id " + instances + " AND NOT EXISTS " + row_of + "i.chain_id)"},
    {kind::saved_ended, "SELECT 'chain ' || i.chain_id " + instances + " AND EXISTS " + row_of + "i.chain_id) AND NOT EXISTS " +
                          row_of + "i.chain_id AND t.record_status IN (1, 2))"},
    {kind::passive_not_retrieved, "SELECT 'chain ' || i.chain_id " + instances + " AND i.due_ms > 0 AND EXISTS " + row_of +
                                    "i.chain_id AND t.record_status = 1) AND NOT EXISTS " + row_of +
                                    "i.chain_id AND t.record_status = 2)"},
  };
}

std::vector<invariant> of_attempts(const std::string& id, std::int64_t epoch) {
  const std::string select =
    "SELECT 'record ' || a.record_id || ', attempt ' || a.n FROM attempts AS a WHERE a.list = " + id + " AND ";
  return {
    // A list may come with attempts of another dialer: the first number here is one more than those.
    {kind::attempt_gap,
     "SELECT 'record ' || record_id || ', ' || count(*) || ' attempts from ' || min(n) || ' to ' || max(n) FROM attempts WHERE "
     "list = " + id + " GROUP BY record_id HAVING min(n) < 1 OR count(*) <> max(n) - min(n) + 1"},
    {kind::attempt_in_flight,
     select + "a.state < 2 AND EXISTS (SELECT 1 FROM attempts AS b WHERE b.list = a.list AND b.record_id = a.record_id AND "
              "b.n > a.n)"},
    {kind::attempt_state,
     select + "((a.state < 2 AND (a.ended_ms <> 0 OR a.result IS NOT NULL)) OR (a.state = 2 AND (a.ended_ms = 0 OR a.result IS "
              "NULL)) OR (a.state = 3 AND a.ended_ms = 0) OR a.state NOT BETWEEN 0 AND 3)"},
    {kind::attempt_times, select + "a.state >= 2 AND a.ended_ms <> 0 AND a.ended_ms < a.started_ms"},
    {kind::attempt_result, select + "a.result NOT IN (" + codes_of_results() + ")"},
    {kind::attempt_epoch,
     "SELECT 'record ' || record_id || ', attempt ' || n || ', epoch ' || epoch FROM attempts WHERE list = " + id +
       " AND (epoch < 0 OR epoch > " + std::to_string(epoch) + ")"},
  };
}

std::string inside_gap(const std::string& id, std::int64_t gap_ms) {
  return "SELECT 'record ' || record_id || ', attempt ' || n || ', ' || (started_ms - ended) || ' ms after' FROM (SELECT "
         "record_id, n, started_ms, lag(ended_ms) OVER w AS ended, lag(state) OVER w AS was FROM attempts WHERE list = " + id +
         " WINDOW w AS (PARTITION BY record_id ORDER BY n)) AS looked WHERE was = 3 AND started_ms < ended + " +
         std::to_string(gap_ms);
}

result<void> check_do_not_call(store_view& in, findings& out) {
  auto rows = in.select("SELECT kind, value FROM do_not_call");
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto one = (*rows)->next();
    if (!one) return std::move(one).error();
    if (!*one) return {};
    const bool is_phone = (*rows)->integer(0) == 0;
    const auto value = (*rows)->text(1);
    if (is_phone ? normalized_contact(value).empty() : normalized_customer(value).empty())
      out.add(kind::do_not_call_empty, is_phone ? "a phone" : "a customer");
  }
}

} // namespace

result<void> check_common_tables(store_view& in, findings& out) {
  for (const std::string table : {"attempts", "chains", "history", "instances"}) {
    const auto sql = "SELECT '" + table + ", list ' || list || ', ' || count(*) || ' rows' FROM " + table +
                     " WHERE list NOT IN (SELECT id FROM lists) GROUP BY list";
    if (auto done = find(in, kind::rows_of_no_list, "", sql, out); !done) return done;
  }
  const auto posts =
    "SELECT 'number ' || id FROM history WHERE body = '' OR (uri NOT LIKE 'http://_%' AND uri NOT LIKE 'https://_%')";
  if (auto done = find(in, kind::history_post, "", posts, out); !done) return done;
  return check_do_not_call(in, out);
}

result<void> check_list(store_view& in, list_id number, const calling_list& form, const fsck_terms& terms, std::int64_t epoch,
                        findings& out) {
  const auto id = std::to_string(number);
  auto all = of_rows("list_" + id, id);
  for (auto& one : of_attempts(id, epoch)) all.push_back(std::move(one));
  if (const auto gap = terms.redial_gaps_ms.find(form.name); gap != terms.redial_gaps_ms.end())
    all.push_back({kind::redial_gap, inside_gap(id, gap->second)});
  for (const auto& one : all)
    if (auto done = find(in, one.broken, "list " + form.name + ", ", one.sql, out); !done) return done;
  return {};
}

} // namespace chainring::dialer::fsck
