"""Treatments that ask a server by HTTP before each call, and hear its answer by HTTP: each event reaches its chain once, the
same with 1 and 2 lanes; who was not told where a chain listens cannot reach it; without configuration there is none of it."""
from harness import *
import signal
import urllib.error
import urllib.parse

CHAINS = 200
SECRET = "a secret of more than 16 bytes"


def post(location, fields, content_type="application/x-www-form-urlencoded"):
    """Status of the answer."""
    body = fields if isinstance(fields, bytes) else urllib.parse.urlencode(fields).encode()
    request = urllib.request.Request(location, data=body, headers={"Content-Type": content_type})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


class Crm(HttpServer):
    """Keeps what it was asked. Answers at once: numbers that end in 7 must not be called; or not at all, when told to wait."""

    def __init__(self, status=200, waits=False):
        self.status, self.waits, self.asked, self.statuses = status, waits, [], []
        super().__init__(self.take)

    def take(self, _, body):
        fields = dict(urllib.parse.parse_qsl(body))
        self.asked.append(fields)
        if not self.waits and self.status == 200:
            verdict = "refused" if fields["number"].endswith("7") else "approved"
            self.statuses.append(post(fields["answer_to"], {"_scxmleventname": verdict, "by": "crm"}))
        return self.status, {}, ""


def configuration(scratch, name, events, ring_ms=1000):
    return scratch.write(name, f"""
[node]
treatment-roots = ["{TREATMENTS}"]
log-level = "info"
log-file = "{name}.log"
[stats]
port = 0
[store]
path = "{name}.db"
{events}
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 1000
calls-per-second = 1000
ring-ms = [{ring_ms}, {ring_ms}]
talk-ms = [0, 0]
seed = 7
weights = {{ Answer = 1 }}
""")


def events(post_to, port=0):
    return f'[events]\nenabled = true\nport = {port}\nsecret = "{SECRET}"\npost-to = ["{post_to}"]\n'


