"""Pre-dial validation: a server decides before each call; who is refused is not dialed, what it changes is in the row, the record's
options win, and a server that fails costs no call. The same with 1 and 2 lanes; a handful of connections for all."""
from harness import *

CHAINS = 300
POOL = 3


def digit(body):
    return int(body["GSW_PHONE"][-1])


def configuration(scratch, name, server, more="pre-dial-validation = true"):
    return scratch.write(name, f"""
[stats]
enabled = false
[http]
http-connection-pool-size = {POOL}
http-response-timeout = 1
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 50
calls-per-second = 1000
ring-ms = [1000, 1000]
talk-ms = [0, 0]
seed = 7
weights = {{ NoAnswer = 1 }}
log = "{name}.calls"
[[list]]
name = "unused"
[[campaign]]
name = "validated"
lists = ["unused"]
treatment-uri = "unused.scxml"
validation-uri = "{server}/check?by=chainring"
validation-timeout-call-result = "NoProgress"
{more}
""")


def main():
    with Scratch(program_argument()) as scratch:
        def people(list_name, chains, ask):
            return write_list(scratch.path(f"{list_name}.csv"), [
                {"record_id": chain, "chain_id": chain, "chain_n": 0, "contact_info": f"1555{chain:07d}", "daily_from": 0,
                 "daily_till": 86400, "crm_id": f"old {chain}", "ask": ask(chain)} for chain in range(1, chains + 1)])

        def run(server, name, csv_path, *more, options="pre-dial-validation = true"):
            store = scratch.path(f"{name}.db")
            scratch.run("run", "--list", csv_path, "--treatment", TREATMENTS / "one_try.scxml", "--config",
                        configuration(scratch, f"{name}.toml", server, options), "--store", store, "--virtual-time", *more)
            return scratch.attempts(store), {int(r["chain_id"]): r for r in scratch.export(csv_path.stem, store)}

        everybody = people("people", CHAINS, lambda chain: "")

        asked = []

        def decide(path, text):
            body = json.loads(text)
            asked.append((path, body))
            handle = {"ETag": f'"{body["GSW_RECORD_HANDLE"]}"', "Content-Type": "application/json"}
            last = digit(body)
            if last == 1:
                return 409, handle, '{"GSW_CALL_RESULT": 52}'
            if last == 2:
                return 409, handle, ""
            if last == 3:
                return 503, {}, "busy"
            if last == 4:
                return 200, {"ETag": '"nobody"'}, "{}"
            if last == 5:
                return 200, handle, json.dumps({"crm_id": f"new {body['GSW_CHAIN_ID']}", "contact_info": "1", "GSW_PHONE": "1"})
            return 200, handle, "OK"

        wanted = {1: "52", 2: "36", 3: "36", 4: "36"}  # by the last digit: CancelRecord, NoProgress; others are dialed: NoAnswer
        seen = []
        for lanes in (1, 2):
            asked.clear()
            server = HttpServer(decide)
            attempts, ended = run(server.url, f"lanes{lanes}", everybody, "--lanes", lanes)
            server.shutdown()
            seen.append(attempts)
            for chain, row in ended.items():
                result = wanted.get(chain % 10, "7")
                check(row["call_result"] == result, f"chain {chain}: result {row['call_result']}, not {result}")
                crm_id = f"new {chain}" if chain % 10 == 5 else f"old {chain}"
                check(row["crm_id"] == crm_id, f"chain {chain}: crm_id {row['crm_id']}, not {crm_id}")
                check(row["contact_info"] == f"1555{chain:07d}", f"chain {chain}: the server has changed its number")
            dialed = sorted(int(a["chain_id"]) for a in rows(attempts))
            check(dialed == [c for c in range(1, CHAINS + 1) if c % 10 not in wanted], f"{len(dialed)} calls")
            check(len(asked) == CHAINS, f"{len(asked)} questions, not {CHAINS}")
            check(all(path == "/check?by=chainring" for path, _ in asked), "a question went elsewhere")
            question = next(body for _, body in asked if body["GSW_CHAIN_ID"] == 17)
            check(question.items() >= {"GSW_PHONE": "15550000017", "GSW_CHAIN_N": 0, "GSW_ATTEMPTS": 0, "crm_id": "old 17",
                                       "GSW_CALLING_LIST": "people"}.items(), f"the question is {question}")
            check(server.connections <= POOL, f"{server.connections} connections, not {POOL}")
            log = [line["record_id"] for line in call_log(scratch.path(f"lanes{lanes}.toml.calls"))]
            check(sorted(log) == dialed, "the trunk's log and the attempts differ")
        check(seen[0] == seen[1], "one lane and two give other attempts")

        # The option of a record wins over the campaign's, both ways; without one the campaign's holds.
        choosy = people("choosy", CHAINS, lambda chain: ["", "no", "yes"][chain % 3])
        for name, switch, asks in (("on", "pre-dial-validation = true", lambda c: c % 3 != 1),
                                   ("off", "pre-dial-validation = false", lambda c: c % 3 == 2)):
            asked.clear()
            server = HttpServer(decide)
            run(server.url, name, choosy, options=switch)
            server.shutdown()
            got = sorted(body["GSW_CHAIN_ID"] for _, body in asked)
            check(got == [c for c in range(1, CHAINS + 1) if asks(c)], f"validation {name}: {len(got)} questions")

        # A server that is away, or says nothing in time: nobody is dialed, every chain hears the configured result.
        server.server_close()
        silent = socket.create_server(("127.0.0.1", 0), backlog=500)
        for name, url in (("away", server.url), ("silent", f"http://127.0.0.1:{silent.getsockname()[1]}")):
            attempts, ended = run(url, name, people("few", 6, lambda chain: ""))
            check(rows(attempts) == [], f"a server that is {name}: calls")
            results = {r["call_result"] for r in ended.values()}
            check(len(ended) == 6 and results == {"36"}, f"a server that is {name}: results {results}")
        # A treatment that asks for validation where there is no server is dialed, and that is said, once.
        unasked = scratch.write("unasked.toml", scratch.path("off.toml").read_text().replace("validation-uri", "# ")
                                .replace("off.toml.calls", "unasked.calls"))
        done = scratch.run("run", "--list", choosy, "--treatment", TREATMENTS / "one_try.scxml", "--config", unasked,
                           "--store", scratch.path("unasked.db"), "--virtual-time")
        check(done.stderr.count("asks for pre-dial validation, but campaign validated has no validation-uri") == 1, done.stderr)
        check(len(call_log(scratch.path("unasked.calls"))) == CHAINS, "not everybody was dialed")
        print(f"{CHAINS} records validated over {POOL} connections, {len(dialed)} dialed, the same with 1 and 2 lanes")


main()
