#!/usr/bin/env python3
# The house rules of the source tree, checked: layers, what a layer may touch, sizes, and files that nobody builds.
# Usage: check.py ROOT. One line per complaint, FILE:LINE: WHAT: HOW TO MEND; exit status 1 when there is any.
import os
import re
import sys

LINES_MAX = 700
COLUMNS_MAX = 132
LAYERS = ("scxml", "dialer", "actors")  # each may include itself and those before it
FOLDERS = set(LAYERS) | {"bench", "tests", "conf"}
# CAF's headers: the actors, and what tests and measures them.
CAF_FOLDERS = ("actors/", "tests/actors/", "tests/integration/", "bench/")
SOURCE = (".cpp", ".hpp")
TEXT = SOURCE + (".py", ".cmake", ".toml", ".scxml", ".md", ".sh", ".sql", ".csv", ".html", ".css", ".js")
OPENING = {".cpp": "//", ".hpp": "//", ".py": ("#", '"""'), ".sh": "#", ".toml": "#", ".sql": "--", ".scxml": "<!--",
           ".html": "<!--", ".css": "/*", ".js": "//"}
TABS_ALLOWED = ("Makefile", ".gitmodules")
MARK = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')

# What the two lower layers leave to the actors: (pattern, what it is, layers it is kept out of).
BANNED = (
    (re.compile(r"_clock::now\s*\("), "a clock is read", "scxml dialer"),
    (re.compile(r"\b(gettimeofday|CLOCK_REALTIME|CLOCK_MONOTONIC|CLOCK_THREAD_CPUTIME_ID)\b"),
     "a clock is read", "scxml dialer"),
    (re.compile(r"\btime\s*\(\s*(nullptr|NULL|0)\s*\)"), "a clock is read", "scxml dialer"),
    (re.compile(r"\bstd::(j?thread|random_device|async)\b"), "threads and chance are the actors'", "scxml dialer"),
)
# What a script may use is measured where it runs; nothing else of the engine sees these clocks.
CLOCKS_OF_BUDGETS = "scxml/models/ecmascript/cpu_time.cpp"
# A store on a server waits for its socket here and nowhere else: the library's own waiting has no end.
WAITS_FOR_SERVERS = "dialer/store/postgres/wait.cpp"
BANNED_HEADERS = (
    (re.compile(r"(thread|mutex|shared_mutex|condition_variable|future|stop_token|latch|barrier|semaphore)$"),
     "a header of threads", "scxml dialer"),
    (re.compile(r"(sys/socket\.h|netinet/.*|arpa/.*|netdb\.h|sys/epoll\.h|poll\.h|boost/(asio|beast).*)$"),
     "a header of sockets", "scxml dialer"),
    (re.compile(r"(fstream|filesystem|cstdio|stdio\.h|fcntl\.h|unistd\.h|sys/stat\.h)$"),
     "a header of files", "scxml"),
    (re.compile(r"toml\+\+/.*$"), "toml++ outside its one translation unit", "scxml dialer"),
)


def layer_of(path):
    first = path.split("/", 1)[0]
    return first if first in LAYERS else ""


def tree(root):
    """Paths of all files that are the project's own, relative to root."""
    for folder, below, files in os.walk(root):
        at_top = os.path.samefile(folder, root)
        below[:] = sorted(d for d in below
                          if d not in (".git", "__pycache__", "node_modules") and not (at_top and d == "build"))
        for name in sorted(files):
            yield os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")


def check_includes(path, number, line):
    match = INCLUDE.match(line)
    if not match:
        return
    bracket, header = match.groups()
    layer = layer_of(path)
    if header.startswith("caf/") and not path.startswith(CAF_FOLDERS):
        yield number, f"includes <{header}>", "only actors/ knows CAF"
    if layer:
        for above in LAYERS[LAYERS.index(layer) + 1:]:
            if header.startswith(above + "/"):
                yield number, f"{layer}/ includes {header}", "the layers are scxml <- dialer <- actors"
        if header.startswith(("tests/", "bench/")):
            yield number, f"includes {header}", "the product knows nothing of its tests and benches"
    if header.startswith("."):
        yield number, f"includes {header}", "include from the root of the repository"
    elif bracket == '"' and "/" not in header and header.endswith(".hpp"):
        yield number, f"includes {header}", "include from the root of the repository"
    for pattern, what, layers in BANNED_HEADERS:
        if layer in layers.split() and pattern.match(header) and (path, header) != (WAITS_FOR_SERVERS, "poll.h"):
            yield number, f"includes <{header}>, {what}", f"{layer}/ has none; give it what it needs as an argument"


