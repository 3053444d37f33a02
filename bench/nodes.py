"""One campaign on one, two and three nodes of a cluster, on one PostgreSQL server of the bench's own: calls per second of wall time
from the first call to the last, and the CPU of the nodes and of the server for each call.
python3 bench/nodes.py PROGRAM [CHAINS] prints a JSON line for each. More nodes than cores share these."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "integration"))
from harness import *
from postgres_server import PostgresServer
from witness import check_calls

HERE = pathlib.Path(__file__).resolve().parent
NODES_MOST = 3


class Node:
    """With a trunk that is never in the way: what is measured is chains, store and cluster."""

    def __init__(self, scratch, name, uri):
        self.port, self.log, self.process = free_port(), scratch.path(f"{name}.calls"), None
        self.scratch, self.name = scratch, name
        self.config = scratch.write(f"{name}.toml", f"""
[node]
name = "{name}"
lanes = 1
log-level = "warning"
treatment-roots = ["{HERE}"]
[store]
path = "{uri}"
[cluster]
enabled = true
lease = 5
[stats]
port = {self.port}
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 50000
calls-per-second = 50000
ring-ms = [10, 20]
weights = {{ Answer = 1 }}
log = "{self.log}"
[[list]]
name = "people"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{HERE}/one_call.scxml"
""")

    def start(self):
        self.process = self.scratch.start(self.scratch.program, "node", "--config", self.config)

    def end(self):
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


def campaign(scratch, server, count, chains):
    database = f"nodes_{count}"
    server.sql(f"CREATE DATABASE {database}")
    uri = server.uri(database=database)
    people = write_list(scratch.path("people.csv"), [
        {"record_id": i, "chain_id": i, "chain_n": 1, "contact_info": 155500000000 + i, "daily_from": 0, "daily_till": 86400}
        for i in range(1, chains + 1)])
    scratch.run("import", "--list", "people", people, "--store", uri)
    nodes = [Node(scratch, f"{database}_{n}", uri) for n in range(1, count + 1)]
    before = cpu_of_server(server)
    for node in nodes:
        node.start()
    wait_for(lambda: server.sql("SELECT count(*) FROM list_1 WHERE record_status <> 3", database) == "0", "all chains end", 3600)
    nodes_cpu_s = sum(node.end() for node in nodes)
    server_cpu_s = cpu_of_server(server) - before
    log = [line for node in nodes for line in (call_log(node.log) if node.log.exists() else [])]
    calls, unknown = check_calls(rows(scratch.attempts(uri)), log, 0)
    check((calls, unknown) == (chains, 0), f"{calls} calls for {chains} chains, {unknown} of unknown end")
    times = [line["ms"] for line in log]
    wall_s = max(max(times) - min(times), 1) / 1_000
    print(json.dumps({"bench": "nodes", "nodes": count, "chains": chains, "calls_per_s": round(chains / wall_s),
                      "nodes_cpu_us_per_call": round(nodes_cpu_s / chains * 1e6, 1),
                      "server_cpu_us_per_call": round(server_cpu_s / chains * 1e6, 1)}), flush=True)


def main():
    chains = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    with Scratch(program_argument()) as scratch:
        server = PostgresServer(scratch)
        for count in range(1, NODES_MOST + 1):
            campaign(scratch, server, count, chains)


main()
