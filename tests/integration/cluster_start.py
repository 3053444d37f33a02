"""Three nodes that start at the same moment on an empty store, each told to import the same file: every row is there once, all are
members, the campaign is dialed to its end with one trunk for all, and whoever is told to end meanwhile hands over."""
import signal

from harness import *
from postgres_server import PostgresServer
from witness import BUSY_TRUNK, check_budget, check_calls

PEOPLE, CALLS_PER_SECOND, CHANNELS = 3_000, 200, 40


def configuration(scratch, server, name, people):
    port, log = free_port(), scratch.path(f"{name}.calls")
    config = scratch.write(f"{name}.toml", f"""
[node]
name = "{name}"
lanes = 1
treatment-roots = ["{TREATMENTS}"]
log-file = "{scratch.path(name + '.log')}"
[store]
path = "{server.uri()}"
[cluster]
enabled = true
lease = 2
[stats]
port = {port}
{busy_trunk(CHANNELS, CALLS_PER_SECOND, log)}[[list]]
name = "people"
csv = "{people}"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/one_try.scxml"
""")
    return config, port, log


def members(port):
    try:
        return get_json(port, "/api/v1/cluster")["members"]
    except OSError:
        return []


def main():
    with Scratch(program_argument()) as scratch:
        server = PostgresServer(scratch)
        people = write_list(scratch.path("people.csv"), [
            {"record_id": i, "chain_id": i, "chain_n": 1, "contact_info": f"1555{i:06d}", "daily_from": 0, "daily_till": 86400}
            for i in range(1, PEOPLE + 1)])
        nodes = {name: configuration(scratch, server, name, people) for name in ("a", "b", "c")}
        running = {name: scratch.start(scratch.program, "node", "--config", config) for name, (config, _, _) in nodes.items()}
        for _, port, _ in nodes.values():
            wait_for(lambda: len(members(port)) == 3 or any(p.poll() is not None for p in running.values()), "three members")
        check(all(p.poll() is None for p in running.values()), "a node has not survived the start beside the others")
        found = server.sql("SELECT count(*), count(DISTINCT record_id) FROM list_1")
        check(found == f"{PEOPLE}|{PEOPLE}", f"rows are missing, or twice: {found}")
        check(server.sql("SELECT count(*) FROM lists") == "1", "the list is there more than once")
        shares = members(nodes["a"][1])
        check(sum(m["trunks"][0]["channels"] for m in shares if m["trunks"]) <= CHANNELS, f"more channels than there are: {shares}")

        running["b"].send_signal(signal.SIGTERM)
        check(running["b"].wait(timeout=60) == 0, "a node that was told to end did not end in order")
        wait_for(lambda: server.sql("SELECT count(*) FROM list_1 WHERE record_status <> 3") == "0", "the end of the campaign", 120)
        for name in ("a", "c"):
            running[name].terminate()
            check(running[name].wait(timeout=60) == 0, f"{name} did not end in order")
        kept = rows(scratch.attempts(server.uri()))
        log = [line for _, _, calls in nodes.values() for line in call_log(calls)]
        calls, unknown = check_calls(kept, log, 900)
        check((calls, unknown) == (PEOPLE, 0), f"{calls} calls, {unknown} of them of unknown end, for {PEOPLE} people")
        fastest, most = check_budget(log, BUSY_TRUNK, CHANNELS, CALLS_PER_SECOND)
    print(f"{calls} calls; at most {fastest} of {CALLS_PER_SECOND} began in a second, {most} of {CHANNELS} channels were in use")


main()
