#!/usr/bin/env python3
# What `make cluster` shows: PostgreSQL and three nodes on this machine dial one campaign, one of them is killed in the middle,
# and at the end the logs of all trunks are compared with the store. Usage: show.py PROGRAM FOLDER; FOLDER has families.csv of
# make_list.py.
import collections
import pathlib
import shutil
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tests" / "integration"))
from cluster_node import SHARDS, ClusterNode, have_all_shards
from harness import Scratch, free_port, rows
from postgres_server import PostgresServer
from witness import check_calls

LEASE_S, GAP_S = 2, 5
KILL_AT, BACK_AFTER_S = 0.3, 8  # of all chains have ended; the node is started again so much later
BAR = 20                        # characters for all shards

REST = """
[time-zones]
122 = "America/Los_Angeles"
123 = "America/New_York"
124 = "America/Chicago"
125 = "Europe/Berlin"
126 = "Asia/Tokyo"
127 = "Asia/Kolkata"
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 600
calls-per-second = 450
ring-ms = [100, 600]
talk-ms = [100, 400]
seed = 1
weights = {{ Answer = 5, NoAnswer = 3, Busy = 2 }}
log = "{log}"
[[list]]
name = "families"
[[campaign]]
name = "families"
lists = ["families"]
treatment-uri = "file://{sample}/retry.scxml"
redial-gap = {gap}
"""


class Node(ClusterNode):
    def __init__(self, scratch, server, name):
        self.log, sample = scratch.path(f"{name}.calls"), HERE.parent / "sample"
        super().__init__(scratch, server.uri(), name, REST.format(sample=sample, gap=GAP_S, log=self.log), LEASE_S,
                         cluster=f'address = "127.0.0.1:{free_port()}"', root=sample)

    def is_up(self):
        return self.process is not None and self.process.poll() is None


def shards_of(nodes):
    """By name, as the first node that answers sees them."""
    for node in nodes:
        if node.is_up() and (members := node.members()):
            return {name: m["shards"] for name, m in members.items()}
    return {}


def line(at_s, nodes, before, left):
    shards, parts = shards_of(nodes), []
    for node in nodes:
        calls, held = len(node.calls()), shards.get(node.name, 0)
        bar = "#" * round(BAR * held / SHARDS) if node.is_up() else "dead"
        parts.append(f"{bar:<{BAR}} {held:3} {calls - before[node.name]:4}" if node.is_up() else f"{bar:<{BAR + 9}}")
        before[node.name] = calls
    print(f"{at_s:6.1f} s  {'  '.join(parts)}  {left:6}", flush=True)


class Accident:
    """kill -9 of a node, what the others make of it, and its return."""

    def __init__(self, victim, others):
        self.victim, self.others, self.killed_at, self.taken_over = victim, others, None, False

    def look(self, now, part_ended):
        if self.killed_at is None:
            if part_ended >= KILL_AT:
                self.victim.process.kill()
                self.victim.process.wait()
                self.killed_at = now
                print(f"{now:6.1f} s  kill -9 of {self.victim.name}: its calls in progress are of unknown end now", flush=True)
        elif not self.taken_over:
            if have_all_shards(self.others):
                self.taken_over = True
                print(f"{now:6.1f} s  the others have its shards, {now - self.killed_at:.1f} s after its death (two leases: "
                      f"{2 * LEASE_S} s)", flush=True)
        elif not self.victim.is_up() and now > self.killed_at + BACK_AFTER_S:
            self.victim.start()
            print(f"{now:6.1f} s  {self.victim.name} is started again", flush=True)


def watch(nodes, left):
    """Until everybody's chain has ended."""
    everybody, accident = left(), Accident(nodes[1], [nodes[0], nodes[2]])
    begun, before, next_line = time.monotonic(), collections.Counter(), 1.0
    print(" " * 10 + "".join(f"{node.name + ', shards, calls/s':<{BAR + 11}}" for node in nodes) + "people left", flush=True)
    while (remaining := left()) > 0:
        now = time.monotonic() - begun
        accident.look(now, 1 - remaining / everybody)
        if now >= next_line:
            line(now, nodes, before, remaining)
            next_line = now + 1
        time.sleep(0.1)
    return everybody


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: show.py PROGRAM FOLDER")
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    with Scratch(program) as scratch:
        print("PostgreSQL starts, the list is imported, three nodes share its people out", flush=True)
        server = PostgresServer(scratch)
        nodes = [Node(scratch, server, f"node-{n}") for n in (1, 2, 3)]
        scratch.run("import", "--list", "families", folder.resolve() / "families.csv", "--store", server.uri(), "--config",
                    nodes[0].config)
        for node in nodes:
            node.start()
        left = "SELECT count(DISTINCT chain_id) FROM list_1 WHERE record_status <> 3"
        everybody = watch(nodes, lambda: int(server.sql(left)))
        for node in nodes:
            if node.is_up():
                node.end()
        kept, calls = rows(scratch.attempts(server.uri())), [one for node in nodes for one in node.calls()]
        dialed, unknown = check_calls(kept, calls, GAP_S)
    print(f"\n{everybody} people, {dialed} calls by three nodes, {unknown} of unknown end; by the logs of the trunks none was\n"
          f"made twice, and nobody whose call ended unknown was called again within {GAP_S} s")


main()
