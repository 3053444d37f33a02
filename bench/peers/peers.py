#!/usr/bin/env python3
"""chainring beside its peers in one run: rounds of all programs in turn, the median of each figure, and the table of bars.
`chainring-bench peers` runs this; README.md says what is measured and how to read it."""
import argparse
import datetime
import json
import os
import pathlib
import sys
import time

from bars import medians, summary, table
from programs import BUILD, ROOT, TINY, Chainring, Erlang, Failure, QtScxml, Scion, Size, command

RESULTS = ROOT / "bench" / "results.jsonl"
NAMES = ("chainring", "scion", "qt", "erlang")


def say(text):
    print(f"peers: {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="chainring-bench peers", description=__doc__.split("\n")[0])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build" / "release" / "chainring-bench",
                        help="chainring-bench itself")
    parser.add_argument("--rounds", type=int, help=f"of all programs in turn, {Size.rounds} unless told")
    parser.add_argument("--only", choices=NAMES, action="append", help="play these only; may be said several times")
    parser.add_argument("--tiny", action="store_true", help="play everything in seconds: results are checked, figures mean "
                                                            "nothing; peers that are not installed are left out")
    parser.add_argument("--install", action="store_true", help="with --tiny: install peers that are missing all the same")
    parser.add_argument("--record", type=pathlib.Path, nargs="?", const=RESULTS, metavar="FILE",
                        help="append the figures as a line of JSON, bench/results.jsonl unless told")
    wanted = parser.parse_args()
    if wanted.rounds is not None and wanted.rounds < 1:
        parser.error("--rounds: at least 1")
    return wanted


def ready(peer, may_install):
    """Is there all that it needs? Installs and builds it."""
    if not peer.installed():
        if not may_install:
            say(f"{peer.name} is not installed: left out")
            return False
        say(f"installing {peer.name}")
        peer.install()
    peer.prepare()
    return True


def play(runs, rounds, complain):
    """-> the figures of each round. A program that fails is not played again."""
    all_rounds, failed = [], set()
    for number in range(1, rounds + 1):
        figures = {}
        for run in runs:
            if run.what in failed:
                continue
            begun = time.monotonic()
            try:
                took = run.take(command(run.words, environment=run.environment))
            except (Failure, ValueError, KeyError, IndexError) as problem:
                failed.add(run.what)
                complain(f"{run.what}: {problem if isinstance(problem, Failure) else f'what it printed lacks {problem}'}")
                continue
            figures |= took
            say(f"round {number} of {rounds}: {run.what}: {time.monotonic() - begun:.1f} s")
        all_rounds.append(figures)
    return all_rounds


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return os.uname().machine


def commit():
    try:
        return command(["git", "-C", ROOT, "describe", "--always", "--dirty"]).strip()
    except Failure:
        return "unknown"


def result(figures, rounds, is_tiny):
    return {"bench": "peers", "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "commit": commit(),
            "processor": processor(), "cores": os.cpu_count(), "rounds": rounds, "tiny": is_tiny,
            "figures": {name: float(f"{number:.4g}") for name, number in figures.items()}, **summary(figures)}


def main():
    wanted = arguments()
    size = TINY if wanted.tiny else Size()
    rounds = wanted.rounds or size.rounds
    complaints = []

    def complain(text):
        complaints.append(text)
        say(text)

    BUILD.mkdir(parents=True, exist_ok=True)
    runs = []
    # What is divided by each other runs close together: a machine is not as busy at all times.
    for peer in (Scion(), QtScxml(), Chainring(wanted.program), Erlang()):
        if wanted.only and peer.name not in wanted.only:
            continue
        try:
            if ready(peer, wanted.install or not wanted.tiny):
                runs += peer.runs(size)
        except Failure as problem:
            complain(str(problem))
    figures = medians(play(runs, rounds, complain))
    print("\n".join(table(figures, judged=not wanted.tiny)))
    if wanted.tiny:
        print("tiny: these figures mean nothing; " + ("not every program ran" if complaints else "every program ran as it should"))
    if wanted.record:
        with open(wanted.record, "a") as out:
            out.write(json.dumps(result(figures, rounds, wanted.tiny)) + "\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
