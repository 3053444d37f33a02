"""What the logs of trunks say: of a store, that every call is in it, none twice, none inside a gap; of a trunk that several nodes
share, that its channels and calls per second were enough."""
import itertools

from harness import check
from oracle import Trunk

# What harness.busy_trunk() configures.
BUSY_TRUNK = Trunk(5, (20, 400), (50, 100), {"Answer": 5, "Busy": 3, "NoAnswer": 2}, [])


def check_calls(kept, log, gap_s):
    """kept: rows of an export of attempts; log: lines of all trunks. Returns how many calls there were, and how many attempts have
    an end that is unknown."""
    dialed = [(line["record_id"], line["attempt"]) for line in log]
    check(len(dialed) == len(set(dialed)), "an attempt was dialed twice")
    known = {(int(a["record_id"]), int(a["attempt"])) for a in kept}
    check(set(dialed) <= known, "a call of the log is not among the attempts")
    unknown = {(int(a["record_id"]), int(a["attempt"])): int(a["ended_ms"]) for a in kept if a["result"] in ("", "Unknown")}
    check(known - set(dialed) <= set(unknown), "an attempt that has a result was not dialed")
    at = {(line["record_id"], line["attempt"]): line["ms"] for line in log}
    for record, own in itertools.groupby(sorted(known), key=lambda one: one[0]):
        for before, after in itertools.pairwise(own):
            if before in unknown and after in at:
                check(at[after] >= unknown[before] + gap_s * 1_000, f"record {record} is called inside its gap")
    return len(dialed), len(unknown)


def most_starts(log, window_ms=1_000):
    """The most calls that have begun in any window of so long."""
    starts, first, most = sorted(line["ms"] for line in log), 0, 0
    for last, at in enumerate(starts):
        while at - starts[first] >= window_ms:
            first += 1
        most = max(most, last - first + 1)
    return most


def check_budget(log, trunk, capacity, starts, window_ms=1_000):
    """log: lines of all nodes' trunks; trunk: as the oracle has it: a call goes on to its end, whatever has become of its node.
    Returns the most starts of any window, and the most calls at any instant."""
    fastest = most_starts(log, window_ms)
    check(fastest <= starts, f"{fastest} calls have begun within {window_ms} ms, {starts} may")
    turns = []
    for line in log:
        _, ring, talk = trunk.call(line["list"], line["record_id"], line["attempt"], line["number"])
        turns += [(line["ms"], 1), (line["ms"] + ring + talk, -1)]
    most = max(itertools.accumulate(step for _, step in sorted(turns)))  # an end before a start of the same millisecond
    check(most <= capacity, f"{most} calls were in progress at once, for {capacity} channels")
    return fastest, most
