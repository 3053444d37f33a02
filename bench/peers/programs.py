"""The programs of a round: how each peer is installed, built and started, and which figures its line of JSON gives."""
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CHART = ROOT / "bench" / "chain.scxml"
BUILD = ROOT / "build" / "peers"
SCION_PACKAGE, SCION_VERSION = "@scion-scxml/scxml", "4.3.27"


class Failure(Exception):
    """One line: what, where, and how to mend it."""


def command(words, timeout_s=900, environment=None):
    """What it prints. Raises Failure with the last line of its complaint."""
    words = [str(w) for w in words]
    name = pathlib.Path(words[0]).name
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=timeout_s, env={**os.environ, **(environment or {})})
    except FileNotFoundError:
        raise Failure(f"{name}: not found: install it, or leave out what needs it with --only")
    except subprocess.TimeoutExpired:
        raise Failure(f"{name}: not done after {timeout_s} s: {' '.join(words)}")
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "without a word").splitlines()
        told = [line for line in said if "rror" in line] or said
        raise Failure(f"{name}: exit status {done.returncode}: {told[-1].strip()}: {' '.join(words)}")
    return done.stdout


@dataclasses.dataclass(frozen=True)
class Size:
    """How much is played."""
    rounds: int = 5
    scion_loops: tuple = (20_000, 20_000)  # measured, and to warm up
    sessions: int = 10_000
    qt_loops: tuple = (2_000, 200)
    erlang_loops: tuple = (200_000, 20_000)
    million: int = 1_000_000
    few: int = 10_000
    loops_of_many: int = 2
    bench_s: float = 0.5  # of each micro bench
    timers: int = 1_000_000
    large: bool = True


TINY = Size(1, (50, 10), 20, (20, 2), (100, 10), 1_000, 100, 1, 0.01, 10_000, False)


@dataclasses.dataclass(frozen=True)
class Run:
    what: str
    words: list
    take: object  # what it prints -> {figure: number}
    environment: dict | None = None


def keys(**wanted):
    """Takes these from a line of JSON, the last that was printed: figure=key."""
    def take(output):
        line = json.loads(output.strip().splitlines()[-1])
        return {figure: float(line[key]) for figure, key in wanted.items()}
    return take


class Apt:
    packages = ()

    def installed(self):
        known = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Package}\n", *self.packages], capture_output=True,
                               text=True).stdout
        return {line.split()[-1] for line in known.splitlines() if line.startswith("ii")} == set(self.packages)

    def install(self):
        if os.geteuid() != 0:
            raise Failure(f"{self.name}: missing packages: this machine: as root run apt-get install {' '.join(self.packages)}")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        command(["apt-get", "update", "-qq"], 600, quiet)
        command(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *self.packages], 1_800, quiet)


