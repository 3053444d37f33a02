// postgres_test.cpp: the PostgreSQL store keeps the contract, and what only this store has to do.
#include "dialer/store/open.hpp"
#include "dialer/store/postgres/schema.hpp"
#include "tests/catch.hpp"
#include "tests/dialer/store/postgres_server.hpp"
#include "tests/dialer/store/socket_proxy.hpp"

using namespace chainring::dialer;

TEST_CASE("PostgreSQL keeps the store contract", "[postgres]") {
  for (const auto* cases : {&store_contract(), &store_history_contract(), &store_put_away_contract(), &store_copies_contract()})
    for (const contract_case& promise : *cases) {
      DYNAMIC_SECTION(promise.name) {
        postgres_place place;
        promise.run(place);
      }
    }
}

namespace {

chainring::error refusal(const std::string& uri) {
  auto made = open_postgres(uri);
  REQUIRE_FALSE(made.ok());
  CHECK_FALSE(made.error().mend.empty());
  CHECK(made.error().where.find("secret") == std::string::npos);
  CHECK(made.error().what.find("secret") == std::string::npos);
  return made.error();
}

/// A store behind a proxy that can cut its connection.
struct cut_off {
  postgres_place place;
  socket_proxy proxy{place.server().folder()};
  std::unique_ptr<store> in = good(open_postgres(place.server().uri(place.schema(), proxy.folder())));
  list_id list = 0;

  cut_off() {
    good(in->own("node"));
    list = people(*in, 4);
  }
};

/// As if the server had lost the connections of all stores.
void end_sessions(const postgres_place& place) {
  place.server().sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chainring'");
}

} // namespace

TEST_CASE("One session owns a store on a server, others may read and import", "[postgres]") {
  postgres_place place;
  auto first = opened(place);
  good(first->own("first"));
  const auto list = people(*first, 2);
  auto second = opened(place);
  const auto refused = second->own("second");
  REQUIRE_FALSE(refused.ok());
  CHECK(chainring::to_line(refused.error()) ==
        "store is in use by node first: " + place.uri() + ": stop that node or name another --store");
  CHECK(good(second->counts(list)).chains == 2);
  good(second->import_records(list, {row_of(7, 1)}, {}, store::on_existing::keep));
  CHECK(good(first->take_ready({list, INT64_MIN, 10, 1})).chains.size() == 3);
  first.reset();
  CHECK(good(second->own("second")) == 2);
}

TEST_CASE("An owner that was taken over is fenced, for good", "[postgres]") {
  postgres_place place;
  auto first = opened(place);
  good(first->own("first"));
  const auto list = people(*first, 2);
  end_sessions(place);
  auto second = opened(place);
  CHECK(good(second->own("second")) == 2);
  CHECK(first->commit({intent_of(list, 1, 1, 1)}).outcome == commit_outcome::unknown); // it has heard of nothing yet
  for (int i = 0; i < 2; ++i) {
    CHECK(first->commit({intent_of(list, 1, 1, 1)}).outcome == commit_outcome::fenced);
    CHECK_FALSE(first->take_ready({list, INT64_MIN, 10, 1}).ok());
  }
  good(second->commit({intent_of(list, 1, 1, 1)}));
  CHECK(good(second->attempts_of(list, 11))[0].epoch == 2);
  second.reset();
  CHECK(first->commit({intent_of(list, 2, 1, 1)}).outcome == commit_outcome::fenced);
}

TEST_CASE("An epoch that changes under a live session fences it too", "[postgres]") {
  postgres_place place;
  auto in = opened(place);
  good(in->own("node"));
  const auto list = people(*in, 1);
  place.sql("UPDATE members SET ended = true");
  CHECK(in->commit({intent_of(list, 1, 1, 1)}).outcome == commit_outcome::fenced);
  CHECK(good(in->attempts_of(list, 11)).empty());
}

