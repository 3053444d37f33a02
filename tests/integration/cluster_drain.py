"""A node of two that is told to end while its calls still go on: chains without a call are the other's long before it ends, and it
takes none meanwhile; the last ones follow with their calls, and every call ends as it would have."""
from cluster_node import ClusterNode, SHARDS, busy_answers, write_people
from harness import *
from postgres_server import PostgresServer

PEOPLE, CHANNELS, CALL_MS, LEASE_S = 1_000, 10, 8_000, 2


def node(scratch, server, name):
    log = scratch.path(f"{name}.calls")
    made = ClusterNode(scratch, server.uri(), name, f"""
{busy_answers(CHANNELS, CALL_MS, log)}[[list]]
name = "people"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/one_try.scxml"
""", LEASE_S).start()
    return made.process, made.port, log


def main():
    with Scratch(program_argument()) as scratch:
        server = PostgresServer(scratch)
        people = write_people(scratch.path("people.csv"), range(1, PEOPLE + 1))
        scratch.run("import", "--list", "people", people, "--store", server.uri())
        stays, leaves = node(scratch, server, "stays"), node(scratch, server, "leaves")

        def member(name):
            try:
                return {m["node"]: m for m in get_json(stays[1], "/api/v1/cluster")["members"]}.get(name, {"shards": 0})
            except OSError:
                return {"shards": 0}

        def in_calls():
            return get_json(leaves[1], "/api/v1/trunks")["trunks"][0]["calls"]

        wait_for(lambda: member("leaves")["shards"] == SHARDS // 2, "an even share of shards")
        wait_for(lambda: in_calls() > 0, "calls in progress")
        began, calls = time.monotonic(), len(call_log(leaves[2]))
        leaves[0].terminate()
        wait_for(lambda: member("stays")["shards"] >= SHARDS - CHANNELS, "the other's shards without a call", CALL_MS / 2_000)
        took_s = time.monotonic() - began
        seen = member("leaves")
        check(leaves[0].poll() is None and seen["leaving"], f"it has ended already: {seen}")
        check(0 < seen["shards"] <= CHANNELS, f"{seen['shards']} shards are still its own")
        check(leaves[0].wait(timeout=60) == 0, "it did not end in order")
        wait_for(lambda: member("stays")["shards"] == SHARDS, "all shards with the other")
        dialed = call_log(leaves[2])
        check(len(dialed) - calls <= CHANNELS, f"{len(dialed) - calls} calls after it was told to end")
        kept = {int(a["record_id"]): a["result"] for a in rows(scratch.attempts(server.uri()))}
        check(all(kept[line["record_id"]] == "Busy" for line in dialed), "a call of it has another end than Busy")
        stays[0].terminate()
        check(stays[0].wait(timeout=60) == 0, "the other did not end in order")
    print(f"{SHARDS // 2} shards but those with calls were the other's {took_s:.1f} s after the signal; calls take "
          f"{CALL_MS / 1_000} s")


main()
