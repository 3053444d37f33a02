"""kill -9 in the middle of a run, again and again, then the same command once more: it goes on from the rows, none is
lost, no attempt is in the log twice, and what was in flight is marked."""
from harness import *


def main():
    chains, kills = 4000, 3
    with Scratch(program_argument()) as scratch:
        csv_path = write_list(scratch.path("people.csv"), [
            {"record_id": i, "chain_id": i, "chain_n": 1, "contact_info": f"1555{i:07d}", "daily_from": 0, "daily_till": 86400}
            for i in range(1, chains + 1)])
        config = scratch.write("run.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
[stats]
enabled = false
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 400
calls-per-second = 1500
ring-ms = [50, 150]
talk-ms = [50, 100]
seed = 5
weights = {{ Answer = 5, SIT_Vacant = 2 }}
log = "calls.log"
[[list]]
name = "people"
csv = "{csv_path}"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/retry_by_result.scxml"
redial-gap = 1
""")
        store, log = scratch.path("people.db"), scratch.path("calls.log")
        command = ["run", "--list", csv_path, "--treatment", f"file://{TREATMENTS}/retry_by_result.scxml", "--config", config,
                   "--store", store]

        def calls():
            return log.read_text().count("\n") if log.exists() else 0

        for kill in range(1, kills + 1):
            process = scratch.start(scratch.program, *command)
            wait_for(lambda: calls() > kill * chains // (kills + 2) or process.poll() is not None, f"run {kill} dials")
            if process.poll() is not None:
                fail(f"run {kill} ended before it could be killed: {process.stderr.read()[-2000:]}")
            process.kill()
            process.wait()
        scratch.run(*command)

        exported = scratch.export("people", store)
        check(len(exported) == chains, f"{len(exported)} rows, {chains} in the list")
        check(all(r["record_status"] == "3" for r in exported), "a row is not Updated")
        dialed = [(line["record_id"], line["attempt"]) for line in call_log(log)]
        check(len(dialed) == len(set(dialed)), "an attempt was dialed twice")
        kept = {(int(r["record_id"]), int(r["attempt"])): r for r in rows(scratch.attempts(store))}
        check(set(dialed) <= set(kept), "a call in the log is not among the attempts")
        check({r for r, _ in kept} == set(range(1, chains + 1)), "a record was never tried")
        undialed = [r for r in kept.keys() - set(dialed) if kept[r]["result"] not in ("", "Unknown")]
        check(not undialed, f"results without a call: {undialed[:5]}")
        unknown = sum(r["result"] == "" or r["result"] == "Unknown" for r in kept.values())
        check(0 < unknown < chains // 2, f"{unknown} attempts of unknown end after {kills} kills")
        done = scratch.run(*command)
        check("nothing to do" in done.stdout + done.stderr, "a finished list is not recognized")
        print(f"{kills} kills, {len(dialed)} calls, {unknown} attempts whose end is unknown, no row lost")


main()
