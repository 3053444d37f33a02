"""conf/cluster/make_certificates.py: what it makes is right, what it cannot make is one line and leaves nothing behind."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent.parent / "conf" / "cluster" / "make_certificates.py"
MADE = ["ca.key", "ca.pem", "ca.srl", "west.key", "west.pem"]


class MakeCertificates(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.root.name) / "made"

    def tearDown(self):
        self.root.cleanup()

    def run_it(self, *nodes, folder=None, **environment):
        return subprocess.run([sys.executable, SCRIPT, folder or self.folder, *nodes], capture_output=True, text=True,
                              env={**os.environ, **environment})

    def fails(self, words, *nodes, **more):
        done = self.run_it(*nodes, **more)
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(words, done.stderr)

    def there(self):
        return sorted(os.listdir(self.folder))

    def test_an_authority_and_a_node_and_when_they_end(self):
        done = self.run_it("west")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.there(), MADE)
        subprocess.run(["openssl", "verify", "-CAfile", "ca.pem", "west.pem"], cwd=self.folder, check=True, capture_output=True)
        for words in ("west.pem ends ", "ca.pem ends ", "remove NODE.pem and NODE.key"):
            self.assertIn(words, done.stdout)
        authority = (self.folder / "ca.pem").read_bytes()
        self.fails("west.pem is there", "west")
        for name in ("west.pem", "west.key"):
            (self.folder / name).unlink()
        self.assertEqual(self.run_it("west", "east").returncode, 0)  # renewed
        self.assertEqual((self.folder / "ca.pem").read_bytes(), authority)

    def test_a_key_that_is_there_is_not_written_over(self):
        self.folder.mkdir()
        (self.folder / "west.key").write_text("of another")
        self.fails("west.key is there", "west")
        self.assertEqual((self.folder / "west.key").read_text(), "of another")

    def test_half_an_authority(self):
        self.run_it("west")
        shutil.copytree(self.folder, self.folder.parent / "half")
        self.folder = self.folder.parent / "half"
        (self.folder / "ca.key").unlink()
        before = self.there()
        self.fails("ca.pem is there, and ca.key is not", "east")
        self.assertEqual(self.there(), before)

    def test_what_fails_on_the_way_leaves_nothing_behind(self):
        self.run_it("west")
        (self.folder / "ca.key").write_text("no key")
        self.fails("openssl x509 failed", "north", "east")
        self.assertEqual(self.there(), MADE)

    def test_no_openssl(self):
        self.fails("there is no openssl on the PATH", "west", PATH=self.root.name)
        self.assertFalse(self.folder.exists())

    def test_no_folder(self):
        file = pathlib.Path(self.root.name) / "file"
        file.write_text("")
        self.fails("the folder cannot be used", "west", folder=file)
        self.fails("the folder cannot be used", "west", folder=file / "below")

    def test_wrong_names(self):
        for nodes in ((), ("ca",), ("../west",), ("west", "west")):
            self.fails("usage", *nodes)


if __name__ == "__main__":
    unittest.main()
