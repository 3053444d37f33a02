"""A store that refuses an intent, a result or the end of some chains for good: these chains end with SystemError and the
reason is stored; every other chain goes on to its end, and the run with it."""
from harness import *
import sqlite3

CHAINS = 300
INTENT, RESULT, END = 7, 11, 13  # the chains whose writes are refused
TRIGGERS = f"""
CREATE TRIGGER no_intent BEFORE INSERT ON attempts WHEN NEW.chain_id = {INTENT} BEGIN SELECT RAISE(ABORT, 'no intent'); END;
CREATE TRIGGER no_result BEFORE UPDATE ON attempts WHEN NEW.chain_id = {RESULT} AND NEW.state = 2
  BEGIN SELECT RAISE(ABORT, 'no result'); END;
CREATE TRIGGER no_end BEFORE INSERT ON chains WHEN NEW.chain_id = {END} AND NEW.reason = ''
  BEGIN SELECT RAISE(ABORT, 'no end'); END;
"""


def main():
    with Scratch(program_argument()) as scratch:
        csv_path = write_list(scratch.path("people.csv"), [
            {"record_id": i, "chain_id": i, "chain_n": 1, "contact_info": f"1555{i:07d}", "daily_from": 0, "daily_till": 86400}
            for i in range(1, CHAINS + 1)])
        config = scratch.write("sim.toml", """
[stats]
enabled = false
[[trunk]]
name = "sim"
kind = "simulated"
weights = { Answer = 1 }
""")
        store = scratch.path("people.db")
        scratch.run("import", "--list", "people", csv_path, "--store", store)
        with sqlite3.connect(store) as file:
            file.executescript(TRIGGERS)
        file.close()
        done = scratch.run("run", "--list", csv_path, "--treatment", f"file://{TREATMENTS}/retry_by_result.scxml", "--config",
                           config, "--store", store, "--virtual-time")
        check(f"{CHAINS} ended of {CHAINS}" in done.stdout, done.stdout)
        for chain, why in ((INTENT, "no intent"), (RESULT, "no result"), (END, "no end")):
            lines = [l for l in done.stderr.splitlines() if f"chain {chain}: " in l and why in l and "SystemError" in l]
            check(len(lines) == 1, f"chain {chain}: {len(lines)} lines say why it ended:\n{done.stderr[-3000:]}")
        exported = {int(r["chain_id"]): r for r in scratch.export("people", store)}
        check(all(r["record_status"] == "3" for r in exported.values()), "a row is not Updated")
        check(all(r["call_result"] == "33" for c, r in exported.items() if c not in (INTENT, RESULT, END)),
              "a chain that nothing refused did not go on to its answer")
        check(exported[INTENT]["call_result"] == exported[RESULT]["call_result"] == "4", "SystemError is not in the rows")
        attempts = {int(a["chain_id"]): a["result"] for a in rows(scratch.attempts(store))}
        check(INTENT not in attempts, "a call was made although its intent was refused")
        check(attempts[RESULT] == "", "a refused result is in the store")
        with sqlite3.connect(store) as file:
            reasons = dict(file.execute("SELECT chain_id, reason FROM chains WHERE reason <> ''"))
        file.close()
        check(set(reasons) == {INTENT, RESULT, END} and "no result" in reasons[RESULT], f"reasons stored: {reasons}")
        print(f"3 of {CHAINS} chains were refused a write and ended with SystemError, the others went on")


main()
