#!/usr/bin/env python3
# Writes the calling lists and the do-not-call list of campaign.toml, the same every time: five lists of some hundred chains
# with one to four numbers each, in three time zones. Usage: make_lists.py FOLDER [CHAINS]. The numbers are kept for fiction.
import csv
import pathlib
import random
import sys

CHAINS = 200  # of each list
HOME, BUSINESS, EXTENSION, MOBILE = 1, 2, 3, 4  # contact_info_type
ZONES = ((122, "America/Los_Angeles"), (130, "Europe/Berlin"), (140, "Australia/Sydney"))
WHOLE_DAY = (0, 86400)
EVENING = (17 * 3600, 21 * 3600)
LATE_MORNING = (10 * 3600 + 1800, 17 * 3600)
# How a call ends is decided by the last digit of the number, see campaign.toml. Most are numbers that want more than one call.
DIGITS = "00001222233333444456789999"
# name, kinds of contacts, columns of its own with the values they begin with
LISTS = (
    ("companies", ((BUSINESS,), (BUSINESS, EXTENSION), (EXTENSION, BUSINESS, MOBILE), (MOBILE, BUSINESS)), {"state": ("",)}),
    ("people", ((HOME, MOBILE), (BUSINESS, HOME, MOBILE), (MOBILE, BUSINESS, HOME, MOBILE), (HOME,)),
     {"likes_best": ("", "4", "", "1"), "called_in": ("",), "retired": ("",)}),
    ("debtors", ((HOME, MOBILE), (MOBILE,), (HOME, BUSINESS, MOBILE)),
     {"segment": ("gold", "standard", "standard"), "retired": ("",)}),
    ("families", ((HOME,), (MOBILE, HOME), (HOME, MOBILE, MOBILE)), {"holidays": ("0",), "retired": ("",)}),
    ("leads", ((MOBILE, BUSINESS), (MOBILE,), (BUSINESS, MOBILE, HOME)), {"asked": ("",), "priority": ("",)}),
)


def number(draw, zone, digit):
    if zone == 0:
        return f"+1{draw.randint(201, 988)}55501{draw.randint(0, 9)}{digit}"
    return f"+493023125{draw.randint(0, 99):02d}{digit}" if zone == 1 else f"+6125550{draw.randint(0, 999):03d}{digit}"


def hours(draw, name, kind):
    """daily_from and daily_till; the columns' defaults would be 08:00 and 18:00."""
    if name == "people":
        return {HOME: EVENING, MOBILE: (8 * 3600, 20 * 3600 + 1800)}.get(kind, (28800, 64800))
    if name == "debtors":
        return draw.choice(((28800, 64800), (28800, 75600)))
    return draw.choice((WHOLE_DAY, (28800, 64800), LATE_MORNING))


def rows_of(draw, name, chains, kinds, columns):
    """tz_dbid says the zone in some lists, tz_name in others, and in one of them where it is filled."""
    record_id = 0
    for chain_id in range(1, chains + 1):
        home = chain_id % len(ZONES)
        for chain_n, kind in enumerate(draw.choice(kinds), 1):
            record_id += 1
            zone = draw.randrange(len(ZONES)) if draw.random() < 0.1 else home  # some have a number in another country
            row = {"record_id": record_id, "chain_id": chain_id, "chain_n": chain_n,
                   "contact_info": number(draw, zone, draw.choice(DIGITS)), "contact_info_type": kind}
            row["daily_from"], row["daily_till"] = hours(draw, name, kind)
            if name in ("companies", "debtors", "leads"):
                row["tz_dbid"] = ZONES[zone][0]
            elif name == "people":
                row["tz_name"] = ZONES[zone][1]
            else:
                named = zone == 1 or draw.random() < 0.5
                row["tz_dbid"], row["tz_name"] = (122, ZONES[zone][1]) if named else (ZONES[zone][0], "")
            row.update({column: values[chain_id % len(values)] for column, values in columns.items()})
            yield row


def main():
    if len(sys.argv) not in (2, 3):
        print("make_lists.py: one argument: the folder to write to; a second one: the chains of each list", file=sys.stderr)
        return 2
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    blocked = []
    for name, kinds, columns in LISTS:
        rows = list(rows_of(random.Random(name), name, int(sys.argv[2]) if len(sys.argv) == 3 else CHAINS, kinds, columns))
        with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            out.writeheader()
            out.writerows(rows)
        blocked += [row["contact_info"] for row in rows[::61]]
    (folder / "do_not_call.csv").write_text("phone\n" + "".join(f"{phone}\n" for phone in sorted(set(blocked))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
