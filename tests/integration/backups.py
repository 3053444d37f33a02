"""Backups of a node that dials, its store in SQLite and on PostgreSQL: the node is killed, the backup restored elsewhere, and the
campaign goes on to its end. With the trunk's log as the witness: no record is lost; with --calls no attempt is made twice and none
inside the gap; without it those alone are made again that were made since the backup. Wrong uses change nothing."""
import collections
import urllib.error
import urllib.parse

from harness import *
from postgres_server import PostgresServer

TOKEN = "a token of this test"
GAP_S = 3


class Life:
    """One campaign of chains of two records, each called twice; its store may be anywhere, its log of calls is one."""

    def __init__(self, scratch, name, chains):
        self.scratch, self.name, self.chains, self.process = scratch, name, chains, None
        self.log, self.port = scratch.path(f"{name}.log"), free_port()
        self.people = write_list(scratch.path(f"{name}.csv"), [
            {"record_id": 10 * i + n, "chain_id": i, "chain_n": n, "contact_info": f"1555{i:06d}{n}", "daily_from": 0,
             "daily_till": 86400, "said": ""} for i in range(1, chains + 1) for n in (1, 2)])
        self.url = f"http://127.0.0.1:{self.port}"

    def config(self, store, with_list=True):
        csv_line = f'csv = "{self.people}"' if with_list else ""
        return self.scratch.write(f"{self.name}.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
log-level = "warning"
passivate-after = 1
[stats]
port = {self.port}
token = "{TOKEN}"
[store]
path = "{store}"
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 300
calls-per-second = 300
ring-ms = [50, 400]
talk-ms = [50, 100]
seed = 5
weights = {{ Answer = 5, Busy = 3, NoAnswer = 2 }}
log = "{self.log}"
[[list]]
name = "people"
{csv_line}
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/rounds.scxml"
redial-gap = {GAP_S}
auto-start = true
""")

    def calls(self):
        return calls_so_far(self.log)

    def start(self, store):
        self.process = self.scratch.start(self.scratch.program, "node", "--config", self.config(store))
        wait_for_port(self.port)

    def wait_for_calls(self, count):
        wait_for(lambda: len(self.calls()) >= count, f"{self.name}: {count} calls")

    def back_up(self, path):
        done = self.scratch.run("backup", "--url", self.url, "--token", TOKEN, path)
        check(done.stdout == f"backed up: {path}\n", done.stdout)
        state = get_json(self.port, "/api/v1/backup")
        check(state["state"] == "done" and state["to"] == str(path), f"{state}")
        check(not path.with_name(path.name + ".new").exists(), "the backup's unfinished file is left")

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def finish(self, store):
        """The campaign on another store, without the list's file: rows come from the backup."""
        config = self.config(store, with_list=False)
        self.scratch.run("run", "--config", config)
        found = self.scratch.run("fsck", "--store", store, "--config", config)
        check(": sound; 1 list," in found.stdout, f"{found.stdout}")

    def check_rows(self, store):
        exported = self.scratch.export("people", store)
        check(len(exported) == 2 * self.chains, f"{len(exported)} rows")
        check(all(r["record_status"] == "3" for r in exported), "a row is not Updated")
        kept = rows(self.scratch.attempts(store))
        tried = collections.Counter(int(a["record_id"]) for a in kept)
        seldom = [r for r in exported if tried[int(r["record_id"])] < 2]
        check(not seldom, f"{len(seldom)} records were not tried twice: {seldom[:3]}, "
                          f"{[a for a in kept if seldom and a['chain_id'] == seldom[0]['chain_id']]}")
        return kept


def key(call):
    return call["record_id"], call["attempt"]


def protected(scratch, name, store, elsewhere, chains=300):
    """--calls gets the trunk's log."""
    life = Life(scratch, name, chains)
    backup = scratch.path(f"{name} backup%.db")  # a name that has to be encoded
    life.start(store)
    life.wait_for_calls(chains // 2)
    life.back_up(backup)
    known = len(life.calls())
    life.wait_for_calls(known + chains // 2)
    life.kill()

    check("sound" in scratch.run("fsck", "--store", backup).stdout, "the backup is not sound")
    told = scratch.run("restore", "--store", elsewhere, backup, "--calls", life.log).stdout
    check("taken in" in told and "they begin anew" in told and "the next start takes them for unknown" in told, told)
    check("calls made since the backup are not known" not in told, told)
    life.finish(elsewhere)

    kept = life.check_rows(elsewhere)
    dialed = [key(call) for call in life.calls()]
    check(len(dialed) == len(set(dialed)), "an attempt was dialed twice")
    attempts = {(int(a["record_id"]), int(a["attempt"])): a for a in kept}
    check(set(dialed) <= set(attempts), "a call of the log is not among the attempts")
    at, unknown = {key(call): call["ms"] for call in life.calls()}, 0
    for (record, n), a in attempts.items():
        if a["result"] != "":
            continue
        unknown += 1
        if (record, n + 1) in at:
            check(at[record, n + 1] >= int(a["ended_ms"]) + GAP_S * 1_000, f"record {record} is called inside its gap")
    check(unknown > 0, "nobody was called as the node was killed")
    print(f"{name}: {len(dialed)} calls, {known} when the backup was made, {unknown} attempts of unknown end")


def unprotected(scratch, name, chains=200):
    """Without --calls the calls since the backup, and no others, may be made again."""
    life = Life(scratch, name, chains)
    backup, elsewhere = scratch.path(f"{name}.backup"), scratch.path(f"{name}-2.db")
    life.start(scratch.path(f"{name}.db"))
    life.wait_for_calls(chains // 2)
    life.back_up(backup)
    life.wait_for_calls(len(life.calls()) + chains // 4)
    life.kill()
    known = {(int(a["record_id"]), int(a["attempt"])) for a in rows(scratch.attempts(backup))}
    told = scratch.run("restore", "--store", elsewhere, backup).stdout
    check("calls made since the backup are not known, and would be made again" in told, told)
    life.finish(elsewhere)
    tried = collections.Counter(int(a["record_id"]) for a in life.check_rows(elsewhere))
    check(set(tried.values()) == {2}, f"a treatment did not go on where it was: {collections.Counter(tried.values())}")
    twice = {k for k, n in collections.Counter(key(call) for call in life.calls()).items() if n > 1}
    check(twice and not twice & known, f"dialed twice, though the backup knows of them: {list(twice & known)[:5]}")
    print(f"{name}: {len(twice)} calls made since the backup were made again, none that it knew")


def refused(scratch, words, *arguments, expect=1):
    done = scratch.run(*arguments, expect=expect)
    check(words in done.stderr and done.stderr.count("\n") == 1, f"{arguments}: {done.stderr}")


def status_of(url, method="POST", token=TOKEN):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=b"" if method == "POST" else None, method=method,
                                                           headers=headers), timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        return answer.code, json.load(answer)


def wrong_uses(scratch):
    life = Life(scratch, "wrong", 20)
    store, backup = scratch.path("wrong.db"), scratch.path("wrong.backup")
    life.start(store)
    ask = f"{life.url}/api/v1/backup"
    check(get_json(life.port, "/api/v1/backup") == {"state": "none"}, "there was a backup before the first")
    for query, status in (("", 400), ("?to=", 400), ("?to=relative.db", 400), ("?to=%2", 400), ("?to=/tmp/a%00b", 400),
                          ("?to=/tmp/a%0ab", 400), (f"?to={backup}&x=1", 400), ("?file=/tmp/a", 400),
                          ("?to=/no/such/folder/b", 409), (f"?to={store}", 409), (f"?to={scratch.folder}/", 409)):
        got, told = status_of(ask + query)
        check(got == status and told["what"] and told["mend"], f"{query}: {got} {told}")
    check(status_of(f"{ask}?to={backup}", token=None)[0] == 401, "a backup without a token")
    check(status_of(f"{ask}?to={backup}", token="another")[0] == 401, "a backup with a wrong token")
    check(not backup.exists(), "a wrong use made a backup")
    here = ("backup", "--url", life.url)
    refused(scratch, "--token", *here, backup)
    refused(scratch, "not absolute", *here, "--token", TOKEN, "relative.db")
    refused(scratch, "there is a file of that name", *here, "--token", TOKEN, store)
    refused(scratch, "--url", "backup", "--store", store, backup)  # the node has it
    refused(scratch, "FILE is missing", "backup", expect=2)
    refused(scratch, "exclude each other", *here, "--store", store, backup, expect=2)
    life.back_up(backup)
    refused(scratch, "there is a file of that name", *here, "--token", TOKEN, backup)
    refused(scratch, "in use", "fsck", "--store", store)
    refused(scratch, "in use", "restore", "--store", store, backup)
    life.kill()

    whole = backup.read_bytes()
    scratch.path("cut.backup").write_bytes(whole[: len(whole) // 2])
    new = scratch.path("new.db")
    for words, file in (("", "cut.backup"), ("there is no backup", "nowhere.backup"), ("the backup is none", "wrong.csv"),
                        ("write-ahead log", "wrong.db")):
        done = scratch.run("restore", "--store", new, scratch.path(file), expect=1)
        check(words in done.stderr and not new.exists(), f"{file}: {done.stderr}")
    refused(scratch, "not empty", "restore", "--store", store, backup)
    check(backup.read_bytes() == whole, "a restore has changed the backup")
    scratch.run("restore", "--store", new, backup)
    refused(scratch, "not empty", "restore", "--store", new, backup)
    damaged = bytearray(whole)
    damaged[len(whole) // 2: len(whole) // 2 + 4096] = b"\x55" * 4096
    scratch.path("damaged.backup").write_bytes(damaged)
    done = scratch.run("fsck", "--store", scratch.path("damaged.backup"), "--json", expect=1)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    check(told and not told[-1]["sound"] and told[0]["kind"] == "damage" and told[0]["mend"], f"{done.stdout} {done.stderr}")


def main():
    with Scratch(program_argument()) as scratch:
        wrong_uses(scratch)
        protected(scratch, "file", scratch.path("file.db"), scratch.path("file-2.db"))
        unprotected(scratch, "alone")
        server = PostgresServer(scratch)
        for database in ("first", "second"):
            server.sql(f"CREATE DATABASE {database}")
        protected(scratch, "server", server.uri(database="first"), server.uri(database="second"))


main()
