"""What the treatments of conf/treatments come to, computed without the engine: each as a loop over one chain, with zoneinfo for
clocks and the trunk of oracle.py. Calls never wait for a channel here, so chains know nothing of one another."""
import bisect
import datetime
import functools
import zoneinfo
import oracle

QUARTER_S = 900  # every boundary and every change of the clocks in these zones and tables falls on a quarter of an hour
DAYS = 200       # of the calendar
DAY_MS = 86_400_000
HOPELESS = {"SIT_Invalid_Num", "SIT_Vacant", "SIT_Oper_Intercept", "Fax", "PagerDetected", "WrongParty", "WrongNumber", "DoNotCall"}
UNTREATED = {"Ok", "Unknown"}
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@functools.cache
def local_time(zone, second):
    return datetime.datetime.fromtimestamp(second, zoneinfo.ZoneInfo(zone))


def second_of_day(text):
    return int(text[:2]) * 3600 + int(text[3:]) * 60


def shown_second(local):
    return local.hour * 3600 + local.minute * 60 + local.second


class World:
    """A campaign.toml, its do-not-call list, and what the server of pre-dial validation says to
    (chain_id, chain_n, asked, attempts): columns to write when the call may be made, else the call result."""

    def __init__(self, toml, do_not_call, validate):
        self.hours = {day: (second_of_day(h["from"]), second_of_day(h["till"])) for day, h in toml["daytime"]["weekdays"].items()}
        self.holidays = set(toml["daytime"]["holidays"])
        self.zones = {int(dbid): name for dbid, name in toml["time-zones"].items()}
        self.start_ms = int(toml["node"]["virtual-time-start"].timestamp() * 1000)
        trunk = toml["trunk"][0]
        self.trunk = oracle.Trunk(trunk["seed"], trunk["ring-ms"], trunk["talk-ms"], trunk["weights"],
                                  [(rule["match"], rule["result"]) for rule in trunk["rule"]])
        self.traditional = {t["name"]: t for t in toml["treatment"]}
        self.do_not_call, self.validate = do_not_call, validate

    @functools.cache
    def boundaries(self, zone):
        """The instants (ms) at which another daytime interval begins, with its code: found by looking at every quarter."""
        found, first = [], self.start_ms // 1000 - 86400
        for second in range(first - first % QUARTER_S, first + DAYS * 86400, QUARTER_S):
            code = self.code_of(local_time(zone, second))
            if not found or found[-1][1] != code:
                found.append((second * 1000, code))
        return found

    def code_of(self, local):
        if local.strftime("%m-%d") in self.holidays or local.strftime("%Y-%m-%d") in self.holidays:
            return "HDAY"
        hours = self.hours.get(WEEKDAYS[local.weekday()])
        if not hours:
            return "WEND"
        second = shown_second(local)
        return "BBH" if second < hours[0] else "BH" if second < hours[1] else "ABH"

    def index_at(self, zone, now_ms):
        return bisect.bisect_right(self.boundaries(zone), (now_ms, "~")) - 1

    def code_at(self, zone, now_ms):
        return self.boundaries(zone)[self.index_at(zone, now_ms)][1]

    def next_change(self, zone, now_ms):
        return self.boundaries(zone)[self.index_at(zone, now_ms) + 1]

    def next_start(self, zone, code, now_ms):
        """now_ms when it lies in such an interval."""
        i = self.index_at(zone, now_ms)
        found = next(b for b in self.boundaries(zone)[i:] if b[1] == code)
        return max(found[0], now_ms)


class Over(Exception):
    """The chain is done: a result that no treatment hears of."""


