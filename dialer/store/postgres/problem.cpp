// problem.cpp: by SQLSTATE, which is the same in every language of the server.
#include "dialer/store/postgres/problem.hpp"

#include <libpq-fe.h>

namespace chainring::dialer::postgres {

namespace {

std::string field(const pg_result* from, int which) {
  const char* text = PQresultErrorField(from, which);
  return text == nullptr ? std::string() : first_line(text);
}

// Data exceptions, constraints, checks of views and domains, raised by triggers, limits such as an index row's size.
bool is_of_the_value(std::string_view state) {
  for (const std::string_view kind : {"22", "23", "44", "P0", "54"})
    if (state.starts_with(kind)) return true;
  return false;
}

struct known_problem {
  std::string_view state; // or its first two characters
  std::string_view what, mend;
};
constexpr known_problem known[] = {
  {"53100", "no space left for the store", "free space on the server's disk; what was committed is kept"},
  {"53200", "the server has no memory left", "give the server more memory, or less work_mem"},
  {"53300", "the server has too many connections", "raise its max_connections, or end some"},
  {"57014", "the server took too long", "look what it is busy with: pg_stat_activity; it is asked again"},
  {"55P03", "the store is locked by another session", "end that session: pg_stat_activity, pg_locks; it is asked again"},
  {"40", "the store was busy with another session", "it is asked again"},
  {"57P0", "the server is stopping or starting", "start it; it is asked again"},
  {"25006", "store is read-only", "name the primary server, or take default_transaction_read_only off"},
  {"42501", "the server's user may not do that", "GRANT it the schema and its tables, or make it their owner"},
  {"XX001", "store is damaged", "restore a backup"},
  {"XX002", "store is damaged", "REINDEX, or restore a backup"},
};

} // namespace

std::string first_line(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return std::string(text);
}

problem problem_of(const pg_result* failed, const std::string& where) {
  const auto state = field(failed, PG_DIAG_SQLSTATE), said = field(failed, PG_DIAG_MESSAGE_PRIMARY);
  const auto severity = field(failed, PG_DIAG_SEVERITY_NONLOCALIZED);
  problem found;
  found.session_lost = severity == "FATAL" || severity == "PANIC" || state.empty();
  found.of_the_value = !found.session_lost && is_of_the_value(state);
  if (found.of_the_value) {
    found.why = {"store refuses a value (" + said + ")", where, "mend the value"};
    return found;
  }
  for (const auto& one : known)
    if (std::string_view(state).starts_with(one.state)) {
      found.why = {std::string(one.what) + " (" + said + ")", where, std::string(one.mend)};
      return found;
    }
  found.why = {"store failed (" + (said.empty() ? std::string("the connection is gone") : said) + ")", where,
               "look in the server's log"};
  return found;
}

error unreachable(pg_conn* failed, const std::string& where) {
  if (failed != nullptr && PQconnectionNeedsPassword(failed) == 1)
    return {"the server wants a password", where, "put it in ~/.pgpass or in PGPASSWORD"};
  if (failed != nullptr && PQconnectionUsedPassword(failed) == 1 && PQstatus(failed) == CONNECTION_BAD)
    return {"the store cannot be reached (" + first_line(PQerrorMessage(failed)) + ")", where,
            "see that the server runs, and the password in ~/.pgpass or PGPASSWORD"};
  const auto said = failed == nullptr ? std::string("no memory") : first_line(PQerrorMessage(failed));
  return {"the store cannot be reached (" + (said.empty() ? "the connection is gone" : said) + ")", where,
          "start the server, or mend the URI and who may log in"};
}

} // namespace chainring::dialer::postgres
