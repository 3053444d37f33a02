"""The five treatments of conf/treatments over six weeks in three time zones, across the change of the clocks in each: every
attempt, every row and what the trunk was told are as the oracle has them, the same bytes with 1 and 2 lanes; and what such weeks
are for has happened: calls at the opening hour of each zone before and after its change, holidays without calls, caps, Switch,
validation."""
from harness import *
import collections
import concurrent.futures
import datetime
import shutil
import sqlite3
import tomllib
import months_oracle
import oracle

MODELS = HERE.parent.parent / "conf" / "treatments"
TREATMENT_OF = {"companies": months_oracle.business_hours, "people": months_oracle.contact_rotation,
                "debtors": months_oracle.retry_by_result, "families": months_oracle.holiday_aware,
                "leads": months_oracle.validated}
CHANGES = {"America/Los_Angeles": "2026-11-01T09:00:00Z", "Europe/Berlin": "2026-10-25T01:00:00Z",
           "Australia/Sydney": "2026-10-03T16:00:00Z"}
HOLIDAYS = {(10, 3), (10, 5), (10, 12), (11, 1), (11, 11), (12, 25)}
CODES = {**oracle.CODES, "SIT_No_Circuit": 15, "NoProgress": 36, "Stale": 46, "CancelRecord": 52}
POOL, FEW = 5, 40  # connections to the CRM; chains of each list in a program that is slow
NEVER = threading.Event()


