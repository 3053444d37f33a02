"""A treatment whose parts are invoked documents: calls, timeouts and records reach the session that asked, whatever the
number of lanes; the documents are fetched and compiled once."""
from harness import *

CHAINS = 300
HOUR_MS = 3_600_000


def records():
    """The last digit of a number decides its result: 1 Answer, 2 Busy."""
    for chain in range(1, CHAINS + 1):
        first, second = ("1" if chain % 3 == 0 else "2"), ("1" if chain % 3 == 1 else "2")
        for n, digit in enumerate((first, second)):
            yield {"record_id": chain * 2 + n, "chain_id": chain, "chain_n": n, "contact_info": f"555{chain:06d}{n}{digit}",
                   "daily_from": 0, "daily_till": 86400}


def predicted(chain):
    """Attempts of the first and of the second record: one retry for the first, two for the second."""
    if chain % 3 == 0:
        return 1, 0
    return 2, (1 if chain % 3 == 1 else 3)


def main():
    with Scratch(program_argument()) as scratch:
        csv_path = write_list(scratch.path("people.csv"), list(records()))
        config = scratch.write("people.toml", """
[stats]
enabled = false
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 1000
calls-per-second = 1000
ring-ms = [1000, 1000]
talk-ms = [500, 500]
seed = 7
weights = { Busy = 1 }
[[trunk.rule]]
match = "1$"
result = "Answer"
""")
        seen = []
        for lanes in (1, 2):
            store = scratch.path(f"people{lanes}.db")
            done = scratch.run("run", "--list", csv_path, "--treatment", TREATMENTS / "by_parts.scxml", "--config", config,
                               "--store", store, "--virtual-time", "--lanes", lanes)
            seen.append(scratch.attempts(store))
            attempts = {}
            starts = {}
            for row in rows(seen[-1]):
                key = int(row["chain_id"]), int(row["chain_n"])
                attempts[key] = attempts.get(key, 0) + 1
                starts.setdefault(key, []).append(int(row["started_ms"]))
            for chain in range(1, CHAINS + 1):
                got = attempts.get((chain, 0), 0), attempts.get((chain, 1), 0)
                check(got == predicted(chain), f"chain {chain}: attempts {got}, not {predicted(chain)}\n{done.stderr[-2000:]}")
            for key, instants in starts.items():
                pauses = [b - a for a, b in zip(instants, instants[1:])]
                check(all(p >= HOUR_MS for p in pauses), f"record {key} was called again after {pauses} ms")
            ended = sum(r["record_status"] == "3" for r in scratch.export("people", store))
            check(ended == 2 * CHAINS, f"{ended} of {2 * CHAINS} rows are Updated")
        check(seen[0] == seen[1], "one lane and two give other attempts")
        broken = scratch.path("broken")
        broken.mkdir()
        (broken / "by_parts.scxml").write_text((TREATMENTS / "by_parts.scxml").read_text())
        # Without the part every chain hears error.communication, and ends there.
        scratch.run("run", "--list", csv_path, "--treatment", broken / "by_parts.scxml", "--config", config, "--store",
                    scratch.path("broken.db"), "--virtual-time")
        check(len(rows(scratch.attempts(scratch.path("broken.db")))) == 0, "there are attempts without the part that makes them")
        print(f"{CHAINS} chains, {sum(attempts.values())} attempts by invoked sessions, the same with 1 and 2 lanes")


main()