def main():
    with Scratch(program_argument()) as scratch:
        csv_path = write_list(scratch.path("people.csv"), [
            {"record_id": chain * 2 + n, "chain_id": chain, "chain_n": n,
             "contact_info": f"1555{chain:05d}{(chain * (n + 3)) % 10}", "daily_from": 0, "daily_till": 86400}
            for chain in range(1, CHAINS + 1) for n in (0, 1)])
        numbers = {(int(r["chain_id"]), int(r["chain_n"])): r["contact_info"] for r in rows(csv_path.read_text())}

        def run(crm, config, store, *more):
            treatment = f"{TREATMENTS}/ask_first.scxml?crm={urllib.parse.quote(crm + '/calls?of=us', safe='')}"
            scratch.run("run", "--list", csv_path, "--treatment", treatment, "--config", config, "--store",
                               scratch.path(store), "--virtual-time", *more)
            return scratch.path(f"{config.name}.log").read_text(), scratch.attempts(scratch.path(store))

        # Every question is answered before time goes on.
        seen = []
        for lanes in (1, 2):
            crm = Crm()
            _, attempts = run(crm.url, configuration(scratch, "on.toml", events(crm.url)), f"on{lanes}.db", "--lanes", lanes)
            crm.shutdown()
            seen.append(attempts)
            wanted_calls, wanted_questions = set(), []
            for chain in range(1, CHAINS + 1):
                for n in (0, 1):
                    wanted_questions.append(numbers[chain, n])
                    if not numbers[chain, n].endswith("7"):
                        wanted_calls.add((chain, n))
                        break
            got = [(int(a["chain_id"]), int(a["chain_n"])) for a in rows(attempts)]
            check(sorted(got) == sorted(wanted_calls), f"{len(got)} calls, not {len(wanted_calls)}")
            check(sorted(q["number"] for q in crm.asked) == sorted(wanted_questions), f"{len(crm.asked)} questions were asked")
            check(len({q["answer_to"] for q in crm.asked}) == CHAINS, "two chains listen at one place")
            check(set(crm.statuses) == {200}, f"answers were not taken: {set(crm.statuses)}")
        check(seen[0] == seen[1], "one lane and two give other attempts")

        # What cannot be asked is an error of the treatment, not a call.
        for why, error, crm_url, section in (
                ("off", "error.execution question", Crm().url, ""),
                ("not to be posted to", "error.communication question", Crm().url, events("http://127.0.0.1:1")),
                ("refusing", "error.communication question", (refusing := Crm(status=500)).url, events(refusing.url)),
                ("away", "error.communication question", (away := f"http://127.0.0.1:{free_port()}"), events(away))):
            name = why.replace(" ", "_")
            log, attempts = run(crm_url, configuration(scratch, f"{name}.toml", section), f"{name}.db")
            check(log.count(f"unasked: {error}") == CHAINS, f"a server that is {why}: {log[:2000]}")
            check(rows(attempts) == [], f"a server that is {why}: calls")
        check(len(refusing.asked) == CHAINS, f"{len(refusing.asked)} questions reached the server that refuses")

        # Whoever posts has to have been told where.
        crm = Crm(waits=True)
        config = configuration(scratch, "node.toml", events(crm.url, free_port()) + f"""
[[list]]
name = "people"
csv = "{csv_path}"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "{TREATMENTS}/ask_first.scxml?crm={urllib.parse.quote(crm.url, safe='')}"
""", ring_ms=10)
        node = scratch.start(scratch.program, "node", "--config", config)
        wait_for(lambda: len(crm.asked) == CHAINS or node.poll() is not None, "questions of all chains")
        check(node.poll() is None, f"the node is gone: {node.stderr.read()[-2000:] if node.poll() is not None else ''}")
        one, other = crm.asked[0]["answer_to"], crm.asked[1]["answer_to"]
        proofless, proof = one.rsplit("/", 1)
        yes = {"_scxmleventname": "approved", "by": "crm"}
        invoked = proofless.rsplit("/", 1)[0] + "/1/" + proof
        for what, location, fields, status in (
                ("no proof", proofless, yes, 404),
                ("a wrong proof", f"{proofless}/{'0' * 32}", yes, 404),
                ("the proof of another chain", f"{proofless}/{other.rsplit('/', 1)[1]}", yes, 404),
                ("another session of the chain", invoked, yes, 404),
                ("a chain that is no number", one.replace("/scxml/", "/scxml/x"), yes, 404),
                ("a body that is too long", one, b"x" * 70_000, 413),
                ("a broken form", one, b"a=%zz", 400)):
            got = post(location, fields)
            check(got == status, f"{what}: {got}, not {status}")
        check(post(one, b"{", content_type="application/json") == 400, "broken JSON was taken")
        check(post(one, {"_scxmleventname": "approved", "by": "somebody else"}) == 200, "an event that the chain has no use for")
        check(post(one, yes) == 200, "the right event at the right place was refused")
        wait_for(lambda: post(one, yes) == 404, "the chain that was approved has ended")
        for question in crm.asked:
            if question["answer_to"] != one:
                post(question["answer_to"], yes)
        again = 0
        for question in crm.asked:
            wait_for(lambda: post(question["answer_to"], yes) == 404, "a chain that was approved has ended")
            again += 1
        node.send_signal(signal.SIGTERM)
        check(node.wait(timeout=60) == 0, f"the node failed: {node.stderr.read()[-2000:]}")
        called = [int(a["chain_id"]) for a in rows(scratch.attempts(scratch.path("node.toml.db")))]
        check(sorted(called) == list(range(1, CHAINS + 1)), f"{len(called)} calls of {CHAINS} chains")
        print(f"{CHAINS} chains asked and heard by HTTP, the same with 1 and 2 lanes; {again} approved in a running node")


main()