TEST_CASE("A broken connection is made again at the next call, and the store stays its owner's", "[postgres]") {
  postgres_place place;
  auto in = opened(place);
  good(in->own("node"));
  const auto list = people(*in, 2);
  end_sessions(place);
  CHECK(in->commit({intent_of(list, 1, 1, 1)}).outcome == commit_outcome::unknown);
  good(in->commit({intent_of(list, 1, 1, 1)}));
  end_sessions(place);
  CHECK_FALSE(in->counts(list).ok());
  CHECK(good(in->counts(list)).chains == 2);
  auto other = opened(place);
  CHECK_FALSE(other->own("other").ok());
}

TEST_CASE("A COMMIT without an answer is found out about, and what is stored is passed over", "[postgres]") {
  cut_off c;
  const auto where = GENERATE(socket_proxy::cut::request, socket_proxy::cut::answer);
  std::vector<chainring::dialer::write> batch = {intent_of(c.list, 1, 1, 1), intent_of(c.list, 2, 1, 1)};
  end_sessions(c.place); // on a new connection COMMIT is prepared within sight of the proxy
  CHECK_FALSE(c.in->counts(c.list).ok());
  CHECK(c.in->counts(c.list).ok());
  c.proxy.cut_at(where);
  CHECK(c.in->commit(batch).outcome == commit_outcome::unknown);
  CHECK(c.proxy.has_cut());
  CHECK(c.place.sql("SELECT count(*) FROM attempts") == (where == socket_proxy::cut::answer ? "2" : "0"));
  SECTION("with more behind it") {
    batch.push_back(result_of(c.list, 1, 1, 1, call_result::busy));
    good(c.in->commit(batch));
    CHECK(good(c.in->attempts_of(c.list, 11))[0].state == attempt_state::done);
  }
  SECTION("as it was, after something else was asked") {
    CHECK(c.in->counts(c.list).ok());
    good(c.in->commit(batch));
  }
  SECTION("by halves, as after a refusal") {
    batch.push_back(intent_of(c.list, 1, 1, 1)); // made before
    CHECK(c.in->commit(batch).outcome == commit_outcome::refused);
    good(c.in->commit({batch[0]}));
    good(c.in->commit({batch[1]}));
    CHECK(c.in->commit({batch[2]}).outcome == commit_outcome::refused);
  }
  CHECK(c.place.sql("SELECT count(*) FROM attempts") == "2");
  CHECK(c.in->commit({batch[0]}).outcome == commit_outcome::refused); // nothing is passed over any more
}

TEST_CASE("Chains whose taking nobody has heard of are taken again", "[postgres]") {
  cut_off c;
  end_sessions(c.place);
  CHECK_FALSE(c.in->counts(c.list).ok());
  CHECK(c.in->counts(c.list).ok());
  c.proxy.cut_at(socket_proxy::cut::answer);
  CHECK_FALSE(c.in->take_ready({c.list, INT64_MIN, 10, 1}).ok());
  CHECK(c.place.sql("SELECT count(*) FROM list_1 WHERE record_status = 2") == "8");
  CHECK(good(c.in->take_ready({c.list, INT64_MIN, 10, 1})).chains.size() == 4);

  write_instance passive{.list = c.list, .chain_id = 2, .bytes = "waits", .due_ms = 500};
  good(c.in->commit({passive}));
  end_sessions(c.place);
  CHECK_FALSE(c.in->counts(c.list).ok());
  CHECK(c.in->counts(c.list).ok());
  c.proxy.cut_at(socket_proxy::cut::answer);
  CHECK_FALSE(c.in->activate({.list = c.list, .at_ms = 900}).ok());
  CHECK(c.place.sql("SELECT due_ms FROM instances") == "0");
  CHECK(good(c.in->activate({.list = c.list, .at_ms = 900})).chains.size() == 1);
}

