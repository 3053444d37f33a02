"""One campaign on one, two and three nodes of a cluster, on one PostgreSQL server of the bench's own: calls per second of wall time
from the first call to the last, and the CPU of the nodes and of the server for each call; all nodes have their shards before the
campaign is started. Then a node that joins another in the middle of a campaign: how long from its first sign of life until it has
its shards, and until it makes two fifths of the calls of a second.
python3 bench/nodes.py PROGRAM [CHAINS] prints a JSON line for each. More nodes than cores share these."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "integration"))
from cluster_node import ClusterNode, have_equal_shares, write_people
from harness import *
from postgres_server import PostgresServer
from witness import check_calls

HERE = pathlib.Path(__file__).resolve().parent
NODES_MOST, LEASE_S = 3, 5
TOKEN = "a token of sixteen"
JOIN_CALLS_PER_SECOND, JOIN_CHAINS = 200, 6_000


class Node(ClusterNode):
    def __init__(self, scratch, name, uri, channels, calls_per_second):
        self.log = scratch.path(f"{name}.calls")
        super().__init__(scratch, uri, name, f"""
[[trunk]]
name = "sim"
kind = "simulated"
capacity = {channels}
calls-per-second = {calls_per_second}
ring-ms = [10, 20]
weights = {{ Answer = 1 }}
log = "{self.log}"
[[list]]
name = "people"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{HERE}/one_call.scxml"
auto-start = false
""", LEASE_S, 'log-level = "warning"', f'address = "127.0.0.1:{free_port()}"', f'token = "{TOKEN}"', root=HERE)

    def end_and_count(self):
        """CPU seconds of its whole life."""
        self.process.terminate()
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        check(self.process.returncode == 0, f"{self.name} did not end in order")
        return used.ru_utime + used.ru_stime


def cpu_of_server(server):
    """Of its backends that have ended and of those that work still."""
    ticks = 0
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry.name) == server.process.pid:
            ticks += sum(int(fields[n]) for n in (11, 12, 13, 14))  # utime, stime, and those of children that it has waited for
        elif int(fields[1]) == server.process.pid:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def store_of(scratch, server, database, chains):
    server.sql(f"CREATE DATABASE {database}")
    uri = server.uri(database=database)
    scratch.run("import", "--list", "people", write_people(scratch.path("people.csv"), range(1, chains + 1)), "--store", uri)
    return uri


def wait_for_end(server, database):
    wait_for(lambda: server.sql("SELECT count(*) FROM list_1 WHERE record_status <> 3", database) == "0", "all chains end", 3600)


def check_log(scratch, uri, nodes, chains):
    log = [line for node in nodes for line in node.calls()]
    calls, unknown = check_calls(rows(scratch.attempts(uri)), log, 0)
    check((calls, unknown) == (chains, 0), f"{calls} calls for {chains} chains, {unknown} of unknown end")
    return sorted(line["ms"] for line in log)


def begin(node):
    order(node.port, TOKEN, "load", "people")
    order(node.port, TOKEN, "start", "people")


def campaign(scratch, server, count, chains):
    """With a trunk that is never in the way: what is measured is chains, store and cluster."""
    database = f"nodes_{count}"
    uri = store_of(scratch, server, database, chains)
    nodes = [Node(scratch, f"{database}_{n}", uri, 1_000_000, 100_000) for n in range(1, count + 1)]
    before = cpu_of_server(server)
    for node in nodes:
        node.start()
    wait_for(lambda: have_equal_shares(nodes) and all(m["answered"] for n in nodes for m in n.members().values()),
             "equal shares of shards")
    begin(nodes[0])
    wait_for_end(server, database)
    nodes_cpu_s = sum(node.end_and_count() for node in nodes)
    server_cpu_s = cpu_of_server(server) - before
    times = check_log(scratch, uri, nodes, chains)
    wall_s = max(times[-1] - times[0], 1) / 1_000
    print(json.dumps({"bench": "nodes", "nodes": count, "chains": chains, "calls_per_s": round(chains / wall_s),
                      "nodes_cpu_us_per_call": round(nodes_cpu_s / chains * 1e6, 1),
                      "server_cpu_us_per_call": round(server_cpu_s / chains * 1e6, 1)}), flush=True)


def join(scratch, server):
    """The trunk is what limits: a second has as many calls before, and as many after."""
    database = "nodes_join"
    uri = store_of(scratch, server, database, JOIN_CHAINS)
    nodes = first, second = [Node(scratch, f"{database}_{n}", uri, JOIN_CALLS_PER_SECOND, JOIN_CALLS_PER_SECOND) for n in (1, 2)]
    first.start()
    wait_for(lambda: have_equal_shares([first]), "the first node with all shards")
    begin(first)
    wait_for(lambda: len(first.calls()) > 2 * JOIN_CALLS_PER_SECOND, "calls of the first node")
    second.start()
    wait_for(lambda: second.name in first.members(), "the second node among the members")
    there_ms = time.time() * 1_000
    wait_for(lambda: have_equal_shares(nodes), "equal shares of shards")
    shards_ms = time.time() * 1_000
    wait_for_end(server, database)
    for node in nodes:
        node.end()
    times, of_second = check_log(scratch, uri, nodes, JOIN_CHAINS), [line["ms"] for line in second.calls()]
    dials_ms = next((ms for ms in of_second
                     if sum(ms <= at < ms + 1_000 for at in of_second) >= 0.4 * JOIN_CALLS_PER_SECOND), None)
    check(dials_ms is not None, "the second node has never made two fifths of the calls")
    seconds = [sum(at <= one < at + 1_000 for one in times) for at in range(int(there_ms), int(dials_ms) + 2_000, 100)]
    print(json.dumps({"bench": "join", "lease_s": LEASE_S, "calls_per_s": JOIN_CALLS_PER_SECOND,
                      "until_shards_s": round((shards_ms - there_ms) / 1_000, 2),
                      "until_two_fifths_of_calls_s": round((dials_ms - there_ms) / 1_000, 2),
                      "fewest_calls_of_a_second": min(seconds)}), flush=True)


def main():
    chains = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with Scratch(program_argument()) as scratch:
        server = PostgresServer(scratch)
        join(scratch, server)
        for count in range(1, NODES_MOST + 1):
            campaign(scratch, server, count, chains)


main()
