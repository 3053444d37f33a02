"""Nodes with a long lease: one that joins has its share of shards, of the trunk and of the limits of a campaign at once, so have
the others when one leaves, and that one has ended at once, too: nothing waits for a part of the lease."""
from cluster_node import ClusterNode, busy_answers, have_all_shards, have_equal_shares, write_people
from harness import *
from postgres_server import PostgresServer
from witness import check_calls

LEASE_S = 200
AT_ONCE_S = 20
PEOPLE, CALL_MS, CHANNELS, CALLS_PER_MINUTE = 1_500, 50, 20, 600_000


class Node(ClusterNode):
    def __init__(self, scratch, server, name):
        self.log = scratch.path(f"{name}.calls")
        super().__init__(scratch, server.uri(), name, f"""
{busy_answers(100, CALL_MS, self.log)}[[list]]
name = "people"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/one_try.scxml"
channels = {CHANNELS}
calls-per-minute = {CALLS_PER_MINUTE}
""", LEASE_S, cluster=f'address = "127.0.0.1:{free_port()}"')


def at_once(condition, what):
    begun = time.monotonic()
    wait_for(condition, what)
    took_s = time.monotonic() - begun
    check(took_s < AT_ONCE_S, f"{what} after {took_s:.1f} s")
    return took_s


def main():
    with Scratch(program_argument()) as scratch:
        server = PostgresServer(scratch)
        people = write_people(scratch.path("people.csv"), range(1, PEOPLE + 1))
        scratch.run("import", "--list", "people", people, "--store", server.uri())
        a, b = [Node(scratch, server, name) for name in ("a", "b")]

        def dials():
            """It may use parts of both, and does."""
            own = b.members().get(b.name, {})
            return (b.calls() and any(t["calls_per_second"] > 20 for t in own.get("trunks", []))
                    and any(c["channels"] > CHANNELS / 4 for c in own.get("campaigns", [])))
        a.start()
        at_once(lambda: have_equal_shares([a]) and len(a.calls()) > 50, "calls of the first node")
        b.start()
        joined_s = at_once(lambda: have_equal_shares([a, b]), "equal shares of shards")
        dialed_s = at_once(dials, "calls of the second node with a share of trunk and campaign")
        for seen in (a, b):
            members = seen.members().values()
            for what, name, most in (("trunks", "channels", 100), ("trunks", "calls_per_second", 100),
                                     ("campaigns", "channels", CHANNELS), ("campaigns", "calls_per_minute", CALLS_PER_MINUTE)):
                has = [m[what][0][name] for m in members]
                check(sum(has) <= most, f"{seen.name} sees {has} {name} of {what}, {most} may be")
        a.process.terminate()
        left_s = at_once(lambda: have_all_shards([b]), "all shards of the one that is left")
        check(a.process.wait(timeout=AT_ONCE_S) == 0, "the first node did not end in order")
        wait_for(lambda: server.sql("SELECT count(*) FROM list_1 WHERE record_status <> 3") == "0", "the end of the campaign", 120)
        b.end()
        log = a.calls() + b.calls()
        calls, unknown = check_calls(rows(scratch.attempts(server.uri())), log, 900)
        check((calls, unknown) == (PEOPLE, 0), f"{calls} calls, {unknown} of them of unknown end, for {PEOPLE} people")
    print(f"with a lease of {LEASE_S} s: shards {joined_s:.1f} s after the start, calls {dialed_s:.1f} s later; all shards of one "
          f"that left {left_s:.1f} s after it was told to")


main()
