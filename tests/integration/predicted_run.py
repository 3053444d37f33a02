"""A list where rules and draws decide every result: rows, attempts and the trunk's log equal the oracle's, with one lane
and with two, byte for byte the same; never more calls at once than channels, never more starts in a second than allowed."""
from harness import *
import oracle

START_MS = 1767625200000  # 2026-01-05T15:00:00Z, where virtual time begins
RULES = [("1$", "Answer"), ("2$", "Busy"), ("3$", "NoAnswer"), ("4$", "SIT_Invalid_Num"), ("^15550077", "Fax")]
WEIGHTS = {"AnswMachine": 3, "Busy": 2, "NoAnswer": 2, "Answer": 1}


def make_records(chains):
    records, record_id = [], 0
    for chain in range(1, chains + 1):
        for n in range(1, 2 + chain % 3):
            record_id += 1
            records.append({"record_id": record_id, "chain_id": chain, "chain_n": n,
                            "contact_info": f"1555{(record_id * 7919) % 10**7:07d}",
                            "contact_info_type": 1 + n % 4, "daily_from": 0, "daily_till": 86400, "tz_dbid": 122,
                            "crm_id": f"C-{chain}"})
    return records


PASSIVATE_AFTER = {1: 600, 2: 0, 3: 1}  # seconds, by lanes: who waits in memory and who in the store does the same


def configuration(scratch, name, capacity, calls_per_second, lanes, ring=(1000, 3000)):
    rules = "".join(f'[[trunk.rule]]\nmatch = "{match}"\nresult = "{result}"\n' for match, result in RULES)
    weights = ", ".join(f"{result} = {weight}" for result, weight in WEIGHTS.items())
    return scratch.write(f"{name}.toml", f"""
[node]
lanes = {lanes}
passivate-after = {PASSIVATE_AFTER[lanes]}
[stats]
enabled = false
[[trunk]]
name = "sim"
kind = "simulated"
capacity = {capacity}
calls-per-second = {calls_per_second}
ring-ms = [{ring[0]}, {ring[1]}]
talk-ms = [500, 1500]
seed = 42
weights = {{ {weights} }}
log = "{name}.log"
{rules}""")


def run(scratch, name, csv_path, **limits):
    store = scratch.path(f"{name}.db")
    scratch.run("run", "--list", csv_path, "--treatment", f"file://{TREATMENTS}/retry_by_result.scxml", "--config",
                configuration(scratch, name, **limits), "--store", store, "--virtual-time")
    return store


def predicted(records, list_name):
    trunk = oracle.Trunk(42, (1000, 3000), (500, 1500), WEIGHTS, RULES)
    chains = {}
    for record in records:
        chains.setdefault(record["chain_id"], []).append(record)
    made = [a for chain in chains.values() for a in oracle.retry_by_result(trunk, list_name, chain, START_MS)]
    return made


def check_attempts(text, made, timed):
    have = [(int(r["record_id"]), int(r["attempt"]), int(r["started_ms"]), int(r["ended_ms"]), r["result"]) for r in rows(text)]
    want = sorted(made, key=lambda a: (a[2], a[0], a[1]))
    if not timed:  # calls had to wait for channels: who is called and how it ends stays the same, when does not
        have, want = (sorted((a[0], a[1], a[3] - a[2], a[4]) for a in x) for x in (have, want))
    for h, w in zip(have, want):
        check(h == w, f"attempt {h}, predicted {w}")
    check(len(have) == len(want), f"{len(have)} attempts, predicted {len(want)}")


def check_rows(exported, records, made):
    last = {}
    for record_id, attempt, _, ended_ms, result in sorted(made, key=lambda a: a[1]):
        last[record_id] = (attempt, ended_ms // 1000, result)
    check(len(exported) == len(records), f"{len(exported)} rows, {len(records)} in the list")
    for have, record in zip(exported, records):
        attempt, call_time, result = last.get(record["record_id"], (0, None, "Unknown"))
        for column in ("record_id", "chain_id", "chain_n", "contact_info", "contact_info_type", "crm_id"):
            check(have[column] == str(record[column]), f"row {have}: {column} is not {record[column]}")
        check(have["record_status"] == "3", f"row {have}: not Updated")
        check(have["attempt"] == str(attempt), f"row {have}: predicted {attempt} attempts")
        check(have["call_result"] == str(oracle.CODES[result]), f"row {have}: predicted {result}")
        if call_time is not None and made is not None:
            check(have["call_time"] != "", f"row {have}: call_time is empty")


def check_log(log, made):
    have = sorted((line["record_id"], line["attempt"]) for line in log)
    check(have == sorted((a[0], a[1]) for a in made), f"the log has {len(have)} calls, predicted {len(made)}")


def check_limits(attempts_text, log, capacity, calls_per_second):
    starts = [line["ms"] for line in log]
    check(starts == sorted(starts), "the log goes back in time")
    first = 0
    for i, ms in enumerate(starts):
        while starts[first] <= ms - 1000:
            first += 1
        check(i - first + 1 <= calls_per_second, f"{i - first + 1} starts in the second up to {ms}")
    changes = []
    for r in rows(attempts_text):
        changes += [(int(r["started_ms"]), 1), (int(r["ended_ms"]), -1)]
    live = most = 0
    for _, change in sorted(changes):  # an end and a start at one instant: the end comes first
        live += change
        most = max(most, live)
    check(most <= capacity, f"{most} calls at once on {capacity} channels")
    return most


def main():
    with Scratch(program_argument()) as scratch:
        records = make_records(40)
        csv_path = write_list(scratch.path("people.csv"), records)
        made = predicted(records, "people")
        exports = {}
        for lanes in (1, 2):
            name = f"free{lanes}"
            store = run(scratch, name, csv_path, capacity=1000, calls_per_second=100000, lanes=lanes)
            exports[name] = scratch.attempts(store)
            check_attempts(exports[name], made, timed=True)
            check_rows(scratch.export("people", store), records, made)
            check_log(call_log(scratch.path(f"{name}.log")), made)
        check(exports["free1"] == exports["free2"], "the attempts of one lane and of two differ")

        records = make_records(2000)
        csv_path = write_list(scratch.path("many.csv"), records)
        made = predicted(records, "many")
        for lanes in (1, 2, 3):
            name = f"tight{lanes}"
            store = run(scratch, name, csv_path, capacity=37, calls_per_second=25, lanes=lanes)
            exports[name] = scratch.attempts(store)
            log = call_log(scratch.path(f"{name}.log"))
            check_attempts(exports[name], made, timed=False)
            check_rows(scratch.export("many", store), records, made)
            check_log(log, made)
            most = check_limits(exports[name], log, 37, 25)
        check(exports["tight1"] == exports["tight2"] == exports["tight3"],
              "the attempts differ with the number of lanes, or with who is passive")
        print(f"{len(made)} attempts as predicted, at most {most} at once, the same bytes with 1, 2 and 3 lanes")


main()
