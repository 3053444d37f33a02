#!/usr/bin/env python3
# Daytime intervals against an independent oracle: Python's zoneinfo and the definition of the five codes. Random instants,
# zones and tables. Usage: daytime_oracle.py PROGRAM QUESTIONS [SEED]; PROGRAM is built from daytime_answers.cpp.
import array
import bisect
import calendar
import datetime
import random
import subprocess
import sys
import zoneinfo

DAY = 86400
CODES = ("BBH", "BH", "ABH", "WEND", "HDAY")
NO_WEEKDAYS, NO_HOLIDAYS, NEVER = -1, -2, -3
HORIZON = 3660 * DAY          # how far the program looks
HORIZON_SLACK = 4 * DAY       # where either answer will do: it counts local days
SPREAD = 500 * DAY            # the instants of one case lie within so much
INSTANTS = 8000               # of one case
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
ODD_ZONES = ("Australia/Lord_Howe", "Pacific/Chatham", "Antarctica/Troll", "Africa/Casablanca", "Africa/El_Aaiun",
             "Pacific/Apia", "Africa/Monrovia", "America/Havana", "America/Sao_Paulo", "Atlantic/Azores", "Asia/Gaza",
             "Asia/Kathmandu", "America/St_Johns", "Pacific/Kwajalein", "Pacific/Kiritimati", "Europe/Dublin", "Asia/Tehran",
             "America/Los_Angeles", "America/New_York", "Europe/Berlin", "Asia/Pyongyang", "America/Scoresbysund")


class Tables:
    """The two statistical tables: {weekday: (from, till)} with 0 for Sunday, {(year or 0, month, day)}; None: not configured."""

    def __init__(self, weekdays, holidays):
        self.weekdays, self.holidays = weekdays, holidays

    def code(self, local):
        """Of a local time, as OCS defines it."""
        if self.weekdays is None and self.holidays is None:
            return "HDAY"
        if self.holidays and {(local.year, local.month, local.day), (0, local.month, local.day)} & self.holidays:
            return "HDAY"
        hours = (self.weekdays or {}).get(local.isoweekday() % 7)
        if hours is None:
            return "WEND"
        second = local.hour * 3600 + local.minute * 60 + local.second
        return "BBH" if second < hours[0] else "BH" if second < hours[1] else "ABH"

    def lines(self):
        if self.weekdays is not None:
            yield "weekdays"
            yield from (f"hours {day} {hours[0]} {hours[1]}" for day, hours in self.weekdays.items())
        if self.holidays is not None:
            yield "holidays"
            yield from (f"holiday {y} {m} {d}" for y, m, d in self.holidays)


def offset(zone, at):
    return zone.utcoffset(local_time(zone, at)) // datetime.timedelta(seconds=1)


def local_time(zone, at):
    return datetime.datetime.fromtimestamp(at, zone)


def clock_changes(zone, first, last):
    """Instants at which the offset changes: those of a coarse scan, narrowed down."""
    step, found = DAY // 4, []
    before = offset(zone, first)
    for at in range(first + step, last + step, step):
        after = offset(zone, at)
        if after != before:
            low, high = at - step, at
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
            found.append(high)
        before = after
    return found


class Timeline:
    """Which code holds from when on, between two instants. Codes change at no other instants than those at which the clock of
    the zone is set, or shows midnight, a start or an end of business hours."""

    def __init__(self, zone, tables, first, last):
        candidates = {first} | set(clock_changes(zone, first, last))
        set_days = {local_time(zone, at + k * DAY).date() for at in candidates for k in (-1, 0, 1)}
        date = local_time(zone, first).date() - datetime.timedelta(days=1)
        while (midnight := calendar.timegm(date.timetuple())) < last + 2 * DAY:
            hours = (tables.weekdays or {}).get(date.isoweekday() % 7, ())
            for second in {0, *hours}:
                wall = datetime.datetime.fromtimestamp(midnight + second, UTC).replace(tzinfo=zone)
                candidates.add(round(wall.timestamp()))
                if date in set_days:
                    candidates.add(round(wall.replace(fold=1).timestamp()))
            date += datetime.timedelta(days=1)
        self.starts, self.codes = [], []
        for at in sorted(at for at in candidates if first <= at <= last):
            code = tables.code(local_time(zone, at))
            if not self.codes or self.codes[-1] != code:
                self.starts.append(at)
                self.codes.append(code)
        self.starts_of = {code: [s for s, c in zip(self.starts, self.codes) if c == code] for code in CODES}
        self.tables, self.zone = tables, zone

    def answers(self, at):
        i = bisect.bisect_right(self.starts, at) - 1
        code = self.codes[i]
        change = self.starts[i + 1] if i + 1 < len(self.starts) else -1
        return [CODES.index(code), offset(self.zone, at), change] + [self.next_start(c, code, at) for c in CODES]

    def next_start(self, wanted, current, at):
        if wanted == "HDAY" and self.tables.holidays is None:
            return NO_HOLIDAYS
        if wanted != "HDAY" and self.tables.weekdays is None:
            return NO_WEEKDAYS
        if wanted == current:
            return at
        starts = self.starts_of[wanted]
        i = bisect.bisect_right(starts, at)
        return starts[i] if i < len(starts) else NEVER


