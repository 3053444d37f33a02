#!/usr/bin/env python3
# Writes the calling lists of the sample campaign: 10,000 chains with two or three contacts each, the same every time.
# Usage: make_list.py FOLDER. Numbers are of the range that is kept for fiction: area code 555-0100 to 555-0199.
import csv
import os
import sys

ZONES = (122, 123, 124, 125, 126, 127)  # tz_dbid, named in campaign.toml
HOME, BUSINESS, MOBILE = 1, 2, 4        # contact_info_type
LISTS = (
    # name, chains, kinds of contacts by chain_n, user column and its values
    ("families", 5000, ((HOME, MOBILE), (MOBILE, HOME, MOBILE)), "children", ("0", "1", "2", "3")),
    ("companies", 3000, ((BUSINESS, MOBILE), (BUSINESS, HOME, MOBILE)), "industry", ("bakery", "bank", "farm")),
    ("members", 2000, ((MOBILE, HOME), (HOME, BUSINESS, MOBILE)), "segment", ("premium", "premium", "standard")),
)
BLOCKED_EVERY = 97  # every so many numbers one is on the do-not-call list


def number(serial):
    """A number that no other serial below 78,800 has."""
    return f"+1{200 + serial % 788}55501{serial // 788:02d}"


def main():
    if len(sys.argv) != 2:
        print("make_list.py: one argument: the folder to write to", file=sys.stderr)
        return 2
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    serial = 0
    blocked = []
    for name, chains, kinds, column, values in LISTS:
        path = os.path.join(folder, name + ".csv")
        with open(path + ".new", "w", newline="", encoding="utf-8") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["record_id", "chain_id", "chain_n", "contact_info", "contact_info_type",
                          "daily_from", "daily_till", "tz_dbid", column, "note"])
            record_id = 0
            for chain_id in range(1, chains + 1):
                for chain_n, kind in enumerate(kinds[chain_id % 2], 1):
                    record_id += 1
                    # The whole day, so that the sample ends at any hour; a real list would leave both columns out and
                    # get 08:00 to 18:00.
                    out.writerow([record_id, chain_id, chain_n, number(serial), kind, 0, 86400,
                                  ZONES[chain_id % len(ZONES)], values[chain_id % len(values)], ""])
                    if serial % BLOCKED_EVERY == 0:
                        blocked.append(number(serial))
                    serial += 1
        os.replace(path + ".new", path)
    with open(os.path.join(folder, "do_not_call.csv"), "w", encoding="utf-8") as file:
        file.write("phone\n" + "".join(phone + "\n" for phone in blocked))
    return 0


if __name__ == "__main__":
    sys.exit(main())
