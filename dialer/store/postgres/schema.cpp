// schema.cpp: see schema.hpp.
#include "dialer/store/postgres/schema.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "dialer/limits.hpp"
#include "dialer/versions.hpp"

namespace chainring::dialer::postgres {

namespace {

constexpr int server_version_least = 130'000;
constexpr int step_lock_tries_max = 20; // with the pauses between them some twenty seconds

/// The upper half of the lock's key, "chrg"; the lower one is the schema.
constexpr std::int64_t lock_class = std::int64_t{0x63687267} << 32;

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
  std::int64_t readable_from = 0; // 0: by programs of its own schema and newer ones
};

std::int64_t number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ptr == text.data() + text.size() && read.ec == std::errc() ? number : 0;
}

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
  auto version = on.ask("SELECT value, (SELECT value FROM meta WHERE key = 'readable_from') FROM meta WHERE key = 'schema'");
  if (!version) return foreign;
  if (version->rows() != 1) return foreign;
  found.version = number_in(version->text(0, 0));
  if (!version->is_null(0, 1)) found.readable_from = number_in(version->text(0, 1));
  return found.version > 0 ? result<found_store>(found) : foreign;
}

/// Who works on the store, for a complaint.
std::string who_works(connection& on, std::int64_t version) {
  if (version < 2) return "a node";
  auto asked = on.ask("SELECT coalesce((SELECT string_agg(node, ', ' ORDER BY node) FROM members WHERE NOT ended AND lease_until > "
                      "clock_timestamp()), (SELECT node FROM members WHERE NOT ended ORDER BY epoch DESC LIMIT 1), 'a program')");
  return asked && asked->rows() == 1 ? std::string(asked->text(0, 0)) : "a program";
}

error needs_it_alone(connection& on, const found_store& found, const std::string& who) {
  return {"the store's schema " + std::to_string(found.version) + " cannot become " + std::to_string(migrations().size()) +
            " while programs of schema " + std::to_string(found.version) + " or older work on it: " + who,
          on.where(), "stop those nodes before a node of this version starts"};
}

/// Beside members none of them writes or joins until the step is over. As long as a lock is waited for they wait as well; so that
/// is short, and they get on before it is tried again.
result<void> begin_step(connection& on, bool beside) {
  if (!beside) return on.run_script("BEGIN");
  for (int tries = 1;; ++tries) {
    auto begun = on.run_script("BEGIN; SET LOCAL lock_timeout = " + std::to_string(limits::store_step_lock_wait_ms) +
                               "; LOCK TABLE members IN ACCESS EXCLUSIVE MODE");
    if (begun || on.is_lost() || tries == step_lock_tries_max) return begun;
    if (auto paused = on.run_script("ROLLBACK; SELECT pg_sleep(0.5)"); !paused) return paused;
  }
}

/// In the transaction of a step beside members: those whose lease is over are ended, as any member would. Refused while one works
/// whose version could not go on.
result<void> admit_step(connection& on, const found_store& found) {
  const auto least = parameters::of(schema_readable_from());
  auto ended = on.ask("WITH gone AS (UPDATE members SET ended = true WHERE NOT ended AND schema < $1 AND (lease_until IS NULL OR "
                      "lease_until < clock_timestamp()) RETURNING epoch) UPDATE shards SET epoch = 0 WHERE epoch IN (SELECT epoch "
                      "FROM gone)",
                      least);
  if (!ended) return std::move(ended).error();
  auto older = on.ask("SELECT string_agg(node, ', ' ORDER BY node) FROM members WHERE NOT ended AND schema < $1", least);
  if (!older) return std::move(older).error();
  return older->is_null(0, 0) ? result<void>{} : needs_it_alone(on, found, std::string(older->text(0, 0)));
}

result<void> migrate(connection& on, const found_store& found, bool beside) {
  for (auto version = static_cast<std::size_t>(found.version); version < migrations().size(); ++version) {
    const auto number = static_cast<std::int64_t>(version) + 1;
    auto done = begin_step(on, beside);
    if (done && beside) done = admit_step(on, found);
    if (done)
      done = on.run_script(std::string(migrations()[version]) + "; INSERT INTO meta (key, value) VALUES ('schema', '" +
                           std::to_string(number) + "'), ('readable_from', '" +
                           std::to_string(std::min(number, schema_readable_from())) +
                           "') ON CONFLICT (key) DO UPDATE SET value = excluded.value; COMMIT");
    if (!done) {
      (void)on.run_script("ROLLBACK").ok();
      return done;
    }
  }
  return {};
}

/// One at a time: the lock of the member -1, which there is not.
result<void> bring_up(connection& on, std::int64_t schema) {
  auto turn = on.ask("SELECT true FROM pg_advisory_lock($1::bigint::integer, -1)",
                     parameters::of(static_cast<std::int64_t>(static_cast<std::int32_t>(schema))));
  if (!turn) return std::move(turn).error();
  auto found = find_store(on); // somebody else may have been faster
  if (!found) return std::move(found).error();
  if (found->version >= static_cast<std::int64_t>(migrations().size())) return {};
  const bool beside = found->version >= schema_readable_from();
  auto held = on.ask(beside ? "SELECT true FROM pg_advisory_lock_shared($1)" : "SELECT true FROM pg_advisory_lock($1)",
                     parameters::of(owners_lock(schema)));
  if (!held) return on.is_lost() ? std::move(held).error() : needs_it_alone(on, *found, who_works(on, found->version));
  return migrate(on, *found, beside);
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

std::int64_t owners_lock(std::int64_t schema) { return lock_class | schema; }

result<std::int64_t> prepare_schema(connection& on) {
  auto found = find_store(on);
  if (!found) return std::move(found).error();
  const auto newest = static_cast<std::int64_t>(migrations().size());
  if (found->version < newest) {
    auto done = bring_up(on, found->schema);
    auto unlocked = on.ask("SELECT pg_advisory_unlock_all()::text");
    if (!done) return std::move(done).error();
    if (!unlocked) return std::move(unlocked).error();
    if (found = find_store(on); !found) return std::move(found).error();
  }
  if (found->version > newest && (found->readable_from == 0 || found->readable_from > newest))
    return error{"store was written by a newer chainring (schema " + std::to_string(found->version) + ", this one knows " +
                   std::to_string(newest) + ")",
                 on.where(), "use that version or a newer one"};
  return found->schema;
}

} // namespace chainring::dialer::postgres
