"""ocs.daytime_change that nobody asked for: chains of three zones wait for business hours by it alone, over a weekend, a holiday
and a daylight-saving change; a business phone gives way to the home phone when business hours end; a pause that ends at that very
moment gives way to the change. The attempts are as predicted with zoneinfo, the same bytes with 1, 2 and 3 lanes; and a run ends
when nobody takes notice of the changes any more."""
from harness import *
import datetime
import zoneinfo

ZONES = ["America/New_York", "Europe/Berlin", "Asia/Tokyo"]
OPEN, CLOSE, HOLIDAY = 9, 17, datetime.date(2026, 3, 9)
RING_MS, TALK_MS, SPREAD_MS = 1000, 500, 200  # SPREAD_MS: calls of one instant start one after the other
FRIDAY = "2026-03-06T23:00:00Z"               # the clocks of New York go forward on Sunday
MORNING = "2026-03-10T15:00:00Z"              # business hours in New York and in Berlin, not in Tokyo


def ms(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def business_hours(zone, now_ms):
    """now_ms when it lies in business hours, else their next start."""
    local = datetime.datetime.fromtimestamp(now_ms / 1000, zoneinfo.ZoneInfo(zone))
    while True:
        works = local.isoweekday() <= 5 and local.date() != HOLIDAY
        if works and OPEN <= local.hour < CLOSE:
            return max(now_ms, int(local.timestamp() * 1000))
        if works and local.hour < OPEN:
            local = local.replace(hour=OPEN, minute=0, second=0, microsecond=0)
        else:
            local = (local + datetime.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


PASSIVATE_AFTER = {1: 600, 2: 0, 3: 1}  # seconds, by lanes: who waits in memory and who in the store hears the same


def configuration(scratch, name, lanes, more=""):
    return scratch.write(f"{name}.toml", f"""
[node]
lanes = {lanes}
passivate-after = {PASSIVATE_AFTER[lanes]}
[stats]
enabled = false
[daytime.weekdays]
monday = {{ from = "09:00", till = "17:00" }}
tuesday = {{ from = "09:00", till = "17:00" }}
wednesday = {{ from = "09:00", till = "17:00" }}
thursday = {{ from = "09:00", till = "17:00" }}
friday = {{ from = "09:00", till = "17:00" }}
{more}
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 100000
calls-per-second = 100000
ring-ms = [{RING_MS}, {RING_MS}]
talk-ms = [{TALK_MS}, {TALK_MS}]
seed = 1
weights = {{ Busy = 1 }}
[[trunk.rule]]
match = "1$"
result = "Answer"
""")


def run(scratch, name, csv_path, treatment, start, lanes, expect=0, more='[daytime.holidays]\n"2026-03-09" = "a holiday"'):
    store = scratch.path(f"{name}.db")
    done = scratch.run("run", "--list", csv_path, "--treatment", TREATMENTS / treatment, "--config",
                       configuration(scratch, name, lanes, more), "--store", store, "--virtual-time", "--start", start,
                       expect=expect)
    return scratch.attempts(store), done


def record(record_id, chain, n, contact_type, zone, result):
    return {"record_id": record_id, "chain_id": chain, "chain_n": n, "contact_info": f"555{record_id:06d}{result}",
            "contact_info_type": contact_type, "tz_name": zone, "daily_from": 0, "daily_till": 86400}


def check_all(scratch, name, csv_path, treatment, start, predicted):
    """predicted: {record_id: [earliest start of each attempt]}"""
    seen = []
    for lanes in (1, 2, 3):
        text, _ = run(scratch, f"{name}{lanes}", csv_path, treatment, start, lanes)
        seen.append(text)
        starts = {}
        for row in rows(text):
            starts.setdefault(int(row["record_id"]), []).append(int(row["started_ms"]))
        check(starts.keys() == predicted.keys(), f"{name}: {len(starts)} records were called, predicted {len(predicted)}")
        for record_id, wanted in predicted.items():
            have = starts[record_id]
            check(len(have) == len(wanted) and all(w <= h <= w + SPREAD_MS for h, w in zip(have, wanted)),
                  f"{name}: record {record_id} was called at {have}, predicted {wanted}")
    check(seen[0] == seen[1] == seen[2], f"{name}: the attempts differ with the number of lanes, or with who is passive")
    return len(rows(seen[0]))


def waits_for_business_hours(scratch, chains):
    """Each chain has a record at home and one in the next zone; one in two answers at once."""
    records, predicted = [], {}
    for chain in range(1, chains + 1):
        now_ms = ms(FRIDAY)
        for n in (0, 1):
            record_id, zone, answers = 2 * chain + n, ZONES[(chain + n) % 3], n == 1 or chain % 2 == 0
            records.append(record(record_id, chain, n, 1, zone, 1 if answers else 2))
            if now_ms is None:
                continue
            started = business_hours(zone, now_ms)
            predicted[record_id] = [started]
            now_ms = None if answers else started + RING_MS
    csv_path = write_list(scratch.path("people.csv"), records)
    return check_all(scratch, "hours", csv_path, "wait_for_business_hours.scxml", FRIDAY, predicted)


def home_after_hours(scratch, chains):
    records, predicted = [], {}
    for chain in range(1, chains + 1):
        zone = ZONES[chain % 2]
        records += [record(2 * chain, chain, 0, 2, zone, 2), record(2 * chain + 1, chain, 1, 1, zone, 1)]
        local = datetime.datetime.fromtimestamp(ms(MORNING) / 1000, zoneinfo.ZoneInfo(zone))
        ends_ms = int(local.replace(hour=CLOSE, minute=0).timestamp() * 1000)
        starts, now_ms = [], ms(MORNING)
        while now_ms < ends_ms:
            starts.append(now_ms)
            now_ms += RING_MS + 7_200_000
        predicted[2 * chain], predicted[2 * chain + 1] = starts, [ends_ms]
    csv_path = write_list(scratch.path("phones.csv"), records)
    return check_all(scratch, "phones", csv_path, "home_after_hours.scxml", MORNING, predicted)


def pause_replaced(scratch, chains):
    """More pauses end at the moment of the change than a lane looks after in a turn."""
    opens_ms = ms("2026-03-06T14:00:00Z")
    records = [record(chain, chain, 0, 1, ZONES[0], 1) for chain in range(1, chains + 1)]
    csv_path = write_list(scratch.path("pauses.csv"), records)
    return check_all(scratch, "pauses", csv_path, "pause_replaced.scxml", "2026-03-06T13:00:00Z",
                     {chain: [opens_ms + 600_000] for chain in range(1, chains + 1)})


def ends_when_nobody_takes_notice(scratch):
    """Without weekdays that ever come the treatment waits for nothing, and the run says so."""
    csv_path = write_list(scratch.path("few.csv"), [record(i, i, 0, 1, ZONES[i % 3], 1) for i in (1, 2, 3)])
    for name, tables in (("unheeded", '[daytime.holidays]\n"01-01" = "New Year"'), ("none", "")):
        config = configuration(scratch, name, 2)
        text = config.read_text()
        first, last = text.index("[daytime.weekdays]"), text.index("[[trunk]]")
        config.write_text(text[:first] + tables + "\n" + text[last:])
        done = scratch.run("run", "--list", csv_path, "--treatment", TREATMENTS / "wait_for_business_hours.scxml", "--config",
                           config, "--store", scratch.path(f"{name}.db"), "--virtual-time", expect=1)
        check("3 chains wait for an event that nothing will send" in done.stderr, f"{name}: {done.stderr}")
        said = done.stderr.count("without [daytime.weekdays] no day has business hours: file://")
        check(said == 1 and f"add that table to {config}" in done.stderr, f"{name}: said {said} times why: {done.stderr}")


def pauses_go_on_after_a_restart(scratch):
    """Of the treatments to copy: whoever goes on after a restart is told which interval it is, and that is no reason to call."""
    conf = HERE.parent.parent / "conf" / "treatments"
    one = scratch.write("one.csv", "record_id,chain_id,chain_n,contact_info,contact_info_type,tz_name,daily_from,daily_till,state,"
                                   "called_in,retired,asked,priority\n1,1,1,12025550101,2,America/New_York,0,86400,,,,0,\n")
    for treatment, result, pause in (("business_hours", "NoAnswer", "pause_between"),
                                     ("contact_rotation", "NoAnswer", "pause_between"), ("validated", "NoProgress", "server_away")):
        for code, stays in (("BH", True), ("ABH", False)):
            events = scratch.write("events", json.dumps({"event": "ocs.daytime_change", "data": {"daytime_code": code},
                                                         "after_ms": 60_000}) + "\n")
            done = scratch.run("scxml", conf / f"{treatment}.scxml", "--events", events, "--list", one, "--config",
                               conf / "campaign.toml", "--results", result, expect=None)
            seen = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"configuration"')]
            before = [s["configuration"] for s in seen if s["time_ms"] < 60_000]
            after = [s["configuration"] for s in seen if s["time_ms"] == 60_000]
            check(before[-1] == ["running", pause], f"{treatment}: {before}")
            check((after == [["running", pause]]) == stays, f"{treatment} is told that it is {code} in its pause: {after}")


def main():
    with Scratch(program_argument()) as scratch:
        calls = waits_for_business_hours(scratch, 3600) + home_after_hours(scratch, 1300)
        calls += pause_replaced(scratch, 2500)
        ends_when_nobody_takes_notice(scratch)
        pauses_go_on_after_a_restart(scratch)
        print(f"{calls} calls when the daytime changed, as predicted, the same bytes with 1, 2 and 3 lanes")


main()
