"""What rows say of when and whether they are dialed holds under a script too: rescheduled records and callbacks at their time, over
unload, stop and kill; NoCall and rows that are not Ready never; the order of a list."""
from harness import *
import datetime
import signal

START_MS = 1767625200000  # 2026-01-05T15:00:00Z, where virtual time begins
HOUR_S = 3600
TOKEN = "a token of this test"
GENERAL, CAMPAIGN_RESCHEDULED, PERSONAL_CALLBACK, CAMPAIGN_CALLBACK, NO_CALL = 2, 3, 5, 6, 7
READY, UPDATED, CANCELLED = 1, 3, 5

# chain: its records as (type, scheduled for, in hours; status, priority), and the hours of the calls to them, None: none
CHAINS = {
    1: ([(CAMPAIGN_RESCHEDULED, 24, READY, 0)], [24]),
    2: ([(PERSONAL_CALLBACK, 2, READY, 0)], [2]),
    3: ([(GENERAL, 24, READY, 0)], [0]),
    4: ([(NO_CALL, None, READY, 0)], [None]),
    5: ([(GENERAL, None, READY, 0), (CAMPAIGN_CALLBACK, 3, READY, 0)], [3, 3]),
    6: ([(CAMPAIGN_RESCHEDULED, -5, READY, 0)], [0]),
    7: ([(GENERAL, None, CANCELLED, 0), (GENERAL, None, READY, 0), (GENERAL, None, UPDATED, 0)], [None, 0, None]),
    8: ([(CAMPAIGN_CALLBACK, 1, READY, 0), (CAMPAIGN_CALLBACK, 4, READY, 0)], [1, 4]),
    9: ([(GENERAL, None, READY, 1), (NO_CALL, None, READY, 3), (GENERAL, None, READY, 2)], [0, None, 0]),
}


def people(scratch, start_s):
    return write_list(scratch.path("people.csv"), [
        {"record_id": 10 * chain + n, "chain_id": chain, "chain_n": n, "contact_info": f"1555{chain:06d}{n}", "record_type": kind,
         "dial_sched_time": "" if hours is None else start_s + hours * HOUR_S, "record_status": status, "daily_from": 0,
         "daily_till": 86400, "priority": priority}
        for chain, (records, _) in CHAINS.items() for n, (kind, hours, status, priority) in enumerate(records)])


def configuration(scratch, name, csv_path, passivate_after=600, stats="enabled = false"):
    return scratch.write(f"{name}.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
passivate-after = {passivate_after}
[stats]
{stats}
[store]
path = "{name}.db"
[[trunk]]
name = "sim"
kind = "simulated"
ring-ms = [1000, 1000]
weights = {{ NoAnswer = 1 }}
log = "{name}.calls"
[[list]]
name = "people"
csv = "{csv_path}"
order-by = "priority DESC"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/every_record.scxml"
""")


def in_virtual_time(scratch):
    csv_path = people(scratch, START_MS // 1000)
    wanted = sorted(10 * chain + n for chain, (_, calls) in CHAINS.items() for n, at in enumerate(calls) if at is not None)
    seen = []
    for lanes, passivate_after in ((1, 0), (2, 0), (2, 600)):
        name = f"lanes{lanes}-{passivate_after}"
        scratch.run("run", "--config", configuration(scratch, name, csv_path, passivate_after), "--virtual-time", "--lanes", lanes)
        seen.append(scratch.attempts(scratch.path(f"{name}.db")))
        made = {int(a["record_id"]): int(a["started_ms"]) for a in rows(seen[-1])}
        check(sorted(made) == wanted, f"called: {sorted(made)}, not {wanted}")
        for record_id, at_ms in made.items():
            due_ms = START_MS + CHAINS[record_id // 10][1][record_id % 10] * HOUR_S * 1000
            check(due_ms <= at_ms < due_ms + 60_000, f"record {record_id} was called {(at_ms - due_ms) / 1000} s from its time")
        check(made[92] < made[90], "a chain was not gone through in the order of its list")
        rows_ = {int(r["record_id"]): r for r in scratch.export("people", scratch.path(f"{name}.db"))}
        for never in (40, 91):
            check(rows_[never]["record_type"] == "7" and rows_[never]["call_result"] == "51", f"{rows_[never]}")
    check(len(set(seen)) == 1, "one lane and two, or chains in memory and passive, give other attempts")


def over_stops(scratch, name, passivate_after):
    """Chains that wait for their time lose it neither by unload nor by SIGTERM and kill, and explain names it."""
    port = free_port()
    start_s = int(time.time())
    stats = f'port = {port}\ntoken = "{TOKEN}"'
    config = configuration(scratch, name, people(scratch, start_s), passivate_after, stats)
    log, where = scratch.path(f"{name}.calls"), "passive" if passivate_after else "live"

    def waiting():
        now = get_json(port, "/api/v1/campaigns")[0]
        return now[where] == 4 and now["live"] + now["passive"] == 4

    def begin():
        node = scratch.start(scratch.program, "node", "--config", config)
        wait_for_port(port)
        wait_for(waiting, "four chains wait for their time")
        return node

    node = begin()
    due = datetime.datetime.fromtimestamp(start_s + 24 * HOUR_S, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = get_text(port, "/api/v1/records/10/explanation")
    check(f"until {due}, for which its record is scheduled" in said and ("passive" in said) == (where == "passive"), said)
    order(port, TOKEN, "unload", "people")
    wait_for(lambda: get_json(port, "/api/v1/campaigns")[0]["state"] == "not loaded", "unloaded")
    order(port, TOKEN, "load", "people")
    order(port, TOKEN, "start", "people")
    wait_for(waiting, "loaded again")
    node.send_signal(signal.SIGTERM)
    check(node.wait(timeout=60) == 0, "the node did not stop in order")
    node = begin()
    node.kill()
    node.wait()
    node = begin()
    node.terminate()
    node.wait()
    called = sorted(line["record_id"] for line in call_log(log))
    check(called == [30, 60, 71, 90, 92], f"called: {called}")


def main():
    with Scratch(program_argument()) as scratch:
        in_virtual_time(scratch)
        over_stops(scratch, "in_memory", 0)
        over_stops(scratch, "passive", 600)
        wrong = configuration(scratch, "wrong", scratch.path("people.csv"))
        wrong.write_text(wrong.read_text().replace("priority DESC", "urgency DESC"))
        done = scratch.run("run", "--config", wrong, "--virtual-time", expect=1)
        check("the list has no column 'urgency': list people, order-by" in done.stderr, done.stderr)
        print("scheduled records are called at their time, and those that must not be are not, over orders, stops and a kill")


main()
