"""Three nodes that start at the same moment on an empty store, each told to import the same file: every row is there once, all are
members, the campaign is dialed to its end with one trunk for all, and whoever is told to end meanwhile hands over."""
import signal

from cluster_node import ClusterNode, write_people
from harness import *
from postgres_server import PostgresServer
from witness import BUSY_TRUNK, check_budget, check_calls

PEOPLE, CALLS_PER_SECOND, CHANNELS = 3_000, 200, 40


class Node(ClusterNode):
    def __init__(self, scratch, server, name, people):
        self.log = scratch.path(f"{name}.calls")
        super().__init__(scratch, server.uri(), name, f"""
{busy_trunk(CHANNELS, CALLS_PER_SECOND, self.log)}[[list]]
name = "people"
csv = "{people}"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/one_try.scxml"
""")


def main():
    with Scratch(program_argument()) as scratch:
        server = PostgresServer(scratch)
        people = write_people(scratch.path("people.csv"), range(1, PEOPLE + 1))
        nodes = {name: Node(scratch, server, name, people) for name in ("a", "b", "c")}
        running = {name: node.start().process for name, node in nodes.items()}
        for node in nodes.values():
            wait_for(lambda: len(node.members()) == 3 or any(p.poll() is not None for p in running.values()), "three members")
        check(all(p.poll() is None for p in running.values()), "a node has not survived the start beside the others")
        found = server.sql("SELECT count(*), count(DISTINCT record_id) FROM list_1")
        check(found == f"{PEOPLE}|{PEOPLE}", f"rows are missing, or twice: {found}")
        check(server.sql("SELECT count(*) FROM lists") == "1", "the list is there more than once")
        shares = nodes["a"].members().values()
        check(sum(m["trunks"][0]["channels"] for m in shares if m["trunks"]) <= CHANNELS, f"more channels than there are: {shares}")

        running["b"].send_signal(signal.SIGTERM)
        check(running["b"].wait(timeout=60) == 0, "a node that was told to end did not end in order")
        wait_for(lambda: server.sql("SELECT count(*) FROM list_1 WHERE record_status <> 3") == "0", "the end of the campaign", 120)
        for name in ("a", "c"):
            nodes[name].end()
        kept = rows(scratch.attempts(server.uri()))
        log = [line for node in nodes.values() for line in node.calls()]
        calls, unknown = check_calls(kept, log, 900)
        check((calls, unknown) == (PEOPLE, 0), f"{calls} calls, {unknown} of them of unknown end, for {PEOPLE} people")
        fastest, most = check_budget(log, BUSY_TRUNK, CHANNELS, CALLS_PER_SECOND)
    print(f"{calls} calls; at most {fastest} of {CALLS_PER_SECOND} began in a second, {most} of {CHANNELS} channels were in use")


main()
