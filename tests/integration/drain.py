"""SIGTERM to a node: no new calls, calls in progress end and are stored, exit 0; the next start goes on."""
from harness import *
import signal


def main():
    chains = 2000
    with Scratch(program_argument()) as scratch:
        csv_path = write_list(scratch.path("people.csv"), [
            {"record_id": i, "chain_id": i, "chain_n": 1, "contact_info": f"1555{i:07d}", "daily_from": 0, "daily_till": 86400}
            for i in range(1, chains + 1)])
        config = scratch.write("node.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
[stats]
enabled = false
[store]
path = "people.db"
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 200
calls-per-second = 500
ring-ms = [300, 600]
talk-ms = [100, 200]
weights = {{ Answer = 1 }}
log = "calls.log"
[[list]]
name = "people"
csv = "{csv_path}"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/retry_by_result.scxml"
""")
        log = scratch.path("calls.log")

        def calls():
            return log.read_text().count("\n") if log.exists() else 0

        node = scratch.start(scratch.program, "node", "--config", config)
        wait_for(lambda: calls() > 300 or node.poll() is not None, "calls")
        node.send_signal(signal.SIGTERM)
        stopped = node.wait(timeout=60)
        check(stopped == 0, f"exit status {stopped}: {node.stderr.read()[-2000:]}")
        attempts = rows(scratch.attempts(scratch.path("people.db")))
        check(len(attempts) == calls(), f"{calls()} calls in the log, {len(attempts)} attempts")
        check(all(a["result"] == "Answer" for a in attempts), "a call in progress was not waited for")
        ended = sum(r["record_status"] == "3" for r in scratch.export("people", scratch.path("people.db")))
        check(ended == len(attempts), f"{len(attempts)} calls were answered, {ended} rows are Updated")
        check(ended < chains, "the node was not stopped in the middle")

        node = scratch.start(scratch.program, "node", "--config", config)
        wait_for(lambda: calls() >= chains or node.poll() is not None, "the rest of the calls")
        node.send_signal(signal.SIGTERM)
        check(node.wait(timeout=60) == 0, "the second node failed")
        dialed = [line["record_id"] for line in call_log(log)]
        check(sorted(dialed) == list(range(1, chains + 1)), "a record was dialed twice or not at all")
        print(f"stopped after {len(attempts)} calls, went on to {len(dialed)}, each record once")


main()
