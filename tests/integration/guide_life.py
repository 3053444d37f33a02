"""The rows of the OCS guide that need the whole program: one instance per chain that ends with it, no event for Ok and Unknown,
flexible attributes that reach the rows and the trunk, Finalize and Switch, a treatment named for one list alone."""
from harness import *
import oracle
import sqlite3

RESULTS = ["Ok", "Unknown", "Answer", "Busy"]  # by the last digit of a number


def make_records(chains):
    return [{"record_id": 2 * chain + n, "chain_id": chain, "chain_n": n, "contact_info": f"555{chain:05d}{n}{chain % 4}",
             "attempt": chain % 3, "daily_from": 0, "daily_till": 86400, "seen": ""}
            for chain in range(1, chains + 1) for n in (0, 1)]


def configuration(scratch, csv_path):
    rules = "".join(f'[[trunk.rule]]\nmatch = "{i}$"\nresult = "{result}"\n' for i, result in enumerate(RESULTS))
    uri = f"file://{TREATMENTS}/guide_life.scxml"
    return scratch.write("node.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
[stats]
enabled = false
[[trunk]]
name = "sim"
kind = "simulated"
log = "calls.log"
{rules}
[[list]]
name = "kept"
csv = "{csv_path}"
[[list]]
name = "passed_on"
csv = "{csv_path}"
treatment-uri = "{uri}?after=Switch"
[[campaign]]
name = "both"
lists = ["kept", "passed_on"]
treatment-uri = "{uri}"
""")


def main():
    with Scratch(program_argument()) as scratch:
        records = make_records(40)
        store = scratch.path("life.db")
        config = configuration(scratch, write_list(scratch.path("people.csv"), records))
        scratch.run("run", "--config", config, "--store", store, "--virtual-time")
        log = call_log(scratch.path("calls.log"))
        for name in ("kept", "passed_on"):
            calls = {c["record_id"]: c for c in log if c["list"] == name}
            for row in scratch.export(name, store):
                chain, n = int(row["chain_id"]), int(row["chain_n"])
                result = RESULTS[chain % 4]
                # Ok and Unknown are no events: the instance has ended before its second record.
                called = n == 0 or result in ("Answer", "Busy")
                what = f"{name}, row {row}"
                check((int(row["record_id"]) in calls) == called, f"{what}: called or not, against {result}")
                check(row["record_status"] == "3", f"{what}: not Updated")
                check(int(row["attempt"]) == chain % 3 + called, f"{what}: attempts")
                if called:
                    check(row["call_result"] == str(oracle.CODES[result]), f"{what}: not {result}")
                    call = calls[int(row["record_id"])]
                    check(call["attempt"] == chain % 3 + 1, f"{what}: called as attempt {call['attempt']}")
                    check(call["options"] == {"CPNDigits": "8884554040"}, f"{what}: options {call['options']}")
                    check(list(call["extensions"]) == ["DialAttr"] and call["extensions"]["DialAttr"].startswith("AttrValue "),
                          f"{what}: extensions {call['extensions']}")
                    check(row["seen"] == str(2 * (chain % 3) + n), f"{what}: gsw_chain_attempts was {row['seen']}")
                check(row["email_subject"] == "UserValue", f"{what}: USERDATA for all records is not in the row")
        check(len(log) == 2 * (40 + 20), f"{len(log)} calls")
        with sqlite3.connect(store) as db:
            ends = dict(db.execute("SELECT name || ' ' || post_processing, count(*) FROM chains JOIN lists"
                                   " ON id = list GROUP BY 1"))
        check(ends == {"kept Finalize": 40, "passed_on Switch": 40}, f"ends {ends}")
        print(f"{len(log)} calls with their attributes, 80 chains ended as Finalize and Switch say")


main()
