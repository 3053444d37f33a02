"""Rows per second through the keeper beside a bare loop of the same batches, on an SQLite file and on a PostgreSQL server of the
bench's own, on one disk. python3 bench/store.py PROGRAM [RECORDS] prints a JSON line for each; PROGRAM is chainring-bench."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "integration"))
from harness import *
from postgres_server import PostgresServer


def main():
    program, records = str(pathlib.Path(program_argument()).resolve()), sys.argv[2] if len(sys.argv) > 2 else "100000"
    with Scratch(program) as scratch:
        server = PostgresServer(scratch)
        for store in (scratch.path("bench.db"), server.uri()):
            subprocess.run([program, "store", "--store", str(store), "--records", records], check=True, timeout=3600)


main()
