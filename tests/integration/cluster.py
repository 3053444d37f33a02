"""Three nodes on one store, one of which dies, is stopped, is cut off from the store or told to end, again and again, with the logs
of their trunks as the witness: no record lost, no attempt dialed twice, none inside the gap; the others have its shards within two
lease times, and it dials nothing from the end of its lease on; all of them together never exceed the trunk, nor the limits of a
campaign, and the others use what it leaves. Or no message passes between the nodes, while the store is there: nothing changes but
what they see of each other. Or the store is away from all, and nobody loses anything by that. How many episodes is the second
argument; the seed is printed."""
import collections
import random
import signal

from cluster_node import ClusterNode, have_all_shards, have_equal_shares, write_people
from harness import *
from postgres_server import PostgresServer, Proxy
from witness import BUSY_TRUNK, check_budget, check_calls, most_starts

LEASE_S, GAP_S = 2, 3
CALLS_PER_SECOND, CHANNELS = 100, 30  # of all nodes together
CHAINS_PER_EPISODE = 300
SLOWLY_PER_MINUTE, SLOWLY_CHANNELS = 90, 3  # of a campaign beside the other, also of all nodes together
SLOWLY_FROM = 90_000_000


class Node(ClusterNode):
    def __init__(self, scratch, server, name):
        self.proxy, listens = Proxy(server.port), free_port()
        self.line = Proxy(listens)  # by which the others reach it
        self.log = scratch.path(f"{name}.calls")
        super().__init__(scratch, server.uri(self.proxy.port), name, f"""
{busy_trunk(CHANNELS, CALLS_PER_SECOND, self.log)}[[list]]
name = "people"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/rounds.scxml"
redial-gap = {GAP_S}
[[list]]
name = "slowly"
[[campaign]]
name = "slowly"
lists = ["slowly"]
treatment-uri = "file://{TREATMENTS}/one_try.scxml"
redial-gap = {GAP_S}
calls-per-minute = {SLOWLY_PER_MINUTE}
channels = {SLOWLY_CHANNELS}
""", LEASE_S, "passivate-after = 1", f'address = "127.0.0.1:{self.line.port}"\nlisten = "127.0.0.1:{listens}"')
        self.start()

    def ended(self, how):
        """It ends by itself when it finds that it was taken over."""
        check(self.process.wait(timeout=60) == 1, f"node {self.name}, {how}, ended with {self.process.returncode}")


def episode(kind, victim, others):
    begun, begun_ms = time.monotonic(), time.time() * 1_000
    if kind == "kill":
        victim.process.kill()
    elif kind == "freeze":
        victim.process.send_signal(signal.SIGSTOP)
    elif kind == "part":
        victim.proxy.hold(True)
    else:
        victim.process.terminate()
    wait_for(lambda: have_all_shards(others), f"the shards of {victim.name} with the others after {kind}")
    took_s = time.monotonic() - begun
    check(took_s <= 2 * LEASE_S, f"{kind}: the others had the shards after {took_s:.1f} s")
    if kind in ("freeze", "part"):
        time.sleep(max(0.0, begun + 2 * LEASE_S - time.monotonic()))  # so long it is away
        if kind == "freeze":
            victim.process.send_signal(signal.SIGCONT)
        else:
            victim.proxy.hold(False)
        victim.ended(kind)
        late = [line["ms"] - begun_ms for line in victim.calls() if line["ms"] > begun_ms + LEASE_S * 1_000]
        check(not late, f"{kind}: {victim.name} has dialed {late[:3]} ms after its last sign of life")
    elif kind == "end":
        check(victim.process.wait(timeout=60) == 0, f"{victim.name} did not end in order")
    else:
        victim.process.wait()
        taken_ms = time.time() * 1_000
        wait_for(lambda: most_starts([line for other in others for line in other.calls() if line["ms"] > taken_ms])
                 > 0.8 * CALLS_PER_SECOND, f"calls of the others instead of those of {victim.name}")
    victim.start()
    return took_s


def connected(nodes):
    """How many members, in the eyes of all, are connected to who says so, itself included."""
    return sum(m["connected"] for node in nodes for m in node.members().values())


def split(nodes):
    """No message passes between any two, for two lease times from when all know it."""
    wait_for(lambda: have_equal_shares(nodes), "an equal share for each node")
    before = {name: (m["epoch"], m["shards"]) for name, m in nodes[0].members().items()}
    for node in nodes:
        node.line.hold(True)
    wait_for(lambda: connected(nodes) == len(nodes), "split: nodes that see that they are")
    begun_ms, until = time.time() * 1_000, time.monotonic() + 2 * LEASE_S
    while time.monotonic() < until:
        for node in nodes:
            seen = {name: (m["epoch"], m["shards"]) for name, m in node.members().items()}
            check(seen == before, f"split: {node.name} sees {seen} instead of {before}")
        time.sleep(LEASE_S / 10)
    for node in nodes:
        calls = sum(line["ms"] > begun_ms for line in node.calls())
        check(calls > 0, f"split: {node.name} has dialed nothing")
    node_calls = [line for node in nodes for line in node.calls() if line["ms"] > begun_ms]
    check(most_starts(node_calls) > 0.8 * CALLS_PER_SECOND, f"split: at most {most_starts(node_calls)} calls a second")
    for node in nodes:
        node.line.hold(False)
    wait_for(lambda: connected(nodes) == len(nodes) ** 2, "split: nodes that have found each other again")


