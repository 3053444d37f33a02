"""100,000 chains against a real nginx: its access log shows one GET for the document, on one connection."""
from harness import *


def nginx(scratch, documents):
    port = free_port()
    start_nginx(scratch, "$connection $request_method $request_uri $status",
                f"server {{ listen 127.0.0.1:{port}; root {documents}; }}", [port])
    return port


def main():
    chains = 5_000 if sanitized(program_argument(), by=["thread"]) else 100_000
    with Scratch(program_argument()) as scratch:
        port = nginx(scratch, TREATMENTS)
        csv_path = write_list(scratch.path("crowd.csv"), [
            {"record_id": i, "chain_id": i, "chain_n": 1, "contact_info": f"1555{i:07d}", "daily_from": 0, "daily_till": 86400}
            for i in range(1, chains + 1)])
        config = scratch.write("crowd.toml", """
[stats]
enabled = false
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 100000
calls-per-second = 100000
ring-ms = [1000, 3000]
talk-ms = [500, 1500]
seed = 7
weights = { Answer = 1 }
""")
        scratch.run("run", "--list", csv_path, "--treatment", f"http://127.0.0.1:{port}/retry_by_result.scxml", "--config", config,
                    "--store", scratch.path("crowd.db"), "--virtual-time")
        # Stopping the server writes what it has buffered.
        for process in scratch.processes:
            process.terminate()
            process.wait()
        seen = scratch.path("access.log").read_text().split("\n")[:-1]
        check(len(seen) == 1, f"{len(seen)} requests, not one: {seen[:5]}")
        check(seen[0].split()[1:] == ["GET", "/retry_by_result.scxml", "200"], f"the request was {seen[0]}")
        ended = sum(r["record_status"] == "3" for r in scratch.export("crowd", scratch.path("crowd.db")))
        check(ended == chains, f"{ended} of {chains} rows are Updated")
        print(f"{chains} chains, one GET")


main()
