#!/usr/bin/env python3
"""Runs the fuzz targets, two at a time. Usage: run.py BUILD_DIRECTORY SECONDS [TARGET…]. What they find interesting stays
in BUILD_DIRECTORY/corpus, so that the next run goes on from there; an input that breaks a rule ends the run with status 1."""
import os
import pathlib
import re
import subprocess
import sys

TARGETS = ("compile", "session", "charts", "restore", "models")
AT_A_TIME = 2
INPUT_BYTES_MAX = 4096
INPUT_SECONDS_MAX = 60  # of the clock on the wall: a busy machine is no finding
MEMORY_MB_MAX = 2048
HERE = pathlib.Path(__file__).resolve().parent
# Without stacks of allocations and with a small quarantine inputs run several times as fast; reproducing has both.
SANITIZERS = {"ASAN_OPTIONS": "malloc_context_size=1:quarantine_size_mb=16", "UBSAN_OPTIONS": "print_stacktrace=1"}


class Run:
    def __init__(self, build, target, seconds):
        self.target = target
        self.program = build / f"fuzz_{target}"
        self.found = build / "found"
        corpus = build / "corpus" / target
        for folder in (self.found, corpus):
            folder.mkdir(parents=True, exist_ok=True)
        if target == "restore":
            subprocess.run([build / "fuzz_seeds", corpus], check=True)
        self.before = set(self.found.iterdir())
        # Runtimes outlive an input, so leaks are looked for once, at the end of the process. The entropic schedule costs
        # more than these inputs themselves.
        command = [self.program, f"-max_total_time={seconds}", f"-timeout={INPUT_SECONDS_MAX}", f"-rss_limit_mb={MEMORY_MB_MAX}",
                   f"-max_len={INPUT_BYTES_MAX}", f"-dict={HERE / 'scxml.dict'}", "-detect_leaks=0", "-entropic=0",
                   "-print_final_stats=1",
                   f"-artifact_prefix={self.found}/{target}-", corpus]
        command += [folder for folder in (HERE / "corpus" / target, HERE / "past" / target) if folder.is_dir()]
        self.corpus = corpus
        self.log_path = build / f"fuzz_{target}.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=subprocess.STDOUT,
                                            env={**os.environ, **SANITIZERS})

    def conclude(self):
        """True when nothing was found."""
        status = self.process.wait()
        log = self.log_path.read_text(errors="replace")
        figures = dict(re.findall(r"stat::(\w+):\s+(\d+)", log))
        print(f"fuzz {self.target}: {figures.get('number_of_executed_units', '?')} inputs, "
              f"{figures.get('average_exec_per_sec', '?')} a second, {figures.get('peak_rss_mb', '?')} MB", flush=True)
        if status == 0:
            return True
        told = re.search(r"^(broken rule: .*|==\d+==\s*ERROR: .*|.*runtime error: .*|SUMMARY: .*)$", log, re.M)
        print(f"fuzz {self.target}: failed: {told.group(1) if told else f'status {status}'}: read {self.log_path}")
        if "LeakSanitizer" in log:  # noticed at the end: no input is to blame yet
            print(f"  find the input with: {self.program} -detect_leaks=1 -runs=0 {self.corpus}")
            return False
        for path in sorted(set(self.found.iterdir()) - self.before):
            if path.name.startswith(self.target):
                print(f"  reproduce with: {self.program} {path}\n  once mended, keep it: cp {path} {HERE / 'past' / self.target}")
        return False


def main():
    if len(sys.argv) < 3 or not sys.argv[2].isdigit():
        print("run.py: two arguments: the build directory and seconds for each target", file=sys.stderr)
        return 2
    build = pathlib.Path(sys.argv[1]).resolve()
    waiting = list(sys.argv[3:]) or list(TARGETS)
    running, all_right = [], True
    while waiting or running:
        while waiting and len(running) < AT_A_TIME:
            running.append(Run(build, waiting.pop(0), sys.argv[2]))
        all_right = running.pop(0).conclude() and all_right
    return 0 if all_right else 1


if __name__ == "__main__":
    sys.exit(main())
