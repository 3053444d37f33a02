"""kill -9 at random moments of a run, again and again, with the trunk's log as the witness: every chain goes on from where it
waited. Each record is called as often as its treatment says, no attempt twice, none inside the gap, no pause lost or cut short,
and what a script has written into its rows is there. On SQLite and on PostgreSQL, in real and in virtual time, with chains in
memory and passive. The number of kills is the second argument; the seed is printed."""
import collections
import itertools
import random

from harness import *
from postgres_server import PostgresServer
from witness import check_calls

PAUSE_MS = 1_000
GAP_S = 3


def config(scratch, people, log, passivate_after):
    return scratch.write(f"{log.stem}.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
log-level = "warning"
passivate-after = {passivate_after}
[stats]
enabled = false
{busy_trunk(300, 3000, log)}[[list]]
name = "people"
csv = "{people}"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/rounds.scxml"
redial-gap = {GAP_S}
""")


class Run:
    """The same command again and again on one store, in real or in virtual time."""

    def __init__(self, scratch, name, store, passivate_after, chains, *more):
        self.scratch, self.store, self.chains, self.killed = scratch, store, chains, 0
        self.log = scratch.path(f"{name}.log")
        people = write_list(scratch.path(f"{name}.csv"), [
            {"record_id": 10 * i + n, "chain_id": i, "chain_n": n, "contact_info": f"1555{i:06d}{n}", "daily_from": 0,
             "daily_till": 86400, "said": ""} for i in range(1, chains + 1) for n in (1, 2)])
        (scratch.folder / "people.csv").write_bytes(people.read_bytes())
        treatment = f"file://{TREATMENTS}/rounds.scxml"
        self.config = config(scratch, scratch.path("people.csv"), self.log, passivate_after)
        self.command = ["run", "--list", scratch.path("people.csv"), "--treatment", treatment, "--config", self.config, "--store",
                        self.store, *more]

    def calls(self):
        return self.log.read_bytes().count(b"\n") if self.log.exists() else 0

    def killed_somewhere(self, draw):
        """One run, killed after a number of calls more, or a while after it has begun; False: it came to its end before."""
        process = self.scratch.start(self.scratch.program, *self.command)
        enough, until = self.calls() + draw.randrange(self.chains), time.monotonic() + draw.choice((0.05, 0.3, 60))
        while process.poll() is None and self.calls() < enough and time.monotonic() < until:
            time.sleep(draw.choice((0, 0, 0.002)))
        if process.poll() is not None:
            check(process.returncode == 0, f"exit status {process.returncode}: {process.stderr.read()[-2000:]}")
            return False
        process.kill()
        process.communicate()
        self.killed += 1
        if not isinstance(self.store, pathlib.Path) or self.store.exists():
            self.scratch.run("fsck", "--store", self.store, "--config", self.config)
        return True

    def check_end(self):
        self.scratch.run(*self.command)
        self.scratch.run("fsck", "--store", self.store, "--config", self.config)
        kept = rows(self.scratch.attempts(self.store))
        by_record = collections.Counter(int(a["record_id"]) for a in kept)
        wrong = {r: by_record[r] for i in range(1, self.chains + 1) for n in (1, 2) if by_record[r := 10 * i + n] != 2}
        check(not wrong, f"{len(wrong)} records have not been tried twice, after {self.killed} kills: {list(wrong.items())[:5]}")
        dialed, unknown = check_calls(kept, call_log(self.log), GAP_S)
        for chain, own in itertools.groupby(sorted(kept, key=lambda a: (int(a["chain_id"]), int(a["started_ms"]))),
                                            key=lambda a: int(a["chain_id"])):
            for before, after in itertools.pairwise(own):
                pause_ms = int(after["started_ms"]) - int(before["ended_ms"])
                check(pause_ms >= PAUSE_MS, f"chain {chain} waited {pause_ms} ms after a call")
        said = {int(r["chain_id"]): r for r in self.scratch.export("people", self.store) if r["chain_n"] == "2"}
        check(all(r["record_status"] == "3" for r in said.values()), "a row is not Updated")
        short = [r["chain_id"] for r in said.values() if len(r["said"].split()) != 4]
        check(not short, f"{len(short)} chains have forgotten what they had heard: {short[:5]}")
        return dialed, unknown


def main():
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    draw = random.Random(seed)
    killed = calls = unknown = runs = 0
    with Scratch(program_argument()) as scratch:
        server = PostgresServer(scratch)
        while killed < kills:
            runs += 1
            name, on_server, virtual = f"run{runs}", runs % 2 == 0, runs % 4 in (0, 1)
            passive = runs // 4 % 2  # a pause is a second: in some runs chains are passive meanwhile
            if on_server:
                server.sql(f"CREATE SCHEMA {name}")
            store = f"{server.uri()}?options=-csearch_path%3D{name}" if on_server else scratch.path(f"{name}.db")
            run = Run(scratch, name, store, passive, *((2_000, "--virtual-time") if virtual else (300,)))
            while run.killed < 4 and killed + run.killed < kills and run.killed_somewhere(draw):
                pass
            dialed, lost = run.check_end()
            killed, calls, unknown = killed + run.killed, calls + dialed, unknown + lost
    print(f"{killed} kills in {runs} runs, {calls} calls, {unknown} attempts whose end is unknown, every chain where it was")


main()
