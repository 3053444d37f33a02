"""A node on PostgreSQL whose server crashes and comes back, stands still, is slow, has a full disk, and whose connections are cut
behind a COMMIT, with the trunk's log as the witness: dialing stops within a second and goes on within five; no call is lost, none
is made twice, and every result is in the store. The seconds of each outage are the second argument."""
import collections
import os
import signal

from harness import *
from postgres_server import PostgresServer, Proxy

STOPS_MS, GOES_ON_MS = 1_000, 5_000
CALLS_PER_SECOND = 100
DISK_BYTES = 96 << 20


class Dialing:
    """`chainring run` in real time, and what it has dialed."""

    def __init__(self, scratch, uri, chains):
        self.scratch, self.uri, self.chains, self.log = scratch, uri, chains, scratch.path("calls.log")
        people = write_list(scratch.path("people.csv"), [
            {"record_id": 10 * i + n, "chain_id": i, "chain_n": n, "contact_info": f"1555{i:06d}{n}", "daily_from": 0,
             "daily_till": 86400, "said": ""} for i in range(1, chains + 1) for n in (1, 2)])
        config = scratch.write("run.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
log-level = "info"
log-file = "{scratch.path('node.log')}"
[stats]
enabled = false
{busy_trunk(1000, CALLS_PER_SECOND, self.log)}[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/rounds.scxml"
[[list]]
name = "people"
csv = "{people}"
""")
        self.process = scratch.start(scratch.program, "run", "--config", config, "--store", uri)
        self.goes_on(0, 60_000)

    def starts(self):
        return [line["ms"] for line in calls_so_far(self.log)]

    def goes_on(self, since_ms, within_ms):
        """Until a call is made after that; how long that took."""
        def dials():
            check(self.process.poll() is None, "the run has ended before the outages: it needs more chains")
            return any(ms > since_ms for ms in self.starts())
        wait_for(dials, "dialing", within_ms / 1_000 + 60)
        return min(ms for ms in self.starts() if ms > since_ms) - since_ms

    def outage(self, name, begin, end, seconds, stands_still=True):
        self.goes_on(now_ms(), GOES_ON_MS)
        began = now_ms()
        begin()
        time.sleep(seconds)
        ended = now_ms()
        end()
        up = now_ms()  # a server that starts is there when it answers
        took = self.goes_on(up, GOES_ON_MS)
        late = [ms - began for ms in self.starts() if began + STOPS_MS < ms < ended]
        check(not stands_still or not late, f"{name}: {len(late)} calls were made in the outage, {late[:5]} ms after it began")
        check(took <= GOES_ON_MS, f"{name}: no call within {took} ms after it")
        print(f"{name}: {(ended - began) / 1000:.1f} s, the first call {took} ms after it", flush=True)

    def check_end(self):
        out, err = self.process.communicate(timeout=600)
        check(self.process.returncode == 0, f"exit status {self.process.returncode}: {err[-3000:]}")
        kept = rows(self.scratch.attempts(self.uri))
        by_record = collections.Counter(int(a["record_id"]) for a in kept)
        wrong = [10 * i + n for i in range(1, self.chains + 1) for n in (1, 2) if by_record[10 * i + n] != 2]
        check(not wrong, f"{len(wrong)} records have not been tried twice: {wrong[:5]}")
        dialed = [(line["record_id"], line["attempt"]) for line in call_log(self.log)]
        check(len(dialed) == len(set(dialed)), "an attempt was dialed twice")
        known = {(int(a["record_id"]), int(a["attempt"])) for a in kept}
        check(set(dialed) == known, f"{len(set(dialed) ^ known)} attempts are in the log or the store alone")
        open_ends = [a for a in kept if a["result"] in ("", "Unknown")]
        check(not open_ends, f"{len(open_ends)} attempts have no result")
        check(all(r["record_status"] == "3" for r in self.scratch.export("people", self.uri)), "a row is not Updated")
        return len(dialed)


def now_ms():
    return int(time.time() * 1_000)


class SmallDisk:
    """A database in a tablespace on a small file system, if this machine lets the test mount one."""

    def __init__(self, scratch, server):
        self.folder, self.ballast = scratch.path("small"), scratch.path("small") / "ballast"
        self.folder.mkdir()
        self.mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", self.folder], capture_output=True).returncode == 0
        if self.mounted:
            server.give(self.folder)
            server.sql(f"CREATE TABLESPACE small LOCATION '{self.folder}'")
        server.sql("CREATE DATABASE dialer" + (" TABLESPACE small" if self.mounted else ""))

    def fill(self):
        with open(self.ballast, "wb") as out:
            try:
                while True:
                    out.write(bytes(1 << 14))
                    out.flush()
            except OSError:
                pass  # full

    def free(self):
        self.ballast.unlink()

    def unmount(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.folder], check=True)


def main():
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 2
    with Scratch(program_argument()) as scratch:
        server = PostgresServer(scratch)
        disk = SmallDisk(scratch, server)
        try:
            proxy = Proxy(server.port)
            outages = 5 * (seconds + 6)
            dialing = Dialing(scratch, server.uri(proxy.port, "dialer"), int(outages * CALLS_PER_SECOND / 4) + 200)

            def still(number):
                stopped = server.backends()
                for process in stopped:
                    os.kill(process, number)
                return stopped

            dialing.outage("crash", server.crash, server.start, seconds)
            halted = []
            dialing.outage("standstill", lambda: halted.extend(still(signal.SIGSTOP)),
                           lambda: [os.kill(p, signal.SIGCONT) for p in halted], seconds)
            dialing.outage("slow", lambda: setattr(proxy, "delay_s", 0.5), lambda: setattr(proxy, "delay_s", 0.0), seconds,
                           stands_still=False)
            dialing.outage("cut behind COMMIT", lambda: setattr(proxy, "commits_to_cut", 3), lambda: wait_for(
                lambda: proxy.commits_to_cut == 0, "three cuts"), seconds, stands_still=False)
            if disk.mounted:
                dialing.outage("full disk", disk.fill, disk.free, seconds, stands_still=False)
            else:
                print("full disk: not tried, this machine lets the test mount nothing", flush=True)
            calls = dialing.check_end()
            print(f"{calls} calls, each once, each with its result; {proxy.cut} COMMITs without an answer")
        finally:
            server.crash()
            disk.unmount()


main()