TEST_CASE("A server that crashes has what was acknowledged, and goes on with its owner", "[postgres]") {
  postgres_server server; // everything is durable
  postgres_place place(server);
  auto in = opened(place);
  good(in->own("node"));
  const auto list = people(*in, 3);
  good(in->commit({intent_of(list, 1, 1, 1)}));
  server.crash();
  const auto away = in->commit({intent_of(list, 2, 1, 1)});
  CHECK(away.outcome == commit_outcome::unknown);
  CHECK(in->commit({intent_of(list, 2, 1, 1)}).outcome == commit_outcome::unknown);
  CHECK_FALSE(in->counts(list).ok());
  server.start();
  good(in->commit({intent_of(list, 2, 1, 1)}));
  CHECK(place.sql("SELECT count(*) FROM attempts") == "2");
  in.reset();
}

TEST_CASE("A value that the server refuses is refused for good, and the store is not away", "[postgres]") {
  postgres_place place;
  const auto list = people(*opened(place), 2);
  place.sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$;"
            "CREATE TRIGGER t BEFORE INSERT ON attempts FOR EACH ROW WHEN (NEW.record_id = 11) EXECUTE FUNCTION refuse()");
  auto in = opened(place);
  const auto refused = in->commit({intent_of(list, 1, 1, 1), intent_of(list, 2, 1, 1)});
  CHECK(refused.outcome == commit_outcome::refused);
  CHECK(refused.error().what == "store refuses a value (not this one)");
  CHECK(in->commit({intent_of(list, 2, 1, 1)}).outcome == commit_outcome::done);
}

TEST_CASE("What is no store on a server, or cannot be used as one, is refused in one line", "[postgres]") {
  postgres_place place;
  auto& server = place.server();
  SECTION("a schema with other tables") {
    place.sql("CREATE TABLE t (a integer)");
    CHECK(refusal(place.uri()).what == "not a store");
    place.sql("CREATE TABLE meta (key text, value text)");
    CHECK(refusal(place.uri()).what == "not a store");
  }
  SECTION("of a newer chainring") {
    people(*opened(place), 1);
    place.sql("UPDATE meta SET value = '99' WHERE key IN ('schema', 'readable_from')");
    const auto known = std::to_string(postgres::migrations().size());
    CHECK(refusal(place.uri()).what == "store was written by a newer chainring (schema 99, this one knows " + known + ")");
  }
  SECTION("no such schema") { CHECK(refusal(server.uri("nowhere")).what == "there is no schema of that name"); }
  SECTION("read-only") {
    CHECK(refusal(place.uri() + "%20-cdefault_transaction_read_only%3Don").what == "store is read-only");
  }
  SECTION("another encoding") {
    server.sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    auto uri = server.uri();
    CHECK(refusal(uri.replace(uri.rfind("/postgres"), 9, "/latin")).what == "the database has the encoding LATIN1");
    server.sql("DROP DATABASE latin");
  }
  SECTION("no such database, no server, no URI") {
    auto uri = server.uri();
    CHECK(refusal(uri.replace(uri.rfind("/postgres"), 9, "/none")).what.find("database \"none\" does not exist") !=
          std::string::npos);
    CHECK(refusal("postgresql://u:secret@127.0.0.1:1/x").what.find("the store cannot be reached (") == 0);
    CHECK(refusal("postgresql://u:secret@[/x").what == "the URI cannot be read");
    CHECK(refusal("postgresql://u:a/secret@h/x").where == "postgresql://…");
    CHECK(refusal("postgresql://u:1/secret@h/x").where == "postgresql://…");
  }
}

TEST_CASE("Passwords are not shown", "[postgres]") {
  CHECK(shown_store("people.db") == "people.db");
  CHECK(shown_store("postgresql://u:secret@h:5433/d?sslmode=require") == "postgresql://u@h:5433/d?sslmode=require");
  CHECK(shown_store("postgres://h/d?password=secret&user=u&sslpassword=secret") == "postgresql://u@h/d");
  CHECK(shown_store("postgres://h/d?pass%77ord=secret") == "postgresql://h/d");
  CHECK(shown_store("postgresql://a,b:2/d?options=-csearch_path%3Dx") == "postgresql://a,b:2/d?options=-csearch_path%3Dx");
  CHECK(shown_store("postgresql://u@%2Ftmp%2Fx/d") == "postgresql://u@%2Ftmp%2Fx/d");
  CHECK(shown_store("postgresql:///d") == "postgresql:///d");
  CHECK(shown_store("postgresql://u:sec/ret@h/d") == "postgresql://…");
}