def check_line(path, number, line):
    if len(line) > COLUMNS_MAX and not path.endswith(".scxml"):  # expressions do not break well
        yield number, f"{len(line)} columns", f"break the line, {COLUMNS_MAX} is the most"
    if "\t" in line and os.path.basename(path) not in TABS_ALLOWED:
        yield number, "a tab", "use spaces"
    if line.rstrip() != line:
        yield number, "blanks at the end of the line", "take them off"
    if MARK.search(line):
        yield number, f"a mark of unfinished work, {MARK.search(line).group()}", "do it, or open an issue"


def check_source(path, number, line):
    code = line.split("//", 1)[0]
    layer = layer_of(path)
    for pattern, what, layers in BANNED:
        if layer in layers.split() and pattern.search(code) and path != CLOCKS_OF_BUDGETS:
            yield number, what, f"{layer}/ takes it as an argument"
    if layer and re.search(r"\bint\s+main\s*\(", code) and path != "actors/node/main.cpp":
        yield number, "a main function", "actors/node/main.cpp is the only one"


def check_file(root, path):
    """(line number, what, how to mend) of every complaint about one file."""
    name = os.path.basename(path)
    kind = os.path.splitext(name)[1]
    if kind not in TEXT and name not in ("Makefile", "CMakeLists.txt"):
        return
    with open(os.path.join(root, path), "rb") as file:
        content = file.read()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        yield 1, "not UTF-8", "save it as UTF-8"
        return
    lines = text.split("\n")
    if text and not text.endswith("\n"):
        yield len(lines), "no newline at the end of the file", "add one"
    if "\r" in text:
        yield 1, "carriage returns", "end lines with a newline alone"
    if kind == ".csv":
        return
    written = lines[1:] if lines[0].startswith(("#!", "<?xml", "<!doctype")) else lines
    if kind in OPENING and not (written and written[0].startswith(OPENING[kind])):
        yield 1, "does not open with a comment", "say in one to three lines what the file is"
    if kind in SOURCE and len(lines) - 1 > LINES_MAX:
        yield LINES_MAX, f"{len(lines) - 1} lines", f"split it, {LINES_MAX} is the most"
    if kind == ".hpp" and "#pragma once" not in text:
        yield 1, "no #pragma once", "add it after the opening comment"
    if kind == ".md":  # prose and tables have lines of their own length
        return
    for number, line in enumerate(lines, 1):
        yield from check_line(path, number, line)
        if kind in SOURCE:
            yield from check_includes(path, number, line)
            yield from check_source(path, number, line)


def listed_in_cmake(root, path):
    """Is the source named in the CMakeLists.txt of its folder or of one above it?"""
    parts = path.split("/")
    for depth in range(len(parts) - 1, -1, -1):
        lists = os.path.join(root, *parts[:depth], "CMakeLists.txt")
        if os.path.exists(lists):
            with open(lists, encoding="utf-8") as file:
                words = set(re.findall(r"[^\s()\"]+", re.sub(r"#.*", "", file.read())))
            inner = "/".join(parts[depth:])
            if inner in words:
                return True
            # unit_tests(scxml ... compile.cpp) puts its first argument before its files.
            if parts[0] == "tests" and len(parts) - depth > 1 and "/".join(parts[depth + 1:]) in words:
                return True
    return False


def check_tree(root):
    """FILE:LINE: WHAT: HOW TO MEND of every complaint."""
    top = [d for d in os.listdir(root) if os.path.isdir(os.path.join(root, d)) and not d.startswith(".")]
    for folder in sorted(set(top) - FOLDERS - {"build"}):
        yield f"{folder}:1: a folder beside the layers: move it into one of {', '.join(sorted(FOLDERS))}"
    for path in tree(root):
        for number, what, mend in check_file(root, path):
            yield f"{path}:{number}: {what}: {mend}"
        if path.endswith(".cpp") and "/" in path and not listed_in_cmake(root, path):
            yield f"{path}:1: no CMakeLists.txt builds it: list it, or remove it"


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        print("check.py: one argument: the root of the source tree", file=sys.stderr)
        return 2
    complaints = list(check_tree(sys.argv[1]))
    for complaint in complaints:
        print(complaint)
    print(f"style: {len(complaints)} complaints" if complaints else "style: nothing to complain of")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
