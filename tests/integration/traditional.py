"""Traditional treatments: sequences, increments, next in chain and the cap as a plan on paper has them, from the start of a
chain and after Switch, with the same attempts byte for byte; kill -9 and SIGTERM in the middle, and each chain goes on where
it was."""
from harness import *
import oracle
import signal

START_MS = 1767625200000  # 2026-01-05T15:00:00Z, where virtual time begins
RULES = [("1$", "Busy"), ("2$", "NoAnswer"), ("3$", "AnswMachine"), ("^1555002", "Fax"), ("4$", "SIT_Vacant")]
WEIGHTS = {"Busy": 4, "NoAnswer": 4, "AnswMachine": 3, "SIT_Vacant": 1, "Answer": 2}
STAYS, ENDS = {"Redial", "Retry in", "Retry at specified date"}, {"Update all records in chain"}
DATE_MS = 1767690000000  # 2026-01-06T09:00:00Z

#             dbid, result, number, action, cycle attempts, interval, increment
TREATMENTS_ = [(11, "Busy", 1, "Redial", 2, 5, 3),
               (12, "Busy", 2, "Next in chain after", 2, 60, 30),
               (21, "NoAnswer", 10, "Retry in", 1, 1440, 0),
               (22, "NoAnswer", 20, "Next in chain", 3, 120, 60),
               (31, "AnswMachine", 1, "Next in chain", 2, 10, 0),
               (41, "Fax", 1, "Update all records in chain", 1, 0, 0),
               (51, "SIT_Vacant", 1, "Retry at specified date", 1, 0, 0)]


def plan(result):
    """What may follow that result at one record, in this order: each application of a treatment on its own."""
    for treatment in sorted((t for t in TREATMENTS_ if t[1] == result), key=lambda t: t[2]):
        yield from [(treatment, k) for k in range(1, treatment[4] + 1)] if treatment[3] in STAYS else [(treatment, None)]


