"""What every integration test needs: a scratch folder, the program, its lists and its exports."""
import csv
import http.server
import io
import itertools
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
TREATMENTS = HERE / "treatments"


class Scratch:
    """A folder for one test, removed at its end; processes started in it are stopped by their process ids."""
    patience = 1  # times the deadlines, by the slowest program that the test has run

    def __init__(self, program):
        self.program = str(pathlib.Path(program).resolve())
        if sanitized(self.program, by=["thread"]):
            Scratch.patience = 5
        self.folder_ = tempfile.TemporaryDirectory(prefix="chainring-")
        self.folder = pathlib.Path(self.folder_.name)
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
            if failed and (said := last_words(process)):
                print(f"{process.args[0]} said: {said}", file=sys.stderr)
        self.folder_.cleanup()

    def path(self, name):
        return self.folder / name

    def write(self, name, text):
        path = self.path(name)
        path.write_text(text)
        return path

    def run(self, *arguments, expect=0, timeout=300):
        """Runs the program to its end and returns what it printed."""
        done = subprocess.run([self.program, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=timeout)
        if expect is not None and done.returncode != expect:
            fail(f"exit status {done.returncode}, not {expect}: chainring {' '.join(map(str, arguments))}\n"
                 f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done

    def start(self, *command, **more):
        process = subprocess.Popen([*map(str, command)], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
        self.processes.append(process)
        return process

    def export(self, list_name, store):
        return rows(self.run("export", "--list", list_name, "--store", store).stdout)

    def attempts(self, store):
        return self.run("export", "--attempts", "--store", store).stdout


def last_words(process):
    """Of what a process has written to standard error. It has ended, but others that it has started may hold the pipe open."""
    try:
        os.set_blocking(process.stderr.fileno(), False)
        return os.read(process.stderr.fileno(), 1 << 16).decode(errors="replace")[-2000:]
    except (AttributeError, OSError, ValueError):  # none, nothing, closed
        return ""


class HttpServer(http.server.ThreadingHTTPServer):
    """A server of the test's own on a free port. answer(path, body) gives status, headers and body of the answer to a POST."""

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.answer, self.connections = answer, 0
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or a body that follows its headers waits for the other side's late ACK

        def setup(self):
            super().setup()
            self.server.connections += 1

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, headers, answer = self.server.answer(self.path, body)
            self.send_response(status)
            for name, text in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_):
            pass


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def write_list(path, records):
    """records: dictionaries with the same keys."""
    with open(path, "w", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return path


def busy_trunk(capacity, calls_per_second, log):
    """Of a configuration: a simulated trunk whose calls are short, half of them answered."""
    return f"""[[trunk]]
name = "sim"
kind = "simulated"
capacity = {capacity}
calls-per-second = {calls_per_second}
ring-ms = [20, 400]
talk-ms = [50, 100]
seed = 5
weights = {{ Answer = 5, Busy = 3, NoAnswer = 2 }}
log = "{log}"
"""


def call_log(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines]


class GrowingLog:
    """Of a trunk that dials, read once as far as it goes; it is there from its first call on."""

    def __init__(self, path):
        self.path, self.read_to, self.lines = pathlib.Path(path), 0, []

    def so_far(self):
        if self.path.exists():
            with open(self.path, "rb") as log:
                log.seek(self.read_to)
                for line in itertools.takewhile(lambda line: line.endswith(b"\n"), log):
                    self.read_to += len(line)
                    self.lines.append(json.loads(line))
        return list(self.lines)


def calls_so_far(path):
    return GrowingLog(path).so_far()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=60):
    """Until condition() is true; a deadline for tests that have gone wrong, not a pause."""
    limit_s = seconds * Scratch.patience
    deadline = time.monotonic() + limit_s
    while not condition():
        check(time.monotonic() < deadline, f"{what}: not within {limit_s} s")
        time.sleep(0.02)


def wait_for_port(port):
    def answers():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0
    wait_for(answers, f"a server on port {port}")


def start_nginx(scratch, seen, servers, ports):
    """A real nginx with these server blocks, once it listens on all ports; access.log has a line of the form `seen` per request."""
    scratch.write("nginx.conf", f"""
daemon off; master_process off; worker_processes 1; pid {scratch.path('nginx.pid')}; error_log {scratch.path('error.log')};
events {{ worker_connections 256; }}
http {{
  client_body_temp_path {scratch.path('t1')}; proxy_temp_path {scratch.path('t2')}; fastcgi_temp_path {scratch.path('t3')};
  uwsgi_temp_path {scratch.path('t4')}; scgi_temp_path {scratch.path('t5')};
  log_format seen '{seen}';
  access_log {scratch.path('access.log')} seen;
  {servers}
}}""")
    scratch.start("nginx", "-c", scratch.path("nginx.conf"), "-p", scratch.folder)
    for port in ports:
        wait_for_port(port)


def get_json(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return json.load(answer)


def order(port, token, verb, campaign):
    """Load, start, stop, unload or force-unload by the API; the state that this has led to."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/campaigns/{campaign}/{verb}", data=b"", method="POST",
                                     headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["state"]


def get_text(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return answer.read().decode()


def sanitized(program, by=("address", "thread")):
    """Sanitizers have memory of their own, and make everything slower: that of threads ten times and more."""
    bytes_of_program = pathlib.Path(program).read_bytes()
    return any(f"__{name[0]}san_init".encode() in bytes_of_program for name in by)


def fail(text):
    print(f"FAILED: {text}", file=sys.stderr)
    sys.exit(1)


def check(condition, text):
    if not condition:
        fail(text)


def program_argument():
    if len(sys.argv) < 2:
        fail("usage: python3 TEST.py PROGRAM")
    return sys.argv[1]
