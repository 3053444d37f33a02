"""100,000 chains live at once in one process (10,000 under the thread sanitizer), waiting in ocs:timeout: as many chain actors as
live chains at /api/v1/actors, in less than 300 MB; the other routes answer too."""
from harness import *


def main():
    program = program_argument()
    chains = 10_000 if sanitized(program, by=["thread"]) else 100_000
    with Scratch(program) as scratch:
        csv_path = write_list(scratch.path("crowd.csv"), [
            {"record_id": i, "chain_id": i, "chain_n": 1, "contact_info": f"1555{i:07d}", "daily_from": 0, "daily_till": 86400}
            for i in range(1, chains + 1)])
        port = free_port()
        config = scratch.write("node.toml", f"""
[node]
log-level = "warning"
passivate-after = 0
treatment-roots = ["{TREATMENTS}"]
[stats]
port = {port}
[store]
path = "crowd.db"
[[trunk]]
name = "sim"
kind = "simulated"
weights = {{ Answer = 1 }}
[[list]]
name = "crowd"
csv = "{csv_path}"
[[campaign]]
name = "crowd"
lists = ["crowd"]
treatment-uri = "file://{TREATMENTS}/wait.scxml"
chains-live-max = {chains}
""")
        node = scratch.start(scratch.program, "node", "--config", config)

        def live():
            check(node.poll() is None, f"the node has ended: {node.stderr.read()[-3000:] if node.poll() is not None else ''}")
            try:
                return {a["class"]: a["live"] for a in get_json(port, "/api/v1/actors")}.get("chain", 0)
            except OSError:
                return -1
        wait_for(lambda: live() == chains, f"{chains} chain actors", seconds=300)
        campaign = get_json(port, "/api/v1/campaigns")[0]
        check(campaign["live"] == chains, f"the campaign counts {campaign['live']} live chains")
        check(get_json(port, "/api/v1/node")["lanes"] >= 1, "the node does not tell its lanes")
        metrics = get_text(port, "/metrics")
        check(f'chainring_actors{{class="chain"}} {chains}' in metrics, "the metrics do not count the chains")
        check(get_text(port, "/live").strip() != "" and get_text(port, "/ready") is not None, "not live or not ready")
        resident = int(re.search(r"VmRSS:\s+(\d+) kB", open(f"/proc/{node.pid}/status").read()).group(1)) * 1024
        if "AddressSanitizer" not in metrics and not sanitized(scratch.program):
            check(resident < 300e6, f"{resident / 1e6:.0f} MB resident for {chains} waiting chains")
        status = scratch.run("status", "--url", f"http://127.0.0.1:{port}").stdout
        check(f"{chains} live" in status, f"status does not tell the live chains:\n{status}")
        explained = scratch.run("explain", "--record", 7, "--url", f"http://127.0.0.1:{port}").stdout
        check("record 7" in explained and "Retrieved" in explained, f"explain says:\n{explained}")
        print(f"{chains} chain actors in {resident / 1e6:.0f} MB")


main()