def random_tables(rng, first):
    weekdays, holidays = None, None
    if rng.random() < 0.93:
        weekdays = {}
        days = rng.choice(([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], list(range(7)), rng.sample(range(7), rng.randint(0, 7))))
        same = random_hours(rng) if rng.random() < 0.5 else None
        for day in days:
            weekdays[day] = same or random_hours(rng)
    if rng.random() < 0.85:
        year = EPOCH.year + first // (365 * DAY)
        days = [rng.randrange(366) for _ in range(rng.choice((0, 1, 3, 12, 40)))]
        dates = [datetime.date(2024, 1, 1) + datetime.timedelta(days=d) for d in days]
        holidays = set()
        for d in dates:
            y = rng.choice((0, year, year + 1, max(1970, year + rng.randint(-1, 12))))
            if y == 0 or (d.month, d.day) != (2, 29) or calendar.isleap(y):
                holidays.add((y, d.month, d.day))
    return Tables(weekdays, holidays)


def random_hours(rng):
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(((9 * 3600, 17 * 3600), (8 * 3600, 21 * 3600), (0, DAY), (0, 12 * 3600), (12 * 3600, DAY)))
    if kind < 0.6:  # about the hours at which clocks are set
        start = rng.randrange(0, 4 * 3600)
        return start, start + rng.randint(1, 3 * 3600)
    if kind < 0.7:
        end = rng.randrange(22 * 3600, DAY + 1)
        return end - rng.randint(1, 7200), end
    start = rng.randrange(0, DAY)
    return start, rng.randint(start + 1, DAY)


def random_instants(rng, timeline, first, count):
    """Half of them anywhere, half beside a boundary or a change of the clock."""
    edges = [at for at in timeline.starts if at < first + SPREAD] + clock_changes(timeline.zone, first, first + SPREAD)
    for _ in range(count):
        if rng.random() < 0.5:
            yield first + rng.randrange(SPREAD)
        else:
            yield max(first, rng.choice(edges) + rng.choice((-1, 0, 1, rng.randint(-7200, 7200))))


def same(have, want, at):
    """Beyond the horizon the program may say never, and about it either."""
    for k, (h, w) in enumerate(zip(have, want)):
        if h == w:
            continue
        far = w == NEVER or (k == 2 and w == -1) or w > at + HORIZON - HORIZON_SLACK
        if not far or k < 2 or not (h in (NEVER, -1) or h > at + HORIZON - HORIZON_SLACK):
            return False
    return True


class Program:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, zone_name, tables, instants):
        lines = [f"zone {zone_name}", *tables.lines(), "at " + " ".join(map(str, instants)), ""]
        self.process.stdin.write("\n".join(lines).encode())
        self.process.stdin.flush()
        answers = array.array("q")
        answers.frombytes(self.process.stdout.read(len(instants) * 64))
        if len(answers) != 8 * len(instants):
            sys.exit(f"FAILED: the program ends amid {zone_name}")
        return answers

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit("FAILED: the program ends with an error")


def check_case(program, rng, zone_name, count):
    zone = zoneinfo.ZoneInfo(zone_name)
    first = rng.randrange(DAY, 27 * 365 * DAY + (30 * 365 * DAY if rng.random() < 0.7 else 0))
    if zone_name == "Pacific/Apia" and rng.random() < 0.7:
        first = 1_325_239_200 - SPREAD // 2  # where it has no 2011-12-30
    last = min(first + SPREAD + HORIZON + HORIZON_SLACK, 2_145_000_000)
    tables = random_tables(rng, first)
    timeline = Timeline(zone, tables, first, last)
    instants = list(random_instants(rng, timeline, first, count))
    answers = program.ask(zone_name, tables, instants)
    for i, at in enumerate(instants):
        have, want = answers[8 * i:8 * i + 8].tolist(), timeline.answers(at)
        if have != want and not same(have, want, at):
            words = "code offset next_change " + " ".join(CODES)
            sys.exit(f"FAILED: {zone_name} at {at}, {local_time(zone, at)}: {words}\n  {have} is answered,\n  {want} is right;"
                     f" tables:\n  " + "\n  ".join(tables.lines()))


def main():
    program, questions = Program(sys.argv[1]), int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    rng = random.Random(seed)
    names = sorted(zoneinfo.available_timezones() - {"Factory", "localtime"})
    asked, cases = 0, 0
    while asked < questions:
        odd = cases % 3 != 2
        name = ODD_ZONES[cases // 3 % len(ODD_ZONES)] if cases % 3 == 0 else rng.choice(ODD_ZONES) if odd else rng.choice(names)
        count = min(INSTANTS, questions - asked)
        check_case(program, rng, name, count)
        asked, cases = asked + count, cases + 1
    program.close()
    print(f"{asked} instants in {cases} zones and tables: all {8 * asked} answers as zoneinfo and the definition give them")


main()