TEST_CASE("Passive chains are found by their index, not by looking through all of them", "[postgres]") {
  postgres_place place;
  auto in = opened(place);
  const auto list = people(*in, 2);
  place.sql("INSERT INTO instances (chain_id, handles_end, due_ms, epoch, version, list, listens, bytes) "
            "SELECT 100 + i, 1, 1000 + i, 0, 1, 1, false, 'x' FROM generate_series(1, 20000) AS i; ANALYZE instances");
  const std::string read = "SELECT pg_stat_clear_snapshot(); SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables WHERE "
                           "relid = 'instances'::regclass";
  CHECK(good(in->activate({.list = list, .at_ms = 1'010})).chains.size() == 10);
  in.reset(); // its counts are sent now
  CHECK(place.sql(read) == "0");
}

TEST_CASE("Statements that were planned while the tables were empty look rows up by key when they are full", "[postgres]") {
  postgres_place place;
  auto in = opened(place);
  good(in->own("node"));
  const auto list = people(*in, 6);
  const auto play = [&](std::int64_t first, std::int64_t chains) {
    std::vector<chainring::dialer::write> calls, ends;
    for (auto chain = first; chain < first + chains; ++chain) {
      calls.push_back(write_row{.key = {list, chain, 1}, .columns = {{"daily_from", "60"}}});
      calls.push_back(intent_of(list, chain, 1, 1));
      calls.push_back(write_instance{.list = list, .chain_id = chain, .bytes = "waits"});
      ends.push_back(result_of(list, chain, 1, 1, call_result::busy));
      ends.push_back(write_chain_end{.list = list, .chain_id = chain});
      ends.push_back(write_release{.list = list, .chain_id = chain, .begins_anew = true});
    }
    CHECK(good(in->take_ready({list, first - 1, static_cast<std::int32_t>(chains), 1})).chains.size() ==
          static_cast<std::size_t>(chains));
    good(in->commit(calls));
    good(in->commit(ends));
  };
  play(1, 3);
  if (GENERATE(false, true)) { // the planner has been told that there is next to nothing
    place.sql("ANALYZE");
    in.reset();
    in = opened(place);
    good(in->own("node"));
  }
  play(4, 2);
  place.sql("INSERT INTO list_1 (record_id, chain_id, chain_n, contact_info) SELECT 10 * i + 1, i, 1, '1555' FROM "
            "generate_series(100, 20099) AS i; "
            "INSERT INTO attempts (list, record_id, n, chain_id, chain_n, started_ms, ended_ms, epoch, state, contact_info, trunk) "
            "SELECT 1, 10 * i + 1, 9, i, 1, 1, 2, 1, 2, '1555', 'sim' FROM generate_series(100, 20099) AS i; "
            "INSERT INTO instances (chain_id, handles_end, due_ms, epoch, version, list, listens, bytes) "
            "SELECT i, 1, 0, 0, 0, 1, false, 'x' FROM generate_series(100, 20099) AS i; "
            "INSERT INTO chains (list, chain_id, ended_ms, reason, post_processing) "
            "SELECT 1, i, 1, '', '' FROM generate_series(100, 20099) AS i");
  const std::string read = "SELECT pg_stat_clear_snapshot(); SELECT sum(seq_tup_read) + sum(coalesce(idx_tup_fetch, 0)) FROM "
                           "pg_stat_user_tables WHERE schemaname = current_schema()";
  const auto before = std::stoll(place.sql(read));
  play(15'000, 300);
  in.reset(); // its counts are sent now
  CHECK(std::stoll(place.sql(read)) - before < 10'000); // one scan of one table would be 20,000
}