def course(trunk, list_name, chain, cap):
    """The attempts of a chain, (record_id, attempt, started_ms, ended_ms, result), and its rows:
    chain_n → [attempts, result, record_type, treatments, dial_sched_time, call_time]."""
    rows_ = {row["chain_n"]: [0, "Unknown", 2, "", "", None] for row in chain}
    now, at, cycle, before, made = START_MS, 0, 1, None, []
    while True:
        row = chain[at]
        state = rows_[row["chain_n"]]
        state[0] += 1
        result, ring, talk = trunk.call(list_name, row["record_id"], state[0], row["contact_info"])
        made.append((row["record_id"], state[0], now, now + ring + talk, result))
        now += ring + talk
        state[1], state[5] = result, now // 1000
        steps = list(plan(result))
        if before in steps:
            steps = steps[steps.index(before) + 1:]
        for treatment, k in steps:
            dbid, _, _, action, attempts, interval, increment = treatment
            if action in ENDS:
                for other in rows_.values():
                    other[1] = result
                return made, rows_
            if action == "Retry at specified date":
                wait, to, next_cycle, before = max(0, DATE_MS - now), at, cycle, (treatment, k)
            elif action in STAYS:
                wait, to, next_cycle, before = (interval + (k - 1) * increment) * 60_000, at, cycle, (treatment, k)
            else:
                to = (at + 1) % len(chain)
                next_cycle = cycle + (to == 0)
                if next_cycle > attempts:
                    continue
                wait = (interval + (cycle - 1) * increment) * 60_000 if to == 0 or action == "Next in chain after" else 0
                before, k = None, cycle
            break
        else:
            return made, rows_
        if len(made) >= cap:
            return made, rows_
        at, cycle, now = to, next_cycle, now + wait
        for other in rows_.values():
            other[3] = ""
        target = rows_[chain[at]["chain_n"]]
        target[2:5] = [3, f"{dbid}@{k}@{chain[at]['chain_n']}@{cycle}", max(-(-now // 1000), (target[5] or 0) + 1)]


def make_records(chains, digits=None):
    records, record_id = [], 0
    for chain in range(1, chains + 1):
        for n in range(1, 2 + chain % 3):
            record_id += 1
            last = (record_id * 7919) % 10**7 if digits is None else record_id * 10 + digits[record_id % len(digits)]
            records.append({"record_id": record_id, "chain_id": chain, "chain_n": n, "contact_info": f"1555{last:07d}",
                            "daily_from": 0, "daily_till": 86400, "tz_dbid": 122})
    return records


def configuration(scratch, name, csv_path, lanes=2, uri="", cap=100, log=None):
    treatments = "".join(f"""
[[treatment]]
name = "{dbid}"
dbid = {dbid}
call-result = "{result}"
number-in-sequence = {number}
apply-to-record = "{action}"
cycle-attempt = {attempts}
interval = {interval}
increment = {increment}
{"date-time = 2026-01-06T09:00:00Z" if "date" in action else ""}
""" for dbid, result, number, action, attempts, interval, increment in TREATMENTS_)
    rules = "".join(f'[[trunk.rule]]\nmatch = "{match}"\nresult = "{result}"\n' for match, result in RULES)
    return scratch.write(f"{name}.toml", f"""
[node]
lanes = {lanes}
passivate-after = {0 if lanes == 1 else 60}
treatment-roots = ["{TREATMENTS}"]
[stats]
enabled = false
[store]
path = "{name}.db"
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 10000
calls-per-second = 100000
ring-ms = [1000, 3000]
talk-ms = [500, 1500]
seed = 42
weights = {{ {", ".join(f"{result} = {weight}" for result, weight in WEIGHTS.items())} }}
log = "{log or name}.log"
{rules}{treatments}
[[list]]
name = "people"
csv = "{csv_path}"
treatments = [{", ".join(f'"{t[0]}"' for t in TREATMENTS_)}]
[[campaign]]
name = "people"
lists = ["people"]
chain-attempts-max = {cap}
redial-gap = 1
{f'treatment-uri = "file://{TREATMENTS}/{uri}"' if uri else ""}
""")


def chains_of(records):
    chains = {}
    for record in records:
        chains.setdefault(record["chain_id"], []).append(record)
    return chains


def predicted(records, cap):
    trunk = oracle.Trunk(42, (1000, 3000), (500, 1500), WEIGHTS, RULES)
    courses = {chain: course(trunk, "people", rows_, cap) for chain, rows_ in chains_of(records).items()}
    made = sorted((a for attempts, _ in courses.values() for a in attempts), key=lambda a: (a[2], a[0], a[1]))
    return made, {chain: rows_ for chain, (_, rows_) in courses.items()}


def check_attempts(text, made):
    have = [(int(r["record_id"]), int(r["attempt"]), int(r["started_ms"]), int(r["ended_ms"]), r["result"]) for r in rows(text)]
    for h, w in zip(have, made):
        check(h == w, f"attempt {h}, predicted {w}")
    check(len(have) == len(made), f"{len(have)} attempts, predicted {len(made)}")


def check_rows(exported, said):
    for have in exported:
        attempts, result, kind, treatments, due, call_time = said[int(have["chain_id"])][int(have["chain_n"])]
        want = {"record_status": 3, "attempt": attempts, "call_result": oracle.CODES[result], "record_type": kind,
                "treatments": treatments, "dial_sched_time": due, "call_time": "" if call_time is None else call_time}
        for column, value in want.items():
            check(have[column] == str(value), f"row {have}: {column} is not {value}")


def check_run(scratch, name, csv_path, records, cap=100, **more):
    made, said = predicted(records, cap)
    summary = scratch.run("run", "--config", configuration(scratch, name, csv_path, cap=cap, **more), "--virtual-time").stdout
    text = scratch.attempts(scratch.path(f"{name}.db"))
    check_attempts(text, made)
    check_rows(scratch.export("people", scratch.path(f"{name}.db")), said)
    check(f"{len(chains_of(records))} ended of" in summary and "fault" not in summary, summary)
    return text, summary


def check_courses(scratch):
    """From the start, with one lane and two; after Switch, before the script has dialed and after."""
    records = make_records(150)
    csv_path = write_list(scratch.path("people.csv"), records)
    one, summary = check_run(scratch, "one", csv_path, records, lanes=1)
    check("switched" not in summary, summary)
    two, _ = check_run(scratch, "two", csv_path, records, lanes=2)
    check(one == two, "the attempts of one lane and of two differ")
    for script in ("switch_at_once", "switch_after_call"):
        switched, summary = check_run(scratch, script, csv_path, records, uri=f"{script}.scxml")
        check(switched == one, f"the attempts of {script} differ")
        check(f"{len(chains_of(records))} switched" in summary, summary)
    options = [line.get("options", {}) for line in call_log(scratch.path("switch_at_once.log"))]
    check(options and all(o == {"CPNDigits": "8884554040"} for o in options), "an option does not hold after Switch")
    capped, _ = check_run(scratch, "capped", csv_path, records, cap=4)
    check(len(rows(capped)) < len(rows(one)), "no chain was capped")
    named = scratch.run("run", "--list", csv_path, "--config", scratch.path("one.toml"), "--store", "named.db", "--virtual-time")
    check("150 ended" in named.stdout, named.stdout)
    check(scratch.attempts(scratch.path("named.db")) == one, "run --list without --treatment differs")
    return len(rows(one))


def check_untreated(scratch):
    """Switch in a list without traditional treatments: the chain goes on, its first record is dialed with what the script has
    set, and any result ends it. A kill in the middle does not have a record called twice."""
    records = make_records(600)
    firsts = [rows_[0]["record_id"] for rows_ in chains_of(records).values()]
    config = configuration(scratch, "untreated", write_list(scratch.path("untreated.csv"), records), uri="switch_at_once.scxml")
    config.write_text(re.sub(r"treatments = \[.*\]", "", config.read_text()))
    log, command = scratch.path("untreated.log"), ["run", "--config", config, "--virtual-time"]
    process = scratch.start(scratch.program, *command)
    wait_for(lambda: (log.exists() and log.read_bytes().count(b"\n") > 100) or process.poll() is not None, "calls")
    process.kill()
    process.wait()
    summary = scratch.run(*command).stdout
    made = rows(scratch.attempts(scratch.path("untreated.db")))
    unknown = {int(a["record_id"]) for a in made if not a["result"]}
    called = sorted(int(a["record_id"]) for a in made if a["result"])
    check(sorted(set(called) | unknown) == firsts, f"{len(called)} calls, {len(unknown)} unknown")
    check(len(called) == len(set(called)), "a record was called twice")
    check(all(line["options"] == {"CPNDigits": "8884554040"} for line in call_log(log)), "an option does not hold after Switch")
    ended = scratch.export("people", scratch.path("untreated.db"))
    check(all(r["record_status"] == "3" for r in ended) and "600 ended of" in summary, summary)


def check_interrupted(scratch, uri):
    """Results by the number alone, so that an attempt of unknown end changes nothing that follows."""
    chains = 1500
    records = make_records(chains, digits=[1, 2, 1, 3, 4])
    csv_path = write_list(scratch.path(f"many{uri}.csv"), records)
    name = f"killed{uri}"
    log = scratch.path(f"{name}.log")
    made, _ = predicted(records, 100)
    command = ["run", "--config", configuration(scratch, name, csv_path, uri=uri), "--virtual-time"]
    signals = [signal.SIGKILL, signal.SIGTERM, signal.SIGKILL]
    for stop, how in enumerate(signals, 1):
        process = scratch.start(scratch.program, *command)
        least = stop * len(made) // (len(signals) + 2)
        wait_for(lambda: (log.exists() and log.read_bytes().count(b"\n") > least) or process.poll() is not None, "calls")
        check(process.poll() is None, f"run {stop} ended too early")
        process.send_signal(how)
        process.wait(timeout=60)
        if stop == 1:
            check_explained(scratch, name)
    scratch.run(*command)
    check(all(r["record_status"] == "3" for r in scratch.export("people", scratch.path(f"{name}.db"))), "a row is not Updated")

    want, have, unknown, again = {}, {}, 0, 0
    owner = {r["record_id"]: r["chain_id"] for r in records}
    for record_id, _, started, ended, result in sorted(made, key=lambda a: a[2]):
        want.setdefault(owner[record_id], []).append((record_id, result, started, ended))
    seen = set()
    for r in rows(scratch.attempts(scratch.path(f"{name}.db"))):
        key = (r["record_id"], r["attempt"])
        check(key not in seen, f"attempt {key} was made twice")
        seen.add(key)
        unknown += r["result"] in ("", "Unknown")
        if r["result"] not in ("", "Unknown"):
            have.setdefault(owner[int(r["record_id"])], []).append(
                (int(r["record_id"]), r["result"], int(r["started_ms"]), int(r["ended_ms"])))
    for chain, calls in have.items():
        same = lambda: [c[:2] for c in calls] == [w[:2] for w in want[chain]]
        # A first call that ended in the instant of the kill stands in no row yet as followed: it is made once more.
        while not same() and len(calls) > 1 and calls[0][:2] == calls[1][:2]:
            calls, again = calls[1:], again + 1
        check(same(), f"chain {chain}: {have[chain]}, predicted {want[chain]}")
        for i in range(1, len(calls)):  # rows know the second in which a call ended
            waited, least_ms = (c[i][2] - c[i - 1][3] for c in (calls, want[chain]))
            if calls[i][2] < DATE_MS:
                check(waited > least_ms - 1000, f"chain {chain}: call {i + 1} after {waited} ms, predicted {least_ms}")
    check(len(have) == chains, f"{len(have)} chains were called")
    check(again < chains // 10, f"{again} first calls were made again")
    return unknown, again


def check_explained(scratch, name):
    """After a kill the rows tell how a chain goes on, to whoever asks."""
    store = scratch.path(f"{name}.db")
    waits = [r for r in scratch.export("people", store) if r["treatments"] and r["record_status"] == "2"]
    check(waits, "no row tells of a waiting chain")
    row = waits[0]
    dbid, application, chain_n, cycle = row["treatments"].split("@")
    said = scratch.run("explain", "--record", row["record_id"], "--store", store).stdout
    check(f"treatment {dbid}, application {application}, chain cycle {cycle}: record {chain_n} of the chain is due" in said, said)
    check("CampaignRescheduled" in said, said)


def main():
    with Scratch(program_argument()) as scratch:
        attempts = check_courses(scratch)
        check_untreated(scratch)
        kept = [check_interrupted(scratch, uri) for uri in ("", "switch_at_once.scxml")]
        print(f"{attempts} attempts as planned, before and after Switch; after kills {sum(u for u, _ in kept)} attempts of "
              f"unknown end, {sum(a for _, a in kept)} first calls made again, every chain went on")


main()
