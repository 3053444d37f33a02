"""Wrong documents, rows, keys, URIs, servers, disks: each gets one clear line and the right exit status, nothing crashes,
and what is right goes on."""
from harness import *
import http.server
import threading

LIST = [{"record_id": i, "chain_id": i, "chain_n": 1, "contact_info": f"1555{i:07d}", "daily_from": 0, "daily_till": 86400}
        for i in range(1, 21)]
GOOD = f"file://{TREATMENTS}/retry_by_result.scxml"


def one_line(done, *parts):
    lines = [line for line in done.stderr.splitlines() if line.startswith("chainring: ")]
    check(lines, f"nothing was said:\n{done.stdout}\n{done.stderr}")
    check(any(all(part in line for part in parts) for line in lines), f"no line has {parts}:\n{done.stderr}")
    check("terminate" not in done.stderr and "Sanitizer" not in done.stderr, done.stderr)


def ready_rows(scratch, store):
    return sum(r["record_status"] == "1" for r in scratch.export("people", store))


class refusing(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(503)

    def log_message(self, *_):
        pass


def main():
    with Scratch(program_argument()) as scratch:
        csv_path = write_list(scratch.path("people.csv"), LIST)

        def run(*more, treatment=GOOD, expect=1, store="bad.db", csv=csv_path):
            return scratch.run("run", "--list", csv, "--treatment", treatment, "--store", scratch.path(store), "--virtual-time",
                               *more, expect=expect)

        # the document
        broken = scratch.write("broken.scxml", '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0">\n'
                                               '  <state id="a"><transition event="e" target="nowhere"/></state>\n</scxml>')
        one_line(run(treatment=broken), "broken.scxml:2:", "nowhere")
        one_line(run(treatment=scratch.write("torn.scxml", "<scxml><state")), "torn.scxml:1:")
        one_line(run(treatment="no/such/file.scxml"), "file.scxml")
        one_line(run(treatment="gopher://example.org/x"), "gopher")
        check(ready_rows(scratch, scratch.path("bad.db")) == len(LIST), "a row was touched although no treatment could be had")

        # a parameter that the document does not have; rows are not touched by a warning
        one_line(run(treatment=f"{GOOD}?paus=3&tries=2", store="parameter.db", expect=0), 'has no <data id="paus">')

        # the application server: unreachable, and failing
        one_line(run(treatment=f"http://127.0.0.1:{free_port()}/t.scxml"), "127.0.0.1")
        server = http.server.HTTPServer(("127.0.0.1", 0), refusing)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        one_line(run(treatment=f"http://127.0.0.1:{server.server_port}/t.scxml"), "503")
        server.shutdown()
        check(ready_rows(scratch, scratch.path("bad.db")) == len(LIST), "a row was lost to a failing server")

        # the list: what cannot be read leaves no store behind
        for unreadable in (scratch.path("no/such.csv"), scratch.folder):
            one_line(run(csv=unreadable, store="unread.db"), "calling list cannot be read", str(unreadable))
        check(not scratch.path("unread.db").exists(), "a list that cannot be read left a store")

        # rows: the bad ones are named by line, the good ones go on
        bad_rows = [dict(r) for r in LIST]
        bad_rows[2]["daily_from"] = "noon"
        bad_rows[5]["tz_dbid"] = 999
        for r in bad_rows:
            r.setdefault("tz_dbid", 122)
        done = run(csv=write_list(scratch.path("rows.csv"), bad_rows), store="rows.db")
        one_line(done, "rows.csv:4", "daily_from")
        one_line(done, "rows.csv:7", "999")
        ended = scratch.export("rows", scratch.path("rows.db"))
        check(len(ended) == len(LIST) - 2 and all(r["record_status"] == "3" for r in ended), "the good rows did not go on")
        changed = [dict(r) for r in LIST]
        changed[0]["contact_info"] = "15559999999"
        run(store="same.db", expect=0)
        one_line(run(csv=write_list(scratch.path("people.csv"), changed), store="same.db"), "contact_info", "--update")
        check("nothing to do" in run("--update", store="same.db", expect=0).stdout, "--update did not take the changed row")

        # configuration and usage
        one_line(run("--config", scratch.write("typo.toml", "[node]\nlains = 2\n")), "typo.toml:2:", "lanes")
        one_line(run("--config", scratch.path("none.toml")), "none.toml")
        for usage in (["run"], ["frobnicate"], ["export"], ["explain"], ["run", "--list"]):
            check(scratch.run(*usage, expect=2).stderr.count("\n") <= 2, f"{usage}: more than a line")

        # output that does not get through
        for command in (["export", "--attempts"], ["explain", "--record", 1], ["run", "--list", csv_path, "--treatment", GOOD],
                        ["check", f"{TREATMENTS}/retry_by_result.scxml"], ["--help"]):
            if command[0] not in ("check", "--help"):
                command += ["--store", scratch.path("same.db")]
            with open("/dev/full", "w") as full:
                done = subprocess.run([scratch.program, *map(str, command)], stdout=full, stderr=subprocess.PIPE, text=True)
            check(done.returncode == 1, f"{command[0]} with a full disk: exit status {done.returncode}")
            one_line(done, "standard output")

        # the store: not a database, a folder that is not there, a second process
        one_line(run(store=scratch.write("not.db", "this is no database, just some text that is long enough " * 40)), "not.db")
        one_line(run(store="no/such/folder/x.db"), "x.db")
        config = scratch.write("slow.toml", """
[stats]
enabled = false
[[trunk]]
name = "sim"
kind = "simulated"
ring-ms = [600000, 600000]
weights = { Answer = 1 }
log = "slow.log"
""")
        first = scratch.start(scratch.program, "run", "--list", csv_path, "--treatment", GOOD,
                              "--store", scratch.path("two.db"), "--config", config)
        wait_for(lambda: scratch.path("slow.log").exists() and scratch.path("slow.log").read_text(), "the first process dials")
        one_line(run(store="two.db"), "two.db", "another process")
        first.kill()
        first.wait()
        one_line(scratch.run("export", "--list", "nobody", "--store", scratch.path("same.db"), expect=1), "nobody")
        one_line(scratch.run("status", "--url", f"http://127.0.0.1:{free_port()}", expect=1), "127.0.0.1")
        print("every mistake has its line")


main()
