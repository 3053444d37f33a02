"""Chains that wait: what a start after kill -9 takes with CHAINS in memory and until its first call, on SQLite and on PostgreSQL,
and what PASSIVE chains that are passive cost in memory and in the store. python3 bench/waiting.py PROGRAM [CHAINS] [PASSIVE] prints
a JSON line for each."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "integration"))
from harness import *
from postgres_server import PostgresServer

TREATMENT = pathlib.Path(__file__).resolve().parent / "waiting.scxml"
TOKEN = "bench"
LATE_S, SOON = 1_000_000, 1_000  # so many chains are due soon after the first start; the others never here


class Node:
    def __init__(self, scratch, name, chains, passivate_after, soon_s, store=None):
        self.scratch, self.port, self.log = scratch, free_port(), scratch.path(f"{name}.log")
        self.store = store or scratch.path(f"{name}.db")
        people = scratch.path(f"{name}.csv")
        with open(people, "w") as out:
            out.write("record_id,chain_id,chain_n,contact_info,daily_from,daily_till,wait_s\n")
            for i in range(1, chains + 1):
                out.write(f"{i},{i},1,{155500000000 + i},0,86400,{soon_s if i % (chains // SOON) == 0 else LATE_S}\n")
        begun = time.monotonic()
        scratch.run("import", "--list", name, people, "--store", self.store, timeout=7200)
        self.import_s = time.monotonic() - begun
        people.unlink()
        self.config = scratch.write(f"{name}.toml", f"""
[node]
log-level = "warning"
passivate-after = {passivate_after}
treatment-roots = ["{TREATMENT.parent}"]
[stats]
port = {self.port}
token = "{TOKEN}"
[store]
path = "{self.store}"
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 10000
calls-per-second = 10000
ring-ms = [10, 10]
weights = {{ Answer = 1 }}
log = "{self.log}"
[[list]]
name = "{name}"
[[campaign]]
name = "{name}"
lists = ["{name}"]
treatment-uri = "file://{TREATMENT}"
""")

    def start(self):
        self.begun_ms = int(time.time() * 1000)
        self.begun = time.monotonic()
        self.process = self.scratch.start(self.scratch.program, "node", "--config", self.config)

    def progress(self):
        if self.process.poll() is not None:
            fail(f"the node has ended: {self.process.stderr.read()[-2000:]}")
        try:
            return get_json(self.port, "/api/v1/campaigns")[0]
        except OSError:
            return {}

    def is_at(self, key, value, seconds=7200):
        """Seconds since the start."""
        wait_for(lambda: self.progress().get(key) == value, f"{key} {value}", seconds)
        return time.monotonic() - self.begun

    def writes(self):
        return int(re.search(r"^chainring_store_writes_total (\d+)", get_text(self.port, "/metrics"), re.M).group(1))

    def memory_most(self):
        return int(re.search(r"VmHWM:\s+(\d+) kB", open(f"/proc/{self.process.pid}/status").read()).group(1)) * 1024

    def kill(self):
        self.process.kill()
        self.process.wait()


def restore(scratch, chains, kind, store=None):
    soon_s = 20 + chains // 2_000  # when everybody has long begun
    node = Node(scratch, kind, chains, 0, soon_s, store)
    node.start()
    node.is_at("admitted", chains)
    wait_for(lambda: node.writes() >= chains, "each chain is saved", 600)
    node.kill()
    check(not calls_so_far(node.log), "somebody was called before the restart: the machine is too busy")
    time.sleep(max(0, soon_s - (time.monotonic() - node.begun)))  # what is measured is a start at which chains are due
    node.start()
    took_s = node.is_at("restored", chains)
    check(node.writes() <= chains // 2, "chains that came back as they were saved are saved again")
    wait_for(lambda: len(calls_so_far(node.log)) == SOON, "those who were due are called")
    first_ms = min(line["ms"] for line in call_log(node.log)) - node.begun_ms
    last_ms = max(line["ms"] for line in call_log(node.log)) - node.begun_ms
    node.kill()
    print(json.dumps({"bench": "restore", "store": kind, "chains": chains, "restored_s": round(took_s, 2),
                      "first_call_ms": first_ms, "last_due_call_ms": last_ms}), flush=True)


def passive(scratch, chains):
    node = Node(scratch, "passive", chains, 600, 5)
    node.start()
    node.is_at("ended", SOON)
    took_s = node.is_at("passive", chains - SOON)
    most = node.memory_most()
    node.process.terminate()
    node.process.wait()
    size = sum(os.path.getsize(f) for f in scratch.folder.glob("passive.db*"))
    node.start()
    ready_s = node.is_at("passive", chains - SOON)
    again = node.memory_most()
    node.kill()
    print(json.dumps({"bench": "passive", "chains": chains, "import_s": round(node.import_s, 1), "passive_s": round(took_s, 1),
                      "memory_most_mb": round(most / 1e6), "store_bytes_per_chain": round(size / chains),
                      "next_start_s": round(ready_s, 2), "next_start_memory_mb": round(again / 1e6)}), flush=True)


def main():
    chains = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    passive_ones = int(sys.argv[3]) if len(sys.argv) > 3 else 100_000
    with Scratch(program_argument()) as scratch:
        restore(scratch, chains, "sqlite")
        restore(scratch, chains, "postgresql", PostgresServer(scratch).uri())
        passive(scratch, passive_ones)


main()