class Scion:
    name = "scion"
    folder = BUILD / "scion"

    def installed(self):
        return (self.folder / "node_modules" / SCION_PACKAGE / "package.json").exists() and shutil.which("node")

    def install(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        command(["npm", "install", "--prefix", self.folder, "--no-audit", "--no-fund", "--ignore-scripts",
                 f"{SCION_PACKAGE}@{SCION_VERSION}"], 1_800)

    def prepare(self):
        pass

    def runs(self, size):
        path = {"NODE_PATH": str(self.folder / "node_modules")}
        play = ["node", HERE / "scion.js", CHART]
        hot, many = [*play, 1, *size.scion_loops], [*play, size.sessions, size.loops_of_many, 1, "bound"]
        return [
            Run("SCION, one hot session", [*hot, "prepared"], keys(scion_hot="events_per_cpu_s"), path),
            Run("SCION, one hot session in a scope", [*hot, "bound"], keys(scion_bound_hot="events_per_cpu_s"), path),
            Run(f"SCION, {size.sessions:,} sessions", many,
                keys(scion_crowd="events_per_cpu_s", scion_session_bytes="rss_bytes_each", scion_create_ns="create_cpu_ns"), path),
        ]


class QtScxml(Apt):
    name = "qt"
    packages = ("qt6-scxml-dev", "cmake", "ninja-build")
    folder = BUILD / "qt_scxml"

    def prepare(self):
        command(["cmake", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-S", HERE / "qt_scxml", "-B", self.folder])
        command(["cmake", "--build", self.folder])

    def runs(self, size):
        words = [self.folder / "qt_scxml", CHART, *size.qt_loops]
        return [Run("Qt SCXML, one hot session", words, keys(qt_hot="events_per_cpu_s"))]


class Erlang(Apt):
    name = "erlang"
    packages = ("erlang-base",)
    folder = BUILD / "erlang"

    def prepare(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        command(["erlc", "-Werror", "-o", self.folder, *sorted((HERE / "erlang").glob("*.erl"))])

    def run(self, what, schedulers, words, **wanted):
        # Schedulers that have nothing to do do not wait busily: that would count as CPU time.
        erl = ["erl", "-noshell", "+S", schedulers, "+P", 4_000_000, "+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none",
               "-pa", self.folder, "-s", "chain_bench", "main", "-extra", *words]
        return Run(what, erl, keys(**wanted))

    def runs(self, size):
        many, loops = f"Erlang, {size.million:,} processes", ["events", size.million, size.loops_of_many, 1]
        return [
            self.run("Erlang, one hot process", 1, ["events", 1, *size.erlang_loops], erlang_hot="events_per_cpu_s"),
            self.run(f"{many}, one scheduler", 1, loops, erlang_million_one="events_per_cpu_s", erlang_create_ns="create_cpu_ns"),
            self.run(f"{many}, two schedulers", 2, loops, erlang_million_two="events_per_cpu_s"),
            self.run(f"{many}, waiting", 1, ["live", size.million, 0, 0], erlang_live_bytes="rss_bytes_each"),
            self.run(f"{many}, hibernated", 1, ["hibernated", size.million, 0, 0], erlang_hibernated_bytes="rss_bytes_each"),
        ]


class Chainring:
    name = "chainring"

    def __init__(self, program):
        self.program = program

    def installed(self):
        return True

    def prepare(self):
        if not os.access(self.program, os.X_OK):
            raise Failure(f"chainring: no program: {self.program}: run make build")

    def micro(self, size):
        rate = lambda b: 1e9 / b["cpu_time"]  # in ns, unless the bench has another unit
        wanted = {
            "event_in_a_hot_session/on_compiled": ("compiled_hot", rate),
            "event_in_a_hot_session/on_quickjs": ("quickjs_hot", rate),
            "event_by_hand": ("switch_hot", rate), "event_in_bare_quickjs": ("quickjs_bare", rate),
            "parse_and_compile": ("compile_ns", lambda b: b["cpu_time"]), "parse_bare": ("rapidxml_ns", lambda b: b["cpu_time"]),
            f"wheel_arm_cancel_fire/timers:{size.timers}": ("wheel_ns", lambda b: b["cpu_ns"]),
            f"asio_arm_cancel_fire/timers:{size.timers}/iterations:2/real_time": ("asio_timer_ns", lambda b: b["cpu_ns"]),
            "caf_delayed_send/timers:10000/iterations:2/real_time": ("caf_timer_ns", lambda b: b["cpu_ns"]),
        }
        if size.large:
            wanted["compile_a_large_document"] = ("compile_large_ms", lambda b: b["cpu_time"])

        def take(output):
            figures = {}
            for bench in json.loads(output)["benchmarks"]:
                if bench.get("error_occurred"):
                    raise Failure(f"chainring: {bench['name']}: {bench['error_message']}")
                figure, of = wanted[bench["name"]]
                figures[figure] = of(bench)
            return figures
        words = [self.program, f"--benchmark_filter=^({'|'.join(wanted)})$", f"--benchmark_min_time={size.bench_s}",
                 "--benchmark_format=json"]
        return Run("chainring, engine and timers alone", words, take)

    def chains(self, size, count, lanes, loops, **wanted):
        words = [self.program, "chains", "--chains", count, "--events", count * 7 * loops, "--lanes", lanes]
        return Run(f"chainring, {count:,} chains, lanes: {lanes}", words, keys(**wanted))

    def runs(self, size):
        of_few = size.loops_of_many * max(1, size.million // size.few // 10)
        return [
            self.micro(size),
            self.chains(size, size.few, 1, of_few, chains_few="events_per_cpu_s"),
            self.chains(size, size.million, 1, size.loops_of_many, chains_million="events_per_cpu_s",
                        one_lane_wall="events_per_wall_s", bare_million="bare_actor_events_per_cpu_s",
                        chain_bytes="rss_bytes_per_chain", chain_create_ns="create_cpu_ns"),
            self.chains(size, size.million, 2, size.loops_of_many, two_lanes="events_per_cpu_s",
                        two_lanes_wall="events_per_wall_s"),
        ]
