"""A real Chromium without a window, driven by its DevTools protocol over a pipe: a page is loaded, sized, asked and pictured."""
import base64
import select
import shutil
import signal
import tempfile

from harness import *

ANSWER_S = 30


class Browser:
    def __init__(self, scratch):
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        check(program, "no Chromium: install the package chromium")
        self.folder = tempfile.mkdtemp(prefix="chainring-browser-")  # of its own: what is not quite gone disturbs nobody
        to_read, self.to_browser = os.pipe()
        self.from_browser, to_write = os.pipe()

        def as_it_wants_them():  # it reads from 3 and writes to 4; copies first, for either may be in the way of the other
            first, second = os.dup(to_read), os.dup(to_write)
            os.dup2(first, 3)
            os.dup2(second, 4)
        self.process = scratch.start(
            program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
            f"--user-data-dir={self.folder}", "about:blank",
            env={**os.environ, "HOME": self.folder}, preexec_fn=as_it_wants_them, close_fds=False, start_new_session=True)
        os.close(to_read)
        os.close(to_write)
        self.asked, self.unread, self.session = 0, b"", None
        page = next(t for t in self.ask("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        self.events = []
        self.ask("Page.enable")
        self.ask("Runtime.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """With all of its processes, or they write files while these are removed."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.to_browser)
        os.close(self.from_browser)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, method, **parameters):
        self.asked += 1
        message = {"id": self.asked, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        while True:
            said = self.read()
            if said.get("id") == self.asked:
                check("error" not in said, f"{method}: {said.get('error')}")
                return said["result"]
            if self.session:
                self.events.append(said)

    def read(self):
        while b"\0" not in self.unread:
            ready, _, _ = select.select([self.from_browser], [], [], ANSWER_S * Scratch.patience)
            more = os.read(self.from_browser, 1 << 20) if ready else b""
            check(more, f"Chromium says nothing: {last_words(self.process)}")
            self.unread += more
        message, self.unread = self.unread.split(b"\0", 1)
        return json.loads(message)

    def open(self, url):
        self.ask("Page.navigate", url=url)

    def size(self, width, height):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        """light or dark"""
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def value(self, expression):
        """Of JavaScript in the page, as JSON has it."""
        said = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        check("exceptionDetails" not in said, f"{expression}: {said.get('exceptionDetails')}")
        return said["result"].get("value")

    def picture(self, path):
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))
