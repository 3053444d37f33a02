#!/usr/bin/env python3
# Proves that the style check can fail: each bad file gets exactly the complaint it deserves, the good tree gets none.
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import check  # noqa: E402

GOOD = "// a.cpp: an example.\n#include \"scxml/a.hpp\"\n"


def complaints(files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8", newline="") as file:
                file.write(text)
        return list(check.check_tree(root))


class style(unittest.TestCase):
    def expect(self, files, *starts):
        got = complaints(files)
        self.assertEqual(len(got), len(starts), got)
        for line, start in zip(got, starts):
            self.assertTrue(line.startswith(start), f"{line!r} does not start with {start!r}")

    def source(self, layer, body):
        return {f"{layer}/CMakeLists.txt": "add_library(x a.cpp)\n", f"{layer}/a.cpp": "// a.cpp: an example.\n" + body}

    def test_good_tree(self):
        self.expect({"scxml/CMakeLists.txt": "add_library(x a.cpp)\n", "scxml/a.cpp": GOOD,
                     "scxml/a.hpp": "// a.hpp: an example.\n#pragma once\n"})

    def test_layers(self):
        self.expect(self.source("scxml", '#include "dialer/record.hpp"\n'), "scxml/a.cpp:2: scxml/ includes")
        self.expect(self.source("dialer", '#include "actors/chain.hpp"\n'), "dialer/a.cpp:2: dialer/ includes")
        self.expect(self.source("actors", '#include "dialer/record.hpp"\n#include "scxml/a.hpp"\n'))

    def test_caf(self):
        self.expect(self.source("dialer", "#include <caf/actor.hpp>\n"), "dialer/a.cpp:2: includes <caf/actor.hpp>")
        self.expect(self.source("actors", "#include <caf/actor.hpp>\n"))

    def test_clocks_threads_sockets_files(self):
        self.expect(self.source("scxml", "auto t = std::chrono::steady_clock::now();\n"), "scxml/a.cpp:2: a clock")
        self.expect(self.source("dialer", "auto t = time(nullptr);\n"), "dialer/a.cpp:2: a clock")
        self.expect(self.source("dialer", "#include <thread>\n"), "dialer/a.cpp:2: includes <thread>")
        self.expect(self.source("scxml", "#include <sys/socket.h>\n"), "scxml/a.cpp:2: includes <sys/socket.h>")
        self.expect(self.source("dialer", "#include <poll.h>\n"), "dialer/a.cpp:2: includes <poll.h>")
        self.expect({"dialer/CMakeLists.txt": "add_library(x store/postgres/wait.cpp)\n",
                     "dialer/store/postgres/wait.cpp": "// wait.cpp: an example.\n#include <poll.h>\n"})
        self.expect(self.source("scxml", "#include <fstream>\n"), "scxml/a.cpp:2: includes <fstream>")
        self.expect(self.source("dialer", "#include <fstream>\n"))
        self.expect(self.source("actors", "#include <thread>\nauto t = std::chrono::steady_clock::now();\n"))

    def test_main_stands_alone(self):
        self.expect(self.source("actors", "int main() {}\n"), "actors/a.cpp:2: a main function")
        self.expect({"actors/CMakeLists.txt": "add_executable(x node/main.cpp)\n",
                     "actors/node/main.cpp": "// main.cpp: an example.\nint main() {}\n"})

    def test_sizes(self):
        self.expect(self.source("scxml", "int a;\n" * 699))
        self.expect(self.source("scxml", "int a;\n" * 700), "scxml/a.cpp:700: 701 lines")
        self.expect(self.source("scxml", "/" * 132 + "\n" + "/" * 133 + "\n"), "scxml/a.cpp:3: 133 columns")

    def test_text(self):
        self.expect(self.source("scxml", "\tint a;\n"), "scxml/a.cpp:2: a tab")
        self.expect(self.source("scxml", "int a; \n"), "scxml/a.cpp:2: blanks")
        self.expect(self.source("scxml", "int a; // TO" "DO\n"), "scxml/a.cpp:2: a mark of unfinished work")
        self.expect(self.source("scxml", "int a;"), "scxml/a.cpp:2: no newline")
        self.expect({"scxml/CMakeLists.txt": "add_library(x a.cpp)\n", "scxml/a.cpp": "int a;\n"},
                    "scxml/a.cpp:1: does not open with a comment")
        self.expect({"scxml/a.hpp": "// a.hpp: an example.\n"}, "scxml/a.hpp:1: no #pragma once")
        self.expect({"actors/a.html": "<!doctype html>\n<!-- a.html: an example. -->\n", "actors/a.css": "/* a.css: one. */\n"})
        self.expect({"actors/a.html": "<!doctype html>\n<html>\n"}, "actors/a.html:1: does not open with a comment")
        self.expect({"actors/a.js": "// a.js: an example.\nlet a; \n"}, "actors/a.js:2: blanks")

    def test_unlisted_and_stray(self):
        self.expect({"scxml/CMakeLists.txt": "# a.cpp\n", "scxml/a.cpp": GOOD}, "scxml/a.cpp:1: no CMakeLists.txt")
        self.expect({"src/readme.txt": "x\n"}, "src:1: a folder beside the layers")
        self.expect({"tests/CMakeLists.txt": "unit_tests(scxml x b.cpp)\n", "tests/scxml/b.cpp": GOOD})


if __name__ == "__main__":
    unittest.main()
