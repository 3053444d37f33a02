"""Load, start, stop, unload, force-unload over the command line, and SIGTERM: each chain is put away where it is and goes on from
there, told where the day is; nobody is called twice, nothing is forgotten, also by kill -9."""
from harness import *
import contextlib
import signal
import sqlite3

TOKEN = "a token of sixteen"


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Node:
    """One campaign of chains of two records on a node that is stopped and started again."""

    def __init__(self, scratch, name, chains, ring_ms, passivate_after, auto_start=True):
        self.scratch, self.name, self.chains = scratch, name, chains
        self.port = free_port()
        self.log = scratch.path(f"{name}.log")
        self.store = scratch.path(f"{name}.db")
        people = write_list(scratch.path(f"{name}.csv"), [
            {"record_id": 10 * i + n, "chain_id": i, "chain_n": n, "contact_info": f"1555{i:06d}{n}", "daily_from": 0,
             "daily_till": 86400} for i in range(1, chains + 1) for n in (1, 2)])
        self.config = scratch.write(f"{name}.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
log-file = "{name}.node"
passivate-after = {passivate_after}
[stats]
port = {self.port}
token = "{TOKEN}"
[store]
path = "{self.store}"
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 1000
calls-per-second = 2000
ring-ms = [{ring_ms}, {ring_ms}]
weights = {{ Busy = 1 }}
log = "{self.log}"
[[list]]
name = "{name}"
csv = "{people}"
[[campaign]]
name = "{name}"
lists = ["{name}"]
treatment-uri = "file://{TREATMENTS}/two_calls.scxml"
redial-gap = 0
auto-start = {str(auto_start).lower()}
""")

    def start(self):
        self.process = self.scratch.start(self.scratch.program, "node", "--config", self.config)
        wait_for(lambda: self.process.poll() is not None or answers(self.port), f"{self.name}: the node's port")
        if self.process.poll() is not None:
            fail(f"{self.name}: the node does not start: {self.process.stderr.read()[-2000:]}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=120) != 0:
            fail(f"{self.name}: exit status {self.process.returncode}: {self.process.stderr.read()[-2000:]}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def order(self, verb, state, name=None):
        done = self.scratch.run("campaign", verb, name or self.name, "--url", f"http://127.0.0.1:{self.port}", "--token", TOKEN)
        check(done.stdout == f"campaign {self.name}: {state}\n", f"{verb}: {done.stdout}")

    def refused(self, words, verb, *arguments, expect=1):
        done = self.scratch.run("campaign", verb, *arguments, "--url", f"http://127.0.0.1:{self.port}", expect=expect)
        check(words in done.stderr and done.stderr.count("\n") == 1, f"campaign {verb} {arguments}: {done.stderr}")

    def progress(self):
        return get_json(self.port, "/api/v1/campaigns")[0]

    def is_at(self, **wanted):
        def there():
            self.seen = self.progress()
            return all(self.seen[key] == value for key, value in wanted.items())
        try:
            wait_for(there, f"{self.name}: {wanted}", 90)
        except SystemExit:
            fail(f"{self.name}: {wanted}, but: {self.seen}")

    def logged(self):
        """OCS's numbers of what became of the campaign, as the log has them."""
        text = self.scratch.path(f"{self.name}.node").read_text()
        return [int(n) for n in re.findall(rf"info: (520\d\d) campaign {self.name} is", text)]

    def calls(self):
        return sorted(line["record_id"] for line in call_log(self.log))

    def saved(self):
        """How many chains are in the store, which no node has open."""
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            return store.execute("SELECT count(*) FROM instances").fetchone()[0]

    def check_end(self):
        everybody = sorted(10 * i + n for i in range(1, self.chains + 1) for n in (1, 2))
        check(self.calls() == everybody, f"{self.name}: not each record once: {len(self.calls())} calls")
        left = [r for r in self.scratch.export(self.name, self.store) if r["record_status"] != "3" or r["call_result"] != "6"]
        check(not left, f"{self.name}: {len(left)} rows are not Updated with Busy: {left[:2]}")
        check(self.saved() == 0, f"{self.name}: {self.saved()} chains that have ended are saved still")


def unloaded_and_loaded(scratch, chains, passive):
    """All of it on one store, with a node that stops in order; chains wait in memory, or passive in the store."""
    node = Node(scratch, "passive" if passive else "orders", chains, ring_ms=20, passivate_after=60 if passive else 0)
    node.start()
    waiting = {"live": 0, "passive": chains} if passive else {"live": chains}
    node.is_at(attempts=chains, **waiting)  # the first calls have ended, everybody waits
    node.refused("--token", "unload", node.name)
    node.refused("the token is missing or wrong", "unload", node.name, "--token", "another token")
    node.refused("there is no such campaign", "unload", "orderz", "--token", TOKEN)
    node.refused("unknown verb", "unlaod", "orders", expect=2)
    node.order("unload", "not loaded")
    node.is_at(live=0, put_away=0 if passive else chains, state="not loaded")
    node.refused("load it first", "start", node.name, "--token", TOKEN)
    node.order("unload", "not loaded")
    node.order("load", "loaded")
    shown = scratch.run("status", "--url", f"http://127.0.0.1:{node.port}").stdout
    check(re.search(rf"campaign {node.name} .* attempts  loaded$", shown, re.M), shown)
    node.is_at(live=chains, restored=chains, attempts=chains)  # they want their second call, and nobody makes it
    wait_for(lambda: get_json(node.port, "/api/v1/trunks")["queued"] == chains, "second calls are asked for")
    check(len(node.calls()) == chains, "a campaign that was not started has called")
    node.order("unload", "not loaded")  # with what they have asked for
    check(get_json(node.port, "/api/v1/trunks")["queued"] == 0, "calls of a campaign that is not loaded wait")
    node.stop()
    check(node.saved() == chains, f"{node.saved()} chains are saved")

    node.start()  # loads and starts
    node.is_at(restored=chains, ended=chains, live=0, done=True)
    node.stop()
    node.check_end()


def forced(scratch, chains):
    """Chains are put away while their calls ring, and hear how these ended when they are there again."""
    node = Node(scratch, "forced", chains, ring_ms=1500, auto_start=False, passivate_after=0)
    node.start()
    node.is_at(state="not loaded", live=0)
    node.order("load", "loaded")
    node.order("start", "running")
    wait_for(lambda: get_json(node.port, "/api/v1/trunks")["trunks"][0]["calls"] == chains, "everybody is called")
    node.order("force-unload", "not loaded")
    node.is_at(put_away=chains, attempts=chains, live=0)
    node.order("load", "loaded")
    node.order("start", "running")
    node.is_at(restored=chains, live=chains)  # they heard the results and wait for another time of the day
    node.order("force-unload", "not loaded")
    node.order("load", "loaded")
    node.order("start", "running")
    node.is_at(restored=2 * chains, ended=chains, live=0, done=True)
    node.order("stop", "loaded")
    node.order("stop", "loaded")
    node.order("unload", "not loaded")
    node.stop()
    loaded, started, stopped, force_unloaded, unloaded = range(52000, 52005)
    check(node.logged() == 2 * [loaded, started, force_unloaded] + [loaded, started, stopped, unloaded], f"{node.logged()}")
    node.check_end()


def stopped_and_killed(scratch, chains):
    """SIGTERM saves, kill -9 after the restart loses nothing of that."""
    node = Node(scratch, "stopped", chains, ring_ms=20, passivate_after=0)
    node.start()
    node.is_at(attempts=chains, live=chains)
    node.stop()
    check(node.saved() == chains, f"{node.saved()} chains are saved")
    ready = sum(r["record_status"] == "1" for r in scratch.export("stopped", node.store))
    check(ready == 2 * chains, f"{ready} rows are Ready")
    node.start()
    wait_for(lambda: len(node.calls()) > chains, "second calls")
    node.kill()
    check(node.saved() > 0, "nothing is saved after the kill")
    node.start()
    node.is_at(ended=chains, live=0, done=True)  # each went on from where it was
    node.stop()
    calls = node.calls()
    check(len(calls) == len(set(calls)), "a chain began anew: a record was called twice")
    kept = rows(scratch.attempts(node.store))
    check(sorted(int(a["record_id"]) for a in kept) == sorted(10 * i + n for i in range(1, chains + 1) for n in (1, 2)),
          "a record was not tried, or twice")
    undialed = [a for a in kept if int(a["record_id"]) not in calls and a["result"] not in ("", "Unknown")]
    check(not undialed, f"results without a call: {undialed[:3]}")


def main():
    program = program_argument()
    chains = 40 if sanitized(program) else 400
    with Scratch(program) as scratch:
        for passive in (False, True):
            unloaded_and_loaded(scratch, chains, passive)
        forced(scratch, chains)
        stopped_and_killed(scratch, chains)
        print(f"{chains} chains each were put away and restored by orders, with calls in progress, by SIGTERM and around a kill")


main()
