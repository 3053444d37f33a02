"""What the logs of trunks say of a store: every call in it, none twice, none inside a gap."""
import itertools

from harness import check


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
