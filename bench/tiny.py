"""Every bench once, on little input, so that none rots: its results are checked, its figures mean nothing.
python3 bench/tiny.py CHAINRING_BENCH"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# Micro benches that are large by themselves.
LARGE = "1048576|1000000|100000$|100000/|keep_sessions|large"


def run(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=600)
    if done.returncode != 0 or "ERROR OCCURRED" in done.stdout:
        sys.exit(f"tiny.py: {' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def chains(program, *words):
    line = json.loads(run(program, "chains", *words))
    print(json.dumps(line), flush=True)
    return line


def main():
    program = sys.argv[1]
    for lanes in (1, 2):
        line = chains(program, "--chains", 1_000, "--events", 14_000, "--lanes", lanes)
        for key in ("chains", "events", "lanes", "cpu_s", "wall_s", "events_per_cpu_s", "bare_actor_events_per_cpu_s",
                    "rss_bytes_per_chain", "create_cpu_ns"):
            if key not in line:
                sys.exit(f"tiny.py: chains says nothing of {key}")
        if (line["chains"], line["events"], line["lanes"]) != (1_000, 14_000, lanes):
            sys.exit(f"tiny.py: chains has run something else: {line}")
    with tempfile.TemporaryDirectory() as folder:
        chains(program, "--chains", 200, "--events", 1_400, "--store", f"{folder}/chart.db")
        line = json.loads(run(program, "store", "--store", f"{folder}/store.db", "--records", 2_000, "--rounds", 1))
        if line["rows_per_s"] <= 0 or line["bare_rows_per_s"] <= 0:
            sys.exit(f"tiny.py: the store bench has measured nothing: {line}")
        for store in ((), ("--store", f"{folder}/calls.db")):
            line = chains(program, "--chains", 1_000, "--treatment", HERE / "one_call.scxml", *store)
            if line["ended"] != 1_000 or line["attempts"] < 1_000:
                sys.exit(f"tiny.py: chains are missing: {line}")
    line = json.loads(run(program, "across", "--events", 20_000))
    if line["events"] != 20_000 or line["bare_events_per_s"] <= 0:
        sys.exit(f"tiny.py: events have not come across: {line}")
    print(run(program, "micro", "--benchmark_min_time=0.001", f"--benchmark_filter=-({LARGE})"))


main()
