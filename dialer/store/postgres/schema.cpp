// schema.cpp: see schema.hpp.
#include "dialer/store/postgres/schema.hpp"

#include <string>

#include "dialer/limits.hpp"

namespace chainring::dialer::postgres {

namespace {

constexpr int server_version_least = 130'000;

/// Plans are made once per statement, often while the tables are still empty: arrays of any length are looked up by key, row for
/// row, and nothing is scanned. What has to look through whole tables says so: session.hpp.
std::string session_settings() {
  const auto set = [](std::string_view name, auto value) { return "SET " + std::string(name) + " = " + value + ";"; };
  const auto number = [](std::int64_t n) { return std::to_string(n); };
  return set("statement_timeout", number(limits::store_statement_ms)) +
         set("lock_timeout", number(limits::store_lock_wait_ms)) + set("plan_cache_mode", "force_generic_plan") +
         set("enable_seqscan", "off") + set("enable_hashjoin", "off") + set("enable_mergejoin", "off") + set("jit", "off") +
         set("work_mem", "'64MB'") + set("client_min_messages", "error") +
         // A node that vanishes without a word does not keep the store locked for hours.
         set("tcp_keepalives_idle", number(30)) + set("tcp_keepalives_interval", number(10)) +
         set("tcp_keepalives_count", number(3));
}

struct found_store {
  std::int64_t schema = 0;
  std::string name;
  std::int64_t version = 0; // 0: empty
};

result<found_store> find_store(connection& on) {
  auto asked = on.ask("SELECT n.oid::bigint, n.nspname::text, to_regclass(quote_ident(n.nspname) || '.meta') IS NOT NULL, "
                      "(SELECT count(*) FROM pg_class AS c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm')) "
                      "FROM pg_namespace AS n WHERE n.nspname = current_schema()");
  if (!asked) return std::move(asked).error();
  if (asked->rows() != 1)
    return error{"there is no schema of that name", on.where(),
                 "create the schema that search_path names, or leave search_path out"};
  found_store found{asked->integer(0, 0), std::string(asked->text(0, 1))};
  if (asked->integer(0, 3) == 0) return found;
  const error foreign{"not a store", on.where(),
                      "schema " + found.name +
                          " has other tables: name another database, or a schema by ?options=-csearch_path%3DNAME"};
  if (asked->integer(0, 2) == 0) return foreign;
  auto version = on.ask("SELECT value FROM meta WHERE key = 'schema'");
  if (!version) return foreign;
  if (version->rows() != 1) return foreign;
  found.version = std::atoll(std::string(version->text(0, 0)).c_str());
  return found.version > 0 ? result<found_store>(found) : foreign;
}

result<void> migrate(connection& on, const found_store& found) {
  for (auto version = static_cast<std::size_t>(found.version); version < migrations().size(); ++version) {
    const auto number = std::to_string(version + 1);
    const auto done = on.run_script("BEGIN; " + std::string(migrations()[version]) +
                                    "; INSERT INTO meta (key, value) VALUES ('schema', '" + number +
                                    "') ON CONFLICT (key) DO UPDATE SET value = excluded.value; COMMIT");
    if (!done) {
      (void)on.run_script("ROLLBACK").ok();
      return done;
    }
  }
  return {};
}

} // namespace

result<void> set_up_session(connection& on, durability promised) {
  if (on.server_version() < server_version_least)
    return error{"the server is PostgreSQL " + std::to_string(on.server_version() / 10'000) + ", too old", on.where(),
                 "use version " + std::to_string(server_version_least / 10'000) + " or a newer one"};
  if (auto set = on.run_script(session_settings()); !set) return set;
  // What the server promises at every commit may be more than its own disk (remote_apply); less is raised to that.
  auto asked =
      on.ask(promised == durability::last_moments
                 ? "SELECT set_config('synchronous_commit', 'off', false), current_setting('transaction_read_only'), "
                   "current_setting('server_encoding')"
                 : "SELECT CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', "
                   "false) END, current_setting('transaction_read_only'), current_setting('server_encoding')");
  if (!asked) return std::move(asked).error();
  if (asked->text(0, 1) != "off")
    return error{"store is read-only", on.where(), "name the primary server, or take default_transaction_read_only off"};
  if (asked->text(0, 2) != "UTF8")
    return error{"the database has the encoding " + std::string(asked->text(0, 2)), on.where(), "create it with ENCODING 'UTF8'"};
  return {};
}

result<std::int64_t> prepare_schema(connection& on, const std::function<result<void>(std::int64_t schema)>& lock) {
  auto found = find_store(on);
  if (!found) return std::move(found).error();
  const auto newest = static_cast<std::int64_t>(migrations().size());
  if (found->version < newest) {
    if (auto locked = lock(found->schema); !locked) return std::move(locked).error();
    if (found = find_store(on); !found) return std::move(found).error(); // somebody else may have been faster
    auto done = migrate(on, *found);
    auto unlocked = on.ask("SELECT pg_advisory_unlock_all()::text");
    if (!done) return std::move(done).error();
    if (!unlocked) return std::move(unlocked).error();
  }
  if (found->version > newest)
    return error{"store was written by a newer chainring (schema " + std::to_string(found->version) + ", this one knows " +
                   std::to_string(newest) + ")",
                 on.where(), "use that version or a newer one"};
  return found->schema;
}

} // namespace chainring::dialer::postgres
