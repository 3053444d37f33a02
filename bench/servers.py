"""Against one nginx in one run: how long a document takes the node and a request takes wrk, over one connection each, and how many
chains start per second on a document that is in the cache. Prints a JSON line for each figure."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "integration"))
from ordered_node import *

CHAINS, DOCUMENTS = 200_000, 5_000


def main():
    with Scratch(program_argument()) as scratch:
        port = free_port()
        block = f"server {{ listen 127.0.0.1:{port}; root {TREATMENTS}; keepalive_requests 1000000; }}"
        start_nginx(scratch, "$status", block, [port])
        origin = f"http://127.0.0.1:{port}"
        campaigns = {}
        for name, treatment, parts in (("warming", "wait", [""]), ("crowd", "wait", [""] * CHAINS),
                                       ("asking", "asks_a_server", [f"{origin}/part.scxml?{n}" for n in range(DOCUMENTS)])):
            campaigns[name] = f"{origin}/{treatment}.scxml", {name: (people(scratch, name, parts), "")}
        node = OrderedNode(scratch, campaigns, patience_s=300)

        node.start("warming", until=lambda c: c["live"] == 1)
        took_s = node.start("crowd", until=lambda c: c["live"] == CHAINS)
        print(json.dumps({"bench": "chains_started_warm_cache", "chains": CHAINS, "per_second": round(CHAINS / took_s)}))

        wrk = subprocess.run(["wrk", "-t1", "-c1", "-d3s", f"{origin}/part.scxml"], capture_output=True, text=True)
        check(wrk.returncode == 0, wrk.stderr)
        average, unit = re.search(r"Latency\s+([\d.]+)(us|ms)", wrk.stdout).groups()
        before = node.servers()[origin]
        node.start("asking")
        after = node.servers()[origin]
        node.kill()
        answers = after["answers"] - before["answers"]
        mean_ms = (after["mean_ms"] * after["answers"] - before["mean_ms"] * before["answers"]) / answers
        check(after["connects"] == 1 and not after["errors"], f"{after}")
        print(json.dumps({"bench": "fetch_latency", "documents": answers, "mean_us": round(mean_ms * 1000),
                          "wrk_mean_us": round(float(average) * (1000 if unit == "ms" else 1))}))


main()
