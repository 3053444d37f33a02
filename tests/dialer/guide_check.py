#!/usr/bin/env python3
# Is dialer/ocs_guide.md complete? Every row of ocs_guide_rows.txt with its words and a test that exists, and every number of
# error_codes.hpp. Usage: guide_check.py ROOT. One line per complaint, FILE: WHAT: HOW TO MEND; exit status 1 when there is any.
import os
import re
import sys

PAGE = "dialer/ocs_guide.md"
ROWS = "tests/dialer/ocs_guide_rows.txt"
CODES = "dialer/error_codes.hpp"
SCRIPTS = "tests/integration/CMakeLists.txt"
# Rows that may say "not yet": they can leave this list, none joins it.
NOT_YET = set()

TEST_CASE = re.compile(r'TEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+)')
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
ERROR_CODE = re.compile(r"^  (\w+) = (\d+),\s*// (.*(?:\n\s+// .*)*)", re.M)
WITNESS = re.compile(r"`(tests/[^`]+)`(?:: (.+))?$")


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def cells(page):
    """The cells of every line of a table but its head."""
    for line in page.split("\n"):
        if line.startswith("| ") and not line.startswith(("| row |", "| code |")):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def test_cases(source):
    return {"".join(STRING.findall(names)).replace('\\"', '"') for names in TEST_CASE.findall(source)}


def check_witness(root, row, witness):
    """What is wrong with one entry of the column `shown by`."""
    if witness.startswith("**not yet**: "):
        if row not in NOT_YET:
            yield f"{PAGE}: {row} is not shown yet: write its test"
        return
    match = WITNESS.match(witness)
    if not match or not os.path.exists(os.path.join(root, match.group(1))):
        yield f"{PAGE}: {row} is shown by {witness}: name a file of tests/ that there is"
        return
    path, name = match.groups()
    if path.endswith(".py"):
        script = os.path.splitext(os.path.basename(path))[0]
        if script not in re.findall(r"\w+", read(root, SCRIPTS)):
            yield f"{PAGE}: {row} is shown by {path}, which ctest does not run: add it to {SCRIPTS}"
    elif name not in test_cases(read(root, path)):
        yield f"{PAGE}: {row} is shown by \"{name}\": {path} has no such test case"


def check_rows(root, rows_text, page):
    wanted = dict(line.split("\t", 1) for line in rows_text.split("\n") if line and not line.startswith("#"))
    shown = {}
    for row in cells(page):
        if len(row) != 3:
            yield f"{PAGE}: {row[0]} has {len(row)} cells: write three"
        elif not row[0].isdigit():
            if row[0] in shown:
                yield f"{PAGE}: {row[0]} is there twice: take one out"
            shown[row[0]] = row
    for name, words in wanted.items():
        if name not in shown:
            yield f"{PAGE}: the row {name} is missing: show it by a test"
        elif shown[name][1] != words:
            yield f"{PAGE}: {name} says \"{shown[name][1]}\": {ROWS} has \"{words}\""
    for name in shown.keys() - wanted.keys():
        yield f"{PAGE}: {name} is no row of the guide: add it to {ROWS}, or take it out"
    for name, row in shown.items():
        for witness in row[2].split("<br>"):
            yield from check_witness(root, name, witness.strip())


def check_codes(header, page):
    wanted = {(number, name, re.sub(r"\s*\n\s*// ", " ", what)) for name, number, what in ERROR_CODE.findall(header)}
    shown = {tuple(row) for row in cells(page) if row[0].isdigit()}
    if not wanted:
        yield f"{CODES}: no code can be read: write NAME = NUMBER, // WHAT"
    for number, name, _ in sorted(wanted - shown):
        yield f"{PAGE}: code {number}, {name}, is not as in {CODES}: write | {number} | {name} | and its comment"
    for number, name, *_ in sorted(shown - wanted):
        yield f"{PAGE}: code {number}, {name}, is not in {CODES}: numbers are never taken out"


def check_guide(root):
    page = read(root, PAGE)
    yield from check_rows(root, read(root, ROWS), page)
    yield from check_codes(read(root, CODES), page)


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        print("guide_check.py: one argument: the root of the source tree", file=sys.stderr)
        return 2
    complaints = list(check_guide(sys.argv[1]))
    for complaint in complaints:
        print(complaint)
    open_rows = read(sys.argv[1], PAGE).count("**not yet**")
    print(f"guide: {len(complaints)} complaints" if complaints else f"guide: every row is there, {open_rows} not shown yet")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
