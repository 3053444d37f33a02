#!/usr/bin/env python3
# Proves that the check of dialer/ocs_guide.md can fail: each damage to a small guide gets exactly the complaint it deserves.
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import guide_check  # noqa: E402

guide_check.NOT_YET = {"open"}
FILES = {
    guide_check.ROWS: "# rows\na.b\tWaits\nopen\tTLS\n",
    guide_check.PAGE: "| row | the guide | shown by |\n|---|---|---|\n"
                      "| a.b | Waits | `tests/dialer/x.cpp`: a \"b\" c<br>`tests/integration/y.py` |\n"
                      "| open | TLS | **not yet**: none |\n\n"
                      "| code | name | what |\n|---|---|---|\n| 1 | missing | not there, or not yet |\n",
    guide_check.CODES: "enum {\n  missing = 1, // not there,\n               // or not yet\n};\n",
    guide_check.SCRIPTS: "foreach(name y)\n",
    "tests/dialer/x.cpp": 'TEST_CASE_METHOD(z,\n  "a \\"b\\" "\n  "c", "[t]") {}\n',
    "tests/integration/y.py": "",
    "tests/integration/z.py": "",
}


def complaints(path=guide_check.PAGE, old="", new=""):
    with tempfile.TemporaryDirectory() as root:
        for name, text in FILES.items():
            full = os.path.join(root, name)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                assert name != path or old in text
                file.write(text.replace(old, new) if name == path and old else text)
        return [line.split(": ", 1)[1] for line in guide_check.check_guide(root)]


class guide(unittest.TestCase):
    def expect(self, start, *damage):
        got = complaints(*damage)
        self.assertEqual(len(got), 1, got)
        self.assertTrue(got[0].startswith(start), got)

    def test_good(self):
        self.assertEqual(complaints(), [])

    def test_rows(self):
        self.expect("the row c is missing", guide_check.ROWS, "open\t", "c\tmore\nopen\t")
        self.expect("a.b is no row of the guide", guide_check.ROWS, "a.b\tWaits\n", "")
        self.expect('a.b says "Waits"', guide_check.ROWS, "Waits", "Does not wait")
        self.expect("open is there twice", guide_check.PAGE, "| open", "| open | TLS | **not yet**: x |\n| open")

    def test_witnesses(self):
        self.expect("a.b is shown by \"a \"b\" d\"", guide_check.PAGE, '"b" c', '"b" d')
        self.expect("a.b is shown by `tests/dialer/w.cpp`", guide_check.PAGE, "x.cpp", "w.cpp")
        self.expect("a.b is shown by tests/integration/z.py, which ctest does not run", guide_check.PAGE, "y.py", "z.py")
        self.expect("a.b is not shown yet", guide_check.PAGE, "`tests/integration/y.py`", "**not yet**: later")
        self.expect("a.b is shown by ", guide_check.PAGE, "<br>`tests/integration/y.py`", "<br>")

    def test_codes(self):
        self.expect("code 2, other, is not as in", guide_check.CODES, "};", "  other = 2, // x\n};")
        got = complaints(guide_check.CODES, "missing = 1", "missing = 2")
        self.assertEqual(len(got), 2, got)


if __name__ == "__main__":
    unittest.main()