def ms(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def verdict(chain_id, chain_n, asked, attempts):
    """What the CRM says: the name of an answer below."""
    kind = (chain_id * 7 + chain_n * 3) % 11
    if chain_id in (3, 6, 9) and asked == 1:  # all three at one opening: a second of patience for all of them
        return "silent"
    if kind == 0 and attempts == 1:
        return "cancel"
    if kind == 1:
        return "stale" if asked % 3 else "yes"
    if kind == 2 and asked % 7 <= 3:
        return ("away", "other", "no reason")[asked % 3]
    if kind == 3 and asked == 4:
        return "wrong number"
    return "high" if kind == 4 else "yes"


ANSWERS = {  # for the server: status and body, for the oracle: the call result, or what is written before the call
    "yes": (200, "OK", {}), "high": (200, '{"priority": "high", "GSW_PHONE": "1", "nobody": 1}', {"priority": "high"}),
    "cancel": (409, '{"GSW_CALL_RESULT": 52}', "CancelRecord"), "stale": (409, '{"GSW_CALL_RESULT": "Stale"}', "Stale"),
    "wrong number": (409, '{"GSW_CALL_RESULT": 53}', "WrongNumber"), "no reason": (409, "", "NoProgress"),
    "away": (503, "busy", "NoProgress"), "other": (200, "{}", "NoProgress"), "silent": (200, "OK", "NoProgress")}


class Crm(HttpServer):
    def __init__(self):
        super().__init__(self.decide)
        self.said, self.lock = collections.Counter(), threading.Lock()

    def decide(self, path, body):
        asked = json.loads(body)
        said = verdict(asked["GSW_CHAIN_ID"], asked["GSW_CHAIN_N"], int(asked["asked"]), asked["GSW_ATTEMPTS"])
        with self.lock:
            self.said[said] += 1
        if said == "silent":
            NEVER.wait()  # the caller gives up; this thread ends with the test
        handle = "nobody" if said == "other" else asked["GSW_RECORD_HANDLE"]
        return ANSWERS[said][0], {"ETag": f'"{handle}"', "Content-Type": "application/json"}, ANSWERS[said][1]


def predict(toml, lists):
    """Chains by list, each run to its end."""
    world = months_oracle.World(toml, {r["phone"] for r in rows((lists / "do_not_call.csv").read_text())},
                                lambda *asked: ANSWERS[verdict(*asked)][2])
    chains = {}
    for name, treatment in TREATMENT_OF.items():
        by_id = {}
        for row in rows((lists / f"{name}.csv").read_text()):
            by_id.setdefault(int(row["chain_id"]), []).append(row)
        chains[name] = [months_oracle.Chain(world, name, chain) for chain in by_id.values()]
        traditional = next(entry for entry in toml["list"] if entry["name"] == name).get("treatments", [])
        most = next(c for c in toml["campaign"] if c["lists"] == [name]).get("chain-attempts-max", 100)
        for chain in chains[name]:
            chain.run(treatment, traditional, most)
    return chains


# -- as predicted --------------------------------------------------------------------------------------------------------------
def check_attempts(text, chains):
    have = [(r["list"], int(r["record_id"]), int(r["attempt"]), int(r["started_ms"]), int(r["ended_ms"]), r["result"])
            for r in rows(text)]
    want = sorted(((name, *a) for name, all_ in chains.items() for c in all_ for a in c.attempts),
                  key=lambda a: (a[3], a[0], a[1], a[2]))
    for name in chains:  # a list at a time: one that is wrong does not hide the others
        for h, w in zip([a for a in have if a[0] == name], [a for a in want if a[0] == name]):
            check(h == w, f"attempt {h}, predicted {w}")
    check(have == want, f"{len(have)} attempts, predicted {len(want)}")


def check_rows(name, exported, chains):
    said = {row["record_id"]: row for c in chains for row in c.rows}
    check(len(exported) == len(said), f"{name}: {len(exported)} rows, {len(said)} in the list")
    for have in exported:
        want = dict(said[have["record_id"]], record_status=3)
        want["call_result"] = CODES[want["call_result"]]
        for column, value in want.items():
            check(have[column] == str(value), f"{name}, row {have}: {column} is not {value!r}")


def check_log(log, chains):
    """The trunk is told the options and extensions of each call."""
    want = {(name, a[0], a[1]): told for name, all_ in chains.items() for c in all_ for a, told in zip(c.attempts, c.calls)}
    check(len(log) == len(want), f"the trunk's log has {len(log)} calls, predicted {len(want)}")
    for line in log:
        told = want[line["list"], line["record_id"], line["attempt"]]
        check((line.get("options", {}), line.get("extensions", {})) == told, f"call {line}: predicted {told}")


# -- what has happened ---------------------------------------------------------------------------------------------------------
class Calls:
    """All attempts as the program exports them, with the local time of their zone."""

    def __init__(self, text, chains):
        zones = {(name, row["record_id"]): c.zone(row) for name, all_ in chains.items() for c in all_ for row in c.rows}
        self.all = []
        for r in rows(text):
            zone = zones[r["list"], r["record_id"]]
            started = int(r["started_ms"])
            self.all.append((r["list"], zone, started, months_oracle.local_time(zone, started // 1000), r["result"]))

    def at(self, hour, minute, **wanted):
        """Those that start right then, to the millisecond."""
        return [c for c in self.those(**wanted) if (c[3].hour, c[3].minute, c[3].second, c[2] % 1000) == (hour, minute, 0, 0)]

    def those(self, name=None, zone=None, after=None):
        return [c for c in self.all if name in (None, c[0]) and zone in (None, c[1])
                and (after is None or (c[2] >= ms(CHANGES[c[1]])) == after)]


def check_clocks(calls):
    for zone, change in CHANGES.items():
        for name in TREATMENT_OF:
            for after in (False, True):
                number = len(calls.those(name, zone, after))
                check(number >= 40, f"{name}: {number} calls {'after' if after else 'before'} the change in {zone}")
        openings = [calls.at(9, 0, name="companies", zone=zone, after=after) for after in (False, True)]
        for after, found in zip(("before", "after"), openings):
            check(len(found) >= 15, f"{len(found)} calls at the opening hour {after} the change in {zone}")
        of_day = [{c[2] % 86_400_000 for c in found} for found in openings]
        check(all(len(d) == 1 for d in of_day) and abs(min(of_day[0]) - min(of_day[1])) == 3_600_000,
              f"{zone}: companies open at {of_day} of the day")
    check(len(calls.at(17, 0, name="people")) >= 60, "the evening window opens for too few")
    check(len(calls.at(10, 30)) >= 60, "the late morning window opens for too few")
    for group in range(8):  # families wait for the opening in groups, 225 seconds apart
        minute, second = divmod(group * 225, 60)
        found = [c for c in calls.those("families") if (c[3].hour, c[3].minute, c[3].second) == (9, minute, second)]
        check(len(found) >= 20, f"{len(found)} calls of group {group} of the families after the opening")


def check_holidays(calls, chains):
    for name in ("companies", "families"):
        days = [c[3] for c in calls.those(name)]
        check(not [d for d in days if (d.month, d.day) in HOLIDAYS or d.weekday() > 4], f"{name}: a call on a day off")
        check(not [d for d in days if not 9 <= d.hour < 18], f"{name}: a call outside of business hours")
    left_alone = collections.Counter(int(c.rows[0]["holidays"]) for c in chains["families"])
    check(sum(left_alone[n] for n in left_alone if n >= 2) >= 60, f"holidays of families: {left_alone}")


def check_ends(store, chains):
    """Who has switched to the traditional treatments, and whom their cap has stopped."""
    with sqlite3.connect(store) as db:
        ends = db.execute("SELECT name, chain_id, post_processing, reason FROM chains JOIN lists ON id = list").fetchall()
    switched = {(name, int(c.rows[0]["chain_id"])) for name, all_ in chains.items() for c in all_ if c.switched}
    check({e[:2] for e in ends if e[2] == "Switch"} == switched, "other chains have switched than predicted")
    capped = {e[1] for e in ends if "chain-attempts-max" in e[3]}
    most = {int(c.rows[0]["chain_id"]) for c in chains["debtors"] if c.attempts_made() == 22}
    check(capped <= most, f"chains {capped - most} were ended by chain-attempts-max")


def check_caps(chains):
    switched = [c for c in chains["debtors"] if c.switched]
    again = sum(any(row["treatments"] for row in c.rows) for c in switched)
    check(again >= 60, f"{len(switched)} chains have switched, {again} were called by a traditional treatment")
    for name, most in (("companies", 9), ("people", 14), ("debtors", 22), ("families", 12), ("leads", 8)):
        attempts = collections.Counter(c.attempts_made() for c in chains[name])
        check(max(attempts) == most and attempts[most] >= 10, f"{name}: attempts of chains {sorted(attempts.items())}")


def check_seen(chains):
    """What the oracle has needed on its way, list by list."""
    for name, what, least in (("companies", "changes", 1000), ("companies", "daytime timeouts", 200), ("people", "changes", 1000),
                              ("people", "held", 150), ("debtors", "held", 300), ("families", "info", 1000),
                              ("families", "daytime timeouts", 150), ("leads", "questions", 700),
                              ("leads", "daytime timeouts", 1000)):
        number = sum(c.seen[what] for c in chains[name])
        check(number >= least, f"{name}: {what}: {number}, not {least}")


def run(scratch, toml_text, lanes):
    crm = Crm()
    config = scratch.write(f"treatments/lanes{lanes}.toml", toml_text
                           .replace("http://127.0.0.1:8088", crm.url).replace("../../build/treatments/", "../")
                           .replace("calls.jsonl", f"calls{lanes}.jsonl")
                           .replace("[node]", "[node]\npassivate-after = " + ("0" if lanes == 1 else "60")))
    store = scratch.path(f"lanes{lanes}.db")
    scratch.run("run", "--config", config, "--virtual-time", "--lanes", lanes, "--store", store)
    crm.shutdown()
    return store, scratch.attempts(store), crm


def check_crm(crm, chains):
    check(sum(crm.said.values()) == sum(c.seen["questions"] for c in chains["leads"]), f"questions to the CRM: {crm.said}")
    most = POOL + crm.said["silent"]  # whoever gets no answer hangs up, and calls again
    check(crm.connections <= most, f"{crm.connections} connections, not {most}")


def check_happened(text, chains, crm):
    """What weeks of several time zones are for. Only with all chains: a few do not meet everything."""
    for said in ANSWERS:
        check(crm.said[said] >= (3 if said == "silent" else 8), f"the CRM has said {said} {crm.said[said]} times")
    calls = Calls(text, chains)
    check_clocks(calls)
    check_holidays(calls, chains)
    check_caps(chains)
    check_seen(chains)
    return f"{len(calls.those(after=False))} before and {len(calls.those(after=True))} after the clocks changed, "


def main():
    with Scratch(program_argument()) as scratch:
        shutil.copytree(MODELS, scratch.path("treatments"))
        lines = scratch.run("check", "--strict", *sorted(scratch.path("treatments").glob("*.scxml"))).stdout.splitlines()
        check(len(lines) == 5 and all(line.endswith("; 0 warnings") for line in lines), f"findings: {lines}")

        text = (MODELS / "campaign.toml").read_text()
        slow = sanitized(scratch.program)
        more = [str(FEW)] if slow else []
        if slow:  # a question may take its time there
            text = re.sub(r"http-response-timeout = \d+", "http-response-timeout = 10", text)
        subprocess.run([sys.executable, MODELS / "make_lists.py", scratch.folder, *more], check=True)
        chains = predict(tomllib.loads(text), scratch.folder)
        with concurrent.futures.ThreadPoolExecutor(2) as both:
            done = list(both.map(lambda lanes: run(scratch, text, lanes), (1, 2)))
        for lanes, (store, attempts, crm) in enumerate(done, 1):
            check_attempts(attempts, chains)
            for name in TREATMENT_OF:
                check_rows(name, scratch.export(name, store), chains[name])
            check_log(call_log(scratch.path(f"calls{lanes}.jsonl")), chains)
            check_ends(store, chains)
            check_crm(crm, chains)
        check(done[0][1] == done[1][1], "the attempts of one lane and of two differ")
        happened = "" if slow else check_happened(done[0][1], chains, done[0][2])
        print(f"{len(rows(done[0][1]))} calls of {sum(map(len, chains.values()))} chains as predicted, {happened}"
              f"{sum(done[0][2].said.values())} questions to the CRM, the same bytes with 1 and 2 lanes")


main()
