"""A real PostgreSQL server of the test's own, on a free port, and a proxy before it that is slow, deaf or cuts connections when the
test says so."""
import os
import pathlib
import pwd
import signal
import socket
import subprocess
import threading
import time

from harness import check, free_port, wait_for

COMMIT = b"COMMIT\0"  # in the tag of a CommandComplete


def programs():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    check(found, "no PostgreSQL server under /usr/lib/postgresql: install the package postgresql")
    return found[-1].parent


class PostgresServer:
    """It refuses the superuser: then it runs as nobody."""

    def __init__(self, scratch):
        self.port, self.process, self.folder = free_port(), None, scratch.path("pg")
        self.scratch, self.user = scratch, pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.folder.mkdir()
        scratch.folder.chmod(0o755)
        self.give(self.folder)
        self.run("initdb", "-D", self.folder / "data", "-U", "chainring", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        with open(self.folder / "data/postgresql.conf", "a") as out:
            out.write(f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = ''\nmax_connections = 20\n")
        self.start()

    def give(self, path):
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def as_user(self):
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}

    def run(self, program, *arguments):
        done = subprocess.run([programs() / program, *map(str, arguments)], capture_output=True, text=True, cwd="/",
                              stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"}, **self.as_user())
        check(done.returncode == 0, f"{program}: {done.stderr[-2000:]}")
        return done.stdout.strip()

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([programs() / "postgres", "-D", self.folder / "data"], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, cwd="/", **self.as_user())
        self.scratch.processes.append(self.process)

        def answers():
            return subprocess.run([programs() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0
        wait_for(answers, "PostgreSQL")

    def crash(self):
        """pg_ctl stop -m immediate: nothing is flushed, nobody is told."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def uri(self, port=None, database="postgres"):
        return f"postgresql://chainring@127.0.0.1:{port or self.port}/{database}"

    def sql(self, text, database="postgres"):
        return self.run("psql", "-Atq", "-d", self.uri(database=database), "-c", text)

    def backends(self):
        """Processes that work for stores."""
        return [int(p) for p in self.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'chainring'").split()]


class Proxy:
    """Passes everything on, `delay_s` late; nothing while it is held, as a network that has parted. commits_to_cut: so many answers
    to a COMMIT are dropped, and their connections cut."""

    def __init__(self, port):
        self.target, self.delay_s, self.commits_to_cut, self.cut = port, 0.0, 0, 0
        self.open = threading.Event()
        self.open.set()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def hold(self, held):
        (self.open.clear if held else self.open.set)()

    def accept(self):
        while True:
            client, _ = self.listening.accept()
            self.open.wait()
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.pass_on, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(server, client, True), daemon=True).start()

    def pass_on(self, source, target, are_answers):
        try:
            while data := source.recv(1 << 16):
                if are_answers and self.commits_to_cut > 0 and COMMIT in data:
                    self.commits_to_cut -= 1
                    self.cut += 1
                    break
                self.open.wait()
                if self.delay_s and are_answers:
                    time.sleep(self.delay_s)
                target.sendall(data)
        except OSError:
            pass
        for one in (source, target):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