class Chain:
    """One chain of one list, at work since the start of the run. attempts: (record_id, attempt, started_ms, ended_ms, result)."""

    def __init__(self, world, list_name, rows):
        self.world, self.list_name, self.rows = world, list_name, rows
        self.now, self.timer, self.cursor, self.current, self.last = world.start_ms, None, 0, rows[0], None
        self.attempts, self.calls, self.options, self.extensions = [], [], {}, {}
        self.validated = self.switched = False
        self.seen = dict.fromkeys(("changes", "daytime timeouts", "info", "held", "questions"), 0)
        for row in rows:
            row.update(attempt=0, call_result="Unknown", call_time="", record_type=2, treatments="", dial_sched_time="")

    def zone(self, row=None):
        row = row or self.current
        return row.get("tz_name") or self.world.zones[int(row["tz_dbid"])]

    def attempts_made(self):
        return sum(row["attempt"] for row in self.rows)

    # -- actions -------------------------------------------------------------------------------------------------------------
    def next_record(self, types=None, repeat=False):
        """The row, flagged when it is of the preferred type, or None."""
        likes = next((int(row["likes_best"]) for row in self.rows if row.get("likes_best")), None)
        order = sorted(self.rows, key=lambda row: int(row["contact_info_type"]) != likes)  # stable
        if repeat:
            self.cursor = 0
        for i in range(self.cursor, len(order)):
            if types is None or int(order[i]["contact_info_type"]) in types:
                self.cursor, self.current = i + 1, order[i]
                return order[i]
        return None

    def is_preferred(self, row):
        return row is not None and bool(row.get("likes_best")) and row["contact_info_type"] == row["likes_best"]

    def daytime(self):
        return self.world.code_at(self.zone(), self.now)

    def timerange(self, code):
        self.seen["info"] += 1
        return max(0, self.world.next_start(self.zone(), code, self.now) // 1000 - self.now // 1000)

    def set_timeout(self, delay):
        """Seconds, or a daytime interval."""
        if isinstance(delay, str):
            self.seen["daytime timeouts"] += 1
            self.timer = self.world.next_start(self.zone(), delay, self.now)
        else:
            self.timer = self.now + -(-delay * 1000 // 1)

    def advance(self, to_ms, kept=False):
        self.now = int(to_ms)
        if not kept and self.timer is not None and self.timer <= self.now:
            self.timer = None  # nobody has listened to it

    def wait(self, timer=True, changes=None):
        """Until the timer expires ("") or an interval begins whose code changes(code) wants (the code): that comes first."""
        until = self.timer if timer else None
        at = self.now
        while changes:
            at, code = self.world.next_change(self.zone(), at)
            if until is not None and at > until:
                break
            self.seen["changes"] += 1
            if changes(code):
                self.advance(at, kept=True)
                return code
        self.advance(until)
        return ""

    def dial(self, row):
        """Calls when the record's window is open; the result."""
        self.last = row
        if row["contact_info"] in self.world.do_not_call:
            row["record_type"], row["call_result"] = 7, "DoNotCall"
            return "DoNotCall"
        begins = self.window_opens(row)
        self.seen["held"] += begins > self.now
        self.advance(begins)
        if self.validated:
            self.seen["questions"] += 1
            verdict = self.world.validate(int(row["chain_id"]), int(row["chain_n"]), int(row["asked"]), row["attempt"])
            if isinstance(verdict, str):
                row["call_result"] = verdict
                return verdict
            row.update(verdict)
        row["attempt"] += 1
        result, ring, talk = self.world.trunk.call(self.list_name, int(row["record_id"]), row["attempt"], row["contact_info"])
        self.attempts.append((int(row["record_id"]), row["attempt"], self.now, self.now + ring + talk, result))
        self.calls.append((dict(self.options.get(0, {}), **self.options.get(row["chain_n"], {})), dict(self.extensions)))
        self.advance(self.now + ring + talk)
        row["call_result"], row["call_time"] = result, self.now // 1000
        if result in UNTREATED:
            raise Over
        return result

    def window_opens(self, row):
        """Now, or the first quarter of an hour at which the clock over there shows a time of the window."""
        first, till = int(row["daily_from"]), int(row["daily_till"])

        def is_open(second):
            shown = shown_second(local_time(self.zone(row), second))
            return first <= shown < till if first < till else shown >= first or shown < till

        second = self.now // 1000
        if is_open(second):
            return self.now
        second += QUARTER_S - second % QUARTER_S
        while not is_open(second):
            second += QUARTER_S
        return second * 1000

    # -- the end -------------------------------------------------------------------------------------------------------------
    def run(self, treatment, traditional=(), attempts_max=100):
        try:
            self.switched = bool(treatment(self))
        except Over:
            for row in self.rows:
                if row["call_result"] == "Unknown":
                    row["call_result"] = self.last["call_result"]
            return self
        if self.switched:
            try:
                self.go_on([self.world.traditional[name] for name in traditional], attempts_max)
            except Over:
                pass  # the row of that call alone says so
        return self

    def go_on(self, table, attempts_max):
        """The traditional treatments, from the call that has ended last."""
        row, chain_pass, applied = self.last, 1, (0, 0)
        while True:
            choice = self.choose(table, row, chain_pass, applied)
            if not choice or self.attempts_made() >= attempts_max:
                return
            treatment, application, row, chain_pass, wait_ms = choice
            self.advance(self.now + wait_ms)
            for other in self.rows:
                other["treatments"] = ""
            row.update(record_type=3, treatments=f"{treatment['dbid']}@{application}@{row['chain_n']}@{chain_pass}",
                       dial_sched_time=max(-(-self.now // 1000), (row["call_time"] or 0) + 1))
            applied = (treatment["dbid"], application)
            self.dial(row)

    def choose(self, table, row, chain_pass, applied):
        def free(r):
            return r["record_type"] != 7 and r["call_result"] != "DoNotCall"

        sequence = sorted((t for t in table if t["call-result"] == row["call_result"]), key=lambda t: t["number-in-sequence"])
        stays = [t["dbid"] for t in sequence if t["apply-to-record"] in ("Redial", "Retry in")]
        begin = next((i for i, t in enumerate(sequence) if t["dbid"] == applied[0] and t["dbid"] in stays), None)
        for i, t in enumerate(sequence[begin or 0:]):
            if t["dbid"] in stays:
                application = applied[1] + 1 if begin is not None and i == 0 else 1
                minutes = t["interval"] + (application - 1) * t.get("increment", 0)
                if application <= t["cycle-attempt"] and free(row):
                    return t, application, row, chain_pass, minutes * 60_000
                continue
            minutes = t["interval"] + (chain_pass - 1) * t.get("increment", 0)
            after = [r for r in self.rows[self.rows.index(row) + 1:] if free(r)]
            if after:
                return t, chain_pass, after[0], chain_pass, 0 if t["apply-to-record"] == "Next in chain" else minutes * 60_000
            again = [r for r in self.rows if free(r)]
            if again and chain_pass + 1 <= t["cycle-attempt"]:
                return t, chain_pass, again[0], chain_pass + 1, minutes * 60_000
        return None


# -- the treatments, as their comments tell them ------------------------------------------------------------------------------
def business_hours(c):
    repeat, calls_today, calls_of_pass = True, 0, 0
    while True:
        row = c.next_record({2, 3}, repeat)
        repeat = False
        if row is None:
            if calls_of_pass == 0:
                return
            c.set_timeout(6 * 86400)
            c.wait()
            repeat, calls_today, calls_of_pass = True, 0, 0
            continue
        if c.attempts_made() >= 9:
            return
        if row["state"] == "dead":
            continue
        if c.daytime() != "BH":
            c.wait(timer=False, changes=lambda code: code == "BH")
            calls_today = 0
        calls_today += 1
        calls_of_pass += 1
        result = c.dial(row)
        if result == "Answer":
            return
        if result in HOPELESS:
            row["state"] = "dead"
        elif calls_today >= 2:
            c.set_timeout("BBH")
            c.wait()
            calls_today = 0
        else:
            c.set_timeout(10800)
            c.wait(changes=lambda code: code != "BH")


def contact_rotation(c):
    plans = {"BBH": [], "BH": [2, 3, 4], "ABH": [1, 4], "WEND": [4, 1], "HDAY": []}
    daytime, plans_done, planned_for, todo, repeat = c.daytime(), 0, None, [], True

    def call(row):
        """True: done. Else the pause is over, or another interval has begun."""
        nonlocal daytime, planned_for
        asked = c.now
        result = c.dial(row)
        at, code = c.world.next_change(c.zone(), asked)
        while at <= c.now:
            c.seen["changes"] += 1
            daytime = code
            at, code = c.world.next_change(c.zone(), at)
        if result == "Answer":
            return True
        if result in HOPELESS:
            row["retired"] = "yes"
        row["called_in"] = daytime
        c.set_timeout(5400)
        if c.wait(changes=lambda code: True) or planned_for != daytime:
            planned_for = None
        return False

    first = c.next_record()
    if c.is_preferred(first) and call(first):
        return
    while True:
        if planned_for is None:
            daytime = planned_for = c.daytime()
            todo, repeat = list(plans[daytime]), True
        if todo:
            row = c.next_record({todo[0]}, repeat)
            repeat = False
            if row is None:
                todo, repeat = todo[1:], True
                if todo:
                    continue
            elif c.attempts_made() >= 14:
                return
            elif row["retired"] == "yes":
                continue
            elif call(row):
                return
            if row is not None:
                continue
            plans_done += 1
            if plans_done >= 40:
                return
            if plans_done % 2 == 0:
                c.set_timeout(9 * 86400)
                c.wait()
                row = c.next_record(None, True)
                while row is not None and row["retired"] == "yes":
                    row = c.next_record()
                if row is None:
                    return
                planned_for = None
                continue
        c.wait(timer=False, changes=lambda code: True)
        planned_for = None


def retry_by_result(c):
    """True: Switch."""
    growing = {"Busy": (3, 1200, 900), "NoAnswer": (2, 14400, 0), "SIT_No_Circuit": (4, 300, 300), "Abandoned": (2, 259200, 0)}
    for chain_pass in (1, 2, 3):
        live, repeat = 0, chain_pass > 1
        while (row := c.next_record(None, repeat)) is not None:
            repeat = False
            if row["retired"] == "yes":
                continue
            live += 1
            offset = int(local_time(c.zone(), c.now // 1000).utcoffset().total_seconds())
            if row["segment"] == "gold":
                c.options[row["chain_n"]] = {"CPNDigits": "8885550100"}
            c.extensions = {"segment": row["segment"], "pass": str(chain_pass)}
            if c.attempts_made() >= 20:
                return True
            before, in_a_row = None, 0
            while True:
                result = c.dial(row)
                if result == "Answer":
                    return False
                in_a_row = in_a_row + 1 if result == before else 1
                before = result
                if result in HOPELESS:
                    row["retired"] = "yes"
                    break
                if c.attempts_made() >= 20:
                    return True
                tries, pause, more = growing.get(result, (2 if result == "AnswMachine" else 1, 0, 0))
                if in_a_row >= tries:
                    break
                if result == "AnswMachine":
                    clock = (c.now // 1000 + offset) % 86400
                    c.set_timeout(58500 - clock if clock < 46800 else 86400 + 37800 - clock)
                else:
                    c.set_timeout(pause + (in_a_row - 1) * more)
                c.wait()
        if live == 0:
            return False
        if chain_pass < 3:
            c.set_timeout(15 * 86400)  # campaign.toml says 15, the document 7
            c.wait()
    return True


def holiday_aware(c):
    repeat, live, holidays = True, 0, 0

    def holiday():
        nonlocal holidays
        holidays += 1
        for row in c.rows:
            row["holidays"] = holidays
        c.set_timeout("BH")
        c.wait(changes=lambda code: False)  # it hears of them

    def until_open():
        while (code := c.daytime()) != "BH":
            if code == "HDAY":
                return holiday()
            c.set_timeout(c.timerange("BH") + int(c.rows[0]["chain_id"]) % 8 * 225)
            if c.wait(changes=lambda code: code == "HDAY"):
                return holiday()

    while True:
        row = c.next_record(None, repeat)
        repeat = False
        if row is None:
            if live == 0:
                return
            repeat, live = True, 0
            continue
        if c.attempts_made() >= 12:
            return
        if row["retired"] == "yes":
            continue
        live += 1
        until_open()
        near = c.timerange("HDAY") < 86400
        result = c.dial(row)
        if result == "Answer":
            return
        if result in HOPELESS:
            row["retired"] = "yes"
            continue
        c.set_timeout(14400 if near else 266400)
        if c.wait(changes=lambda code: code == "HDAY"):
            holiday()


def validated(c):
    c.validated, c.options[0], c.extensions = True, {"pre-dial-validation": "true"}, {"checked": "by CRM"}
    repeat, asked, useful, wrong = False, 0, 0, []

    def not_today():
        c.set_timeout("BBH")
        c.wait()

    while True:
        row = c.next_record(None, repeat)
        repeat = False
        if row is None:
            if useful == 0:
                return
            repeat, useful = True, 0
            continue
        if row in wrong:
            continue
        if c.attempts_made() >= 8:
            return
        rest, away, result = 1 if row["priority"] == "high" else 5, 0, None
        useful += 1
        while result in (None, "Stale", "NoProgress"):
            c.set_timeout("BH")
            c.wait()
            if asked >= 24:
                return
            asked += 1
            row["asked"] = asked
            result = c.dial(row)
            if result in ("Answer", "CancelRecord"):
                return
            if result == "Stale":
                away = 0
                not_today()
            elif result == "NoProgress":
                away += 1
                c.set_timeout(1800)
                if c.wait(changes=lambda code: code != "BH") or away >= 3:
                    away = 0
                    not_today()
        if result in HOPELESS:
            wrong.append(row)
            useful -= 1
        else:
            c.set_timeout(rest * 86400)
            c.wait()