def away(nodes):
    """The store is away from all of them for two lease times, and comes back to one after the other: nobody is taken over."""
    wait_for(lambda: have_equal_shares(nodes), "an equal share for each node")
    before, begun_ms = {name: m["epoch"] for name, m in nodes[0].members().items()}, time.time() * 1_000
    for node in nodes:
        node.proxy.hold(True)
    time.sleep(2 * LEASE_S)
    late = [line["ms"] - begun_ms for node in nodes for line in node.calls() if line["ms"] > begun_ms + LEASE_S * 1_000]
    check(not late, f"away: {late[:3]} ms after the store was last seen somebody was called")
    for node in nodes:
        check(not is_ready(node), f"away: {node.name} says that it is ready")
    back_s = []
    for node in nodes:
        node.proxy.hold(False)
        back_s.append(time.monotonic())
        time.sleep(LEASE_S / 5)
    back_ms = time.time() * 1_000
    after_s = [round(one - back_s[0], 1) for one in back_s]
    wait_for(lambda: most_starts([line for node in nodes for line in node.calls() if line["ms"] > back_ms])
             > 0.8 * CALLS_PER_SECOND, "calls again when the store is back")
    wait_for(lambda: ended(nodes) or have_equal_shares(nodes), "the shares of before")
    check(not ended(nodes), f"away: {ended(nodes)} taken over; it was back at each {after_s} s after it was at the first")
    after = {name: m["epoch"] for name, m in nodes[0].members().items()}
    check(before == after, f"away: {before} before it, {after} after it")


def ended(nodes):
    return [node.name for node in nodes if node.process.poll() is not None]


def is_ready(node):
    try:
        return get_text(node.port, "/ready") == "ready\n"
    except urllib.error.HTTPError:
        return False


def main():
    episodes = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    draw = random.Random(seed)
    chains = CHAINS_PER_EPISODE * (episodes + 1)
    with Scratch(program_argument()) as scratch:
        server = PostgresServer(scratch)
        people = write_list(scratch.path("people.csv"), [
            {"record_id": 10 * i + n, "chain_id": i, "chain_n": n, "contact_info": f"1555{i:06d}{n}", "daily_from": 0,
             "daily_till": 86400, "said": ""} for i in range(1, chains + 1) for n in (1, 2)])
        slowly_called = range(SLOWLY_FROM, SLOWLY_FROM + 40 + 10 * episodes)
        slowly = write_people(scratch.path("slowly.csv"), slowly_called, area=17)
        for name, path in (("people", people), ("slowly", slowly)):
            scratch.run("import", "--list", name, path, "--store", server.uri())
        nodes = [Node(scratch, server, name) for name in ("a", "b", "c")]
        kinds, took = ["kill", "freeze", "part", "end", "split", "away"], collections.defaultdict(list)
        for n in range(episodes):
            wait_for(lambda: have_equal_shares(nodes), "an equal share for each node")
            check(left(server) > 0, "the campaign is over before the episodes are")
            kind, victim = kinds[n % len(kinds)], draw.choice(nodes)
            time.sleep(draw.uniform(0, 1))  # at any moment
            if kind == "split":
                wait_for(lambda: connected(nodes) == len(nodes) ** 2, "nodes that are connected with each other")
                split(nodes)
            elif kind == "away":
                away(nodes)
            else:
                took[kind].append(episode(kind, victim, [other for other in nodes if other is not victim]))
        wait_for(lambda: left(server) == 0, "the end of the campaign", 60 + chains / 10)
        wait_for(lambda: left(server, 2) == 0, "the end of the campaign with limits of its own", 120 + chains / 10)
        for node in nodes:
            node.process.terminate()
        for node in nodes:
            check(node.process.wait(timeout=60) == 0, f"{node.name} did not end in order")
        kept = rows(scratch.attempts(server.uri()))
        by_record = collections.Counter(int(a["record_id"]) for a in kept)
        wrong = {r: by_record[r] for i in range(1, chains + 1) for n in (1, 2) if by_record[r := 10 * i + n] != 2}
        check(not wrong, f"{len(wrong)} records have not been tried twice: {list(wrong.items())[:5]}")
        wrong = {r: by_record[r] for r in slowly_called if by_record[r] != 1}
        check(not wrong, f"{len(wrong)} records have not been tried once: {list(wrong.items())[:5]}")
        log = [line for node in nodes for line in node.calls()]
        calls, unknown = check_calls(kept, log, GAP_S)
        fastest, most = check_budget(log, BUSY_TRUNK, CHANNELS, CALLS_PER_SECOND)
        of_slowly = [line for line in log if line["list"] == "slowly"]
        check(len(of_slowly) > len(slowly_called) / 2, f"only {len(of_slowly)} calls of the campaign with limits")
        slow, slow_most = check_budget(of_slowly, BUSY_TRUNK, SLOWLY_CHANNELS, SLOWLY_PER_MINUTE, 60_000)
        each = {node.name: len(node.calls()) for node in nodes}
    times = ", ".join(f"{kind} {max(of_kind):.1f} s" for kind, of_kind in took.items())
    print(f"{episodes} episodes, {calls} calls {each}, {unknown} attempts whose end is unknown; at most {fastest} of "
          f"{CALLS_PER_SECOND} calls began in a second, {most} of {CHANNELS} channels were in use; of the campaign with limits at "
          f"most {slow} of {SLOWLY_PER_MINUTE} in a minute, {slow_most} of {SLOWLY_CHANNELS} channels; at most until the others "
          f"had the shards: {times}")


def left(server, of_list=1):
    return int(server.sql(f"SELECT count(*) FROM list_{of_list} WHERE record_status <> 3"))


main()
