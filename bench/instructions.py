"""Instructions of one step of a chain, counted by callgrind, beside those that were recorded.
python3 bench/instructions.py CHAINRING_BENCH BUILD [--record]: BUILD names the kind of build (dev, release), since they differ.
A rise of more than a tenth is reported, and is no failure: another compiler counts otherwise."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

RECORDED = pathlib.Path(__file__).resolve().parent / "instructions.json"
STEP = "*lane::deliver<chainring::actors::chain, chainring::actors::chain_message>*"  # with what it calls
CHAINS, LOOP, RISE_MAX = 500, 7, 0.1


def instructions(program, loops):
    """Of all steps with an event from outside, their delivery included: one starts each chain, and one loop warms up."""
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/callgrind.out"
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--toggle-collect={STEP}", f"--callgrind-out-file={out}", program,
                               "chains", "--chains", str(CHAINS), "--events", str(loops * LOOP * CHAINS)],
                              capture_output=True, text=True, timeout=1800)
        if done.returncode != 0:
            sys.exit(f"instructions.py: exit {done.returncode}\n{done.stderr[-2000:]}")
        return int(re.search(r"^(?:totals|summary): (\d+)", pathlib.Path(out).read_text(), re.M).group(1))


def main():
    program, build = sys.argv[1:3]
    now = round((instructions(program, 3) - instructions(program, 1)) / (2 * LOOP * CHAINS))
    if now == 0:
        sys.exit("instructions.py: no step was counted: has the function that it looks for another name?")
    known = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    before = known.get(build)
    print(json.dumps({"bench": "instructions_per_step", "build": build, "now": now, "recorded": before}))
    if before and now > before * (1 + RISE_MAX):
        print(f"WARNING: one step of a chain takes {now} instructions, {now / before - 1:.0%} more than recorded: see what has "
              f"become slower, or record it with --record")
    if "--record" in sys.argv:
        known[build] = now
        RECORDED.write_text(json.dumps(known, indent=2) + "\n")


main()
