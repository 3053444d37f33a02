"""History records: each attempt is told of twice, when it is placed and when it has ended, however often the receiver is away and
the process is killed; what has not been confirmed is kept and sent again, in order, and attempts do not depend on it."""
from harness import *

CODES = {"Answer": 33, "NoAnswer": 7, "Busy": 6, "": 28}
POOL = 3


class Receiver:
    """Keeps what it has answered with 200. `refuse(body, number)` gives the status of another answer to that request; None: it is
    taken; 0: there is no answer at all."""

    def __init__(self, refuse=lambda body, number: None):
        self.refuse, self.taken, self.asked = refuse, [], 0
        self.lock = threading.Lock()
        self.server = HttpServer(self.answer)
        self.server.handle_error = lambda *_: None  # of connections to a process that was killed
        self.uri = f"{self.server.url}/history?by=chainring"

    def answer(self, path, text):
        body = json.loads(text)
        with self.lock:
            self.asked += 1
            status = self.refuse(body, self.asked)
            if status is None:
                check(path == "/history?by=chainring", f"posted to {path}")
                self.taken.append(body)
        if status == 0:
            time.sleep(1.5)  # longer than http-response-timeout
            status = 500
        return status or 200, {}, ""

    def by_guid(self):
        """{(guid, sequence number): body}; all copies of one are the same."""
        records = {}
        for body in self.taken:
            key = body["GSW_CALL_ATTEMPT_GUID"], body["GSW_HIST_SEQUENCE_NUM"]
            check(records.setdefault(key, body) == body, f"{key} was sent with two contents")
        return records


def check_told(receiver, attempts):
    """Exactly these attempts, twice each, with the results and times that the store has; in order."""
    records = receiver.by_guid()
    guids = {}
    for (guid, sequence), body in records.items():
        guids.setdefault((str(body["chainring_record_id"]), str(body["GSW_ATTEMPTS"])), set()).add(guid)
    check(all(len(names) == 1 for names in guids.values()), "an attempt has two names")
    check(len({g for names in guids.values() for g in names}) == len(guids), "two attempts have one name")
    wanted = {(a["record_id"], a["attempt"]): a for a in attempts}
    check(set(guids) == set(wanted), f"{len(guids)} attempts were told of, {len(wanted)} were made")
    for key, attempt in wanted.items():
        guid = next(iter(guids[key]))
        check((guid, 0) in records and (guid, 1) in records, f"attempt {key} was not told of twice")
        placed, ended = records[guid, 0], records[guid, 1]
        check("GSW_CALL_RESULT" not in placed, f"attempt {key} had a result when it was placed")
        said = {"GSW_PHONE": attempt["contact_info"], "GSW_CHAIN_ID": int(attempt["chain_id"]), "GSW_CAMPAIGN_NAME": "told",
                "GSW_CALLING_LIST": "people", "crm_id": f"c{attempt['chain_id']}", "chainring_trunk": "sim"}
        check(placed.items() >= said.items() and ended.items() >= said.items(), f"attempt {key}: {placed} {ended}")
        state = "done" if attempt["result"] else "unknown"
        got = {"GSW_CALL_RESULT": CODES[attempt["result"]], "chainring_started_ms": int(attempt["started_ms"]),
               "chainring_ended_ms": int(attempt["ended_ms"]), "chainring_attempt_state": state}
        check(ended.items() >= got.items(), f"attempt {key}: {ended}, not {got}")
    # Of a chain, what comes first has been taken first.
    chains = {}
    for (guid, sequence), body in records.items():
        chains.setdefault(body["GSW_CHAIN_ID"], []).append((guid, sequence))
    for chain, told in chains.items():
        made = sorted((a for a in attempts if a["chain_id"] == str(chain)), key=lambda a: int(a["started_ms"]))
        names = [next(iter(guids[a["record_id"], a["attempt"]])) for a in made]
        check(told == [(name, sequence) for name in names for sequence in (0, 1)], f"chain {chain} was not told of in order")
    return records


