"""Nodes of this version and of the next on one store, as the documents have it: each of three is told to end and started again with
the next program while the campaign goes on, one goes back meanwhile, and one of each version is killed. No record is lost, no
attempt dialed twice, none inside the gap; events and orders pass between versions; chains are saved so that all who live can read
them. Then whoever is too old is refused, and a step of the schema that nobody before it can go on with is made beside nobody."""
import collections
import http.client
import threading
import urllib.parse

from cluster_node import ClusterNode, have_all_shards, have_equal_shares
from harness import *
from listening import YES, Crm, owner_of
from postgres_server import PostgresServer
from witness import BUSY_TRUNK, check_budget, check_calls

LEASE_S, GAP_S = 2, 3
CALLS_PER_SECOND, CHANNELS = 100, 30  # of all nodes together
CHAINS, LISTENING = 800, 60
LISTENING_FROM = 1_000_001  # record ids, beyond those of the others
TOKEN, SECRET = "a token of sixteen", "a secret of more than 16 bytes"
HERE_SPEAKS, NEXT_SPEAKS = (5, 1, 1), (6, 2, 2)  # schema, saved chains, protocol


class Node(ClusterNode):
    def __init__(self, scratch, server, crm, name):
        self.events, self.peers, self.log = free_port(), free_port(), scratch.path(f"{name}.calls")
        super().__init__(scratch, server.uri(), name, f"""
[events]
enabled = true
port = {self.events}
secret = "{SECRET}"
post-to = ["{crm.url}"]
{busy_trunk(CHANNELS, CALLS_PER_SECOND, self.log)}[[list]]
name = "people"
[[list]]
name = "asked"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/rounds.scxml"
redial-gap = {GAP_S}
[[campaign]]
name = "asked"
lists = ["asked"]
treatment-uri = "file://{TREATMENTS}/ask_first.scxml?crm={urllib.parse.quote(crm.url, safe='')}"
redial-gap = {GAP_S}
""", LEASE_S * Scratch.patience, "passivate-after = 1", f'address = "127.0.0.1:{self.peers}"', f'token = "{TOKEN}"')

    def kill(self):
        self.process.kill()
        self.process.wait()

    def cluster(self):
        return get_json(self.port, "/api/v1/cluster")

    def order(self, verb):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1/campaigns/people/{verb}", data=b"", method="POST",
                                         headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return {n["node"]: n["outcome"] for n in json.load(answer)["nodes"]}

    def post(self, path, body):
        """Of an event: status of the answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.events, timeout=30)
        line.request("POST", f"/scxml/{path}", body, {"Content-Type": "application/x-www-form-urlencoded"})
        return line.getresponse().status


def settled(nodes):
    """Each has its share in the eyes of all, and all talk to each other."""
    gone = [node.name for node in nodes if node.process.poll() is not None]
    check(not gone, f"{gone} ended by themselves")
    return have_equal_shares(nodes) and all(m["answered"] and m["connected"]
                                            for node in nodes for m in node.members().values())


def wait_until_settled(nodes):
    wait_for(lambda: settled(nodes), "an equal share for each node, and an answer of each")


def check_speaks(nodes, expected):
    for node in nodes:
        seen = {name: tuple(m["speaks"].values()) for name, m in node.members().items()}
        check(seen == expected, f"{node.name} sees {seen}, not {expected}")


def formats(server):
    """Of the saved chains, how many in which: behind the checksum, both as in dialer/bytes.hpp."""
    counted = collections.Counter()
    for line in server.sql("SELECT encode(substring(bytes FOR 6), 'hex') FROM instances WHERE length(bytes) > 0").split():
        head = bytes.fromhex(line)
        counted[head[next(n for n, byte in enumerate(head) if byte < 0x80) + 1]] += 1
    return counted


def take_over(victim, others):
    """kill -9: the others have the shards within two lease times."""
    begun = time.monotonic()
    victim.kill()
    wait_for(lambda: have_all_shards(others), f"the shards of {victim.name} with the others")
    took_s = time.monotonic() - begun
    check(took_s <= 2 * LEASE_S * Scratch.patience, f"the others had the shards of {victim.name} after {took_s:.1f} s")
    return took_s


def events_pass(server, crm, one, other):
    """An event that is posted at either reaches a chain of the other, which calls and ends."""
    for node, owner in ((one, other), (other, one)):
        path = next(p for p in sorted(crm.locations) if owner_of(server, p, node.members()) == owner.name)
        wait_for(lambda: node.post(path, b"_scxmleventname=noise") == 200, f"{owner.name} has taken the chain over")
        check(node.post(path, YES) == 200, f"an event for a chain of {owner.name} is refused at {node.name}")
        wait_for(lambda: node.post(path, YES) == 404, "the chain that heard it has ended")
        del crm.locations[path]


def orders_pass(nodes, one, other):
    """What is given to either is done by all."""
    for node, verb in ((one, "stop"), (other, "start")):
        told = node.order(verb)
        check(told == {n.name: "done" for n in nodes}, f"{verb} at {node.name}: {told}")


def check_goes_on(server):
    check(int(server.sql("SELECT count(*) FROM list_1 WHERE record_status <> 3")) > 0, "the campaign is over before the upgrade is")


def refused(scratch, program, expected, *command, **environment):
    done = subprocess.run([program, *map(str, command)], cwd=scratch.folder, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=60, env={**os.environ, **environment})
    said = done.stdout + done.stderr
    check(done.returncode != 0 and expected in said, f"not refused with '{expected}': {done.returncode}: {said[-2000:]}")


def breaking_step(scratch, server, here, following, people):
    """Made while nobody works on the store; who is older does not work on it from then on."""
    server.sql("CREATE DATABASE broken")
    store = server.uri(database="broken")
    scratch.run("import", "--list", "people", people, "--store", store)
    subprocess.run([following, "export", "--list", "people", "--store", store], check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "CHAINRING_NEXT_BREAKS": "1"})
    check(server.sql("SELECT value FROM meta WHERE key = 'schema'", database="broken") == "6", "the step was not made")
    refused(scratch, here, "store was written by a newer chainring (schema 6, this one knows 5)", "export", "--list", "people",
            "--store", store)


def main():
    with Scratch(program_argument()) as scratch:
        here, following = scratch.program, str(pathlib.Path(sys.argv[2]).resolve())
        server, crm = PostgresServer(scratch), Crm()
        chains = CHAINS * Scratch.patience  # for as long as leases are
        people = write_list(scratch.path("people.csv"), [
            {"record_id": 10 * i + n, "chain_id": i, "chain_n": n, "contact_info": f"1555{i:06d}{n}", "daily_from": 0,
             "daily_till": 86400, "said": ""} for i in range(1, chains + 1) for n in (1, 2)])
        asked = write_list(scratch.path("asked.csv"), [
            {"record_id": LISTENING_FROM + i, "chain_id": 4 * i, "chain_n": 1, "contact_info": f"1666{i:07d}", "daily_from": 0,
             "daily_till": 86400} for i in range(LISTENING)])
        for name, path in (("people", people), ("asked", asked)):
            scratch.run("import", "--list", name, path, "--store", server.uri())
        nodes = a, b, c = [Node(scratch, server, crm, name) for name in ("a", "b", "c")]
        for node in nodes:
            node.start(here)
        wait_until_settled(nodes)
        wait_for(lambda: len(crm.locations) == LISTENING, "questions of all chains that ask")

        # A version with which those that work cannot go on does not start beside them.
        refused(scratch, following, "schema 5 cannot become 6 while programs of schema 5 or older work on it: a, b, c", "node",
                "--config", Node(scratch, server, crm, "d").config, CHAINRING_NEXT_BREAKS="1")
        check(server.sql("SELECT value FROM meta WHERE key = 'schema'") == "5", "a step that was refused was made")

        # The first one: the store has its schema from then on, and the others go on.
        # Somebody reads the table of members for longer than one try waits for it.
        begun = time.monotonic()
        a.end()
        reading = threading.Thread(target=server.sql, args=("SELECT count(*) FROM members; SELECT pg_sleep(1.5)",))
        reading.start()
        wait_for(lambda: server.sql("SELECT count(*) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE l.relation = "
                                    "'members'::regclass AND a.query LIKE '%pg_sleep(1.5)'") == "1", "a lock of who reads")
        a.start(following)
        wait_until_settled(nodes)
        reading.join()
        check(server.sql("SELECT value FROM meta WHERE key = 'schema'") == "6", "the store's schema is the former one")
        check_speaks(nodes, {"a": NEXT_SPEAKS, "b": HERE_SPEAKS, "c": HERE_SPEAKS})
        events_pass(server, crm, a, b)
        orders_pass(nodes, b, a)
        took = [take_over(a, (b, c))]

        # Back to this version, which goes on in the newer schema; and on again.
        check_goes_on(server)
        a.start(here)
        wait_until_settled(nodes)
        check_speaks(nodes, {"a": HERE_SPEAKS, "b": HERE_SPEAKS, "c": HERE_SPEAKS})
        a.end()
        a.start(following)
        wait_until_settled(nodes)
        took.append(take_over(b, (a, c)))
        b.start(following)
        wait_until_settled(nodes)
        check_speaks(nodes, {"a": NEXT_SPEAKS, "b": NEXT_SPEAKS, "c": HERE_SPEAKS})
        epoch = a.members()["a"]["epoch"]
        check(all(node.cluster()["saved_chains"] == 1 for node in nodes), "chains are saved so that a member cannot read them")
        saved = formats(server)
        check(set(saved) == {1} and saved[1] > LISTENING / 2, f"saved chains by format: {saved}")
        check_goes_on(server)

        # The last one: from then on there is no way back.
        c.end()
        c.start(following)
        wait_until_settled(nodes)
        wait_for(lambda: all(node.cluster()["saved_chains"] == 2 for node in nodes), "chains are saved in the new format")
        wait_for(lambda: formats(server)[2] > 0, "chains that were saved in the new format")
        upgrade_s = time.monotonic() - begun
        check_goes_on(server)
        refused(scratch, here, "store has saved chains of format 2, this version reads them up to 1", "node", "--config",
                scratch.path("d.toml"))

        wait_for(lambda: server.sql("SELECT count(*) FROM list_1 WHERE record_status <> 3") == "0", "the end of the campaign", 120)
        for node in nodes:
            node.end()
        for node, protocol in ((b, 2), (c, 1)):
            said = f"connected to node a (epoch {epoch}), protocol {protocol}"
            check(said in node.said.read_text(), f"the log of {node.name} does not say: {said}")
        kept = rows(scratch.run("export", "--attempts", "--store", server.uri()).stdout)
        by_record = collections.Counter(int(k["record_id"]) for k in kept)
        wrong = {r: by_record[r] for i in range(1, chains + 1) for n in (1, 2) if by_record[r := 10 * i + n] != 2}
        check(not wrong, f"{len(wrong)} records have not been tried twice: {list(wrong.items())[:5]}")
        log = [line for node in nodes for line in node.calls()]
        calls, unknown = check_calls(kept, log, GAP_S)
        fastest, most = check_budget(log, BUSY_TRUNK, CHANNELS, CALLS_PER_SECOND)
        faulted = server.sql("SELECT count(*) FROM chains WHERE reason LIKE '%restored%'")
        check(faulted == "0", f"{faulted} chains could not be restored")
        breaking_step(scratch, server, here, following, people)
    print(f"{calls} calls, {unknown} attempts whose end is unknown; upgraded within {upgrade_s:.0f} s; at most {fastest} of "
          f"{CALLS_PER_SECOND} calls began in a second, {most} of {CHANNELS} channels were in use; the others had a node's shards "
          f"after {', '.join(f'{s:.1f}' for s in took)} s")


main()