def main():
    with Scratch(program_argument()) as scratch:
        def people(chains):
            return write_list(scratch.path("people.csv"), [
                {"record_id": 2 * chain + n, "chain_id": chain, "chain_n": n, "contact_info": f"1555{chain:06d}{n}",
                 "daily_from": 0, "daily_till": 86400, "crm_id": f"c{chain}"} for chain in range(1, chains + 1) for n in (0, 1)])

        def command(name, uri, *more, ring_ms=1000, port=None):
            stats = f"port = {port}" if port else "enabled = false"
            config = scratch.write(f"{name}.toml", f"""
[node]
log-level = "info"
[stats]
{stats}
[http]
http-connection-pool-size = {POOL}
http-response-timeout = 1
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 50
calls-per-second = 300
ring-ms = [{ring_ms}, {2 * ring_ms}]
talk-ms = [0, 0]
seed = 7
weights = {{ NoAnswer = 1, Busy = 1, Answer = 2 }}
[[list]]
name = "unused"
[[campaign]]
name = "told"
lists = ["unused"]
treatment-uri = "unused.scxml"
redial-gap = 0
history-uri = "{uri}"
""")
            return ["run", "--list", scratch.path("people.csv"), "--treatment", f"file://{treatment}", "--config", config,
                    "--store", scratch.path(f"{name}.db"), *more]

        def attempts(name):
            return scratch.attempts(scratch.path(f"{name}.db"))

        treatment = TREATMENTS / "retry_by_result.scxml"
        people(150)

        # Everything is told, over a handful of connections; the attempts are those of a run that tells nobody.
        scratch.run(*command("nobody", "", "--virtual-time"))
        for lanes in (1, 2):
            receiver = Receiver(lambda body, number: 503 if lanes == 2 and number <= 4 else None)
            done = scratch.run(*command(f"lanes{lanes}", receiver.uri, "--virtual-time", "--lanes", lanes))
            check(attempts(f"lanes{lanes}") == attempts("nobody"), "attempts depend on history")
            records = check_told(receiver, rows(attempts(f"lanes{lanes}")))
            check(len(receiver.taken) == len(records), "a record was sent twice without need")
            check(f"history   {len(records)} records sent, 0 wait" in done.stdout, done.stdout)
            for line in ("are sent again: the receiver of history records answered 503", "takes them again"):
                check(done.stderr.count(line) == lanes - 1, f"{lanes} lanes: {done.stderr}")
            check(receiver.server.connections <= POOL, f"{receiver.server.connections} connections")
            receiver.server.shutdown()
        check(len(records) > 2 * 150, "every chain was called once only")

        # A record that is refused holds up its chain alone; in virtual time the run ends all the same, and the next one sends it.
        poison = Receiver(lambda body, number: 404 if body["GSW_CHAIN_ID"] == 7 else None)
        done = scratch.run(*command("poison", poison.uri, "--virtual-time"))
        check("history records have not been taken" in done.stderr, done.stderr)
        check(done.stderr.count("are sent again: the receiver of history records answered 404") == 1, done.stderr)
        mine = [a for a in rows(attempts("poison")) if a["chain_id"] == "7"]
        check_told(poison, [a for a in rows(attempts("poison")) if a["chain_id"] != "7"])
        check(f", {2 * len(mine)} wait" in done.stdout, done.stdout)
        poison.refuse = lambda body, number: None
        scratch.run(*command("poison", poison.uri, "--virtual-time"))
        check_told(poison, rows(attempts("poison")))

        # A list's own receiver wins over the campaign's.
        own = Receiver()
        listed = command("listed", poison.uri, "--virtual-time")
        config = scratch.path("listed.toml")
        config.write_text(config.read_text().replace('name = "unused"', f'name = "people"\nhistory-uri = "{own.uri}"', 1)
                          .replace('lists = ["unused"]', 'lists = ["people"]'))
        taken = len(poison.taken)
        scratch.run(*listed)
        check_told(own, rows(attempts("listed")))
        check(len(poison.taken) == taken, "the campaign's receiver was told of a list with its own")
        own.server.shutdown()

        # A receiver that is away, all the time: a line, and a line at the end.
        poison.server.shutdown()
        poison.server.server_close()
        done = scratch.run(*command("away", poison.uri, "--virtual-time"))
        left = 2 * len(rows(attempts("away")))
        check(f"chainring: warning: {left} history records have not been taken: " in done.stderr, done.stderr)
        check(done.stderr.count("history records wait") == 1 and "cannot be reached" in done.stderr, done.stderr)
        check(attempts("away") == attempts("nobody"), "attempts depend on a receiver")

        # In real time: it answers badly or not at all, the process is killed, twice; then all is well.
        people(100)
        treatment = TREATMENTS / "one_try.scxml"  # retries take minutes
        port = free_port()
        bad = [500, 404, 0]
        receiver = Receiver(lambda body, number: bad[number % 3])
        first = scratch.start(scratch.program, *command("killed", receiver.uri, ring_ms=60, port=port))

        def metric(name):
            lines = get_text(port, "/metrics").splitlines()
            return next((float(line.split()[1]) for line in lines if line.startswith(name + " ")), 0)

        wait_for_port(port)
        wait_for(lambda: metric("chainring_history_failures_total") >= 3, "failures")
        wait_for(lambda: metric("chainring_history_waiting") > 40, "records that wait")
        check(metric("chainring_history_sent_total") == 0, "the receiver has confirmed nothing")
        first.kill()
        _, said = first.communicate()
        check(said.count("history records wait") == 1, said)

        receiver.asked = 0
        receiver.refuse = lambda body, number: bad[number % 3] if number <= 3 else None
        second = scratch.start(scratch.program, *command("killed", receiver.uri, ring_ms=60, port=port))
        wait_for(lambda: len(receiver.taken) > 60, "records")
        second.kill()
        _, said = second.communicate()
        check(said.count("history records wait") == 1, said)
        scratch.run(*command("killed", receiver.uri, ring_ms=60, port=port))
        made = rows(attempts("killed"))
        check_told(receiver, made)
        lost = sum(a["result"] == "" for a in made)
        check(lost > 0, "no call was in progress at a kill")
        done = scratch.run(*command("killed", receiver.uri, port=port))
        check("nothing to do" in done.stdout, done.stdout)
        print(f"{len(records)} records in virtual time, the same with 1 and 2 lanes; {2 * len(made)} in real time over two kills, "
              f"{len(receiver.taken) - 2 * len(made)} of them twice, {lost} calls of unknown end")


main()
