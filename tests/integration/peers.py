"""Nodes that talk to each other over TLS: who is none of them is refused, whoever says nothing costs nothing, any of them answers
for all, orders reach all of them even when no message does, and a frozen one costs no memory."""
import concurrent.futures
import http.client
import signal
import ssl
import urllib.error
import urllib.parse

from cluster_node import ClusterNode
from harness import *
from listening import YES, Crm, owner_of
from postgres_server import PostgresServer, Proxy

MAKE_CERTIFICATES = HERE.parent.parent / "conf" / "cluster" / "make_certificates.py"
TOKEN, SECRET = "token", "a secret of more than 16 bytes"
CHAINS, LEASE_S = 60, 10


class Node(ClusterNode):
    """behind: other nodes reach it through a proxy."""

    def __init__(self, scratch, server, name, crm, behind=False):
        self.events, self.listens = free_port(), free_port()
        self.proxy = Proxy(self.listens) if behind else None
        address = self.proxy.port if behind else self.listens
        super().__init__(scratch, server.uri(), name, f"""
[events]
enabled = true
port = {self.events}
secret = "{SECRET}"
post-to = ["{crm.url}"]
{busy_trunk(50, 50, scratch.path(name + '.calls'))}[[list]]
name = "people"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/ask_first.scxml?crm={urllib.parse.quote(crm.url, safe='')}"
""", LEASE_S, cluster=f'''
address = "127.0.0.1:{address}"
listen = "127.0.0.1:{self.listens}"
certificate = "certificates/{name}.pem"
key = "certificates/{name}.key"
ca = "certificates/ca.pem"''', stats=f'token = "{TOKEN}"')
        self.start()

    def answers_for(self, *others):
        seen = self.members()
        return sorted(seen) == sorted([self.name, *(o.name for o in others)]) and all(m["answered"] for m in seen.values())

    def campaign(self, query=""):
        return get_json(self.port, f"/api/v1/campaigns{query}")[0]

    def order(self, verb):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1/campaigns/people/{verb}", data=b"", method="POST",
                                         headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def post(self, path, body=YES):
        """Of an event: status and text of the answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.events, timeout=30)
        line.request("POST", f"/scxml/{path}", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = line.getresponse()
        return answer.status, answer.read().decode()

    def resident_kb(self):
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text())[1])

    def processor_s(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def metric(self, series):
        text = get_text(self.port, "/metrics")
        found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.M)
        check(found, f"{self.name} has no {series}")
        return float(found[1])

    def sent_away(self, why):
        return self.metric(f'chainring_peer_strangers_total{{why="{why}"}}')

    def ended(self, outcome):
        """Questions of this node to the other."""
        return self.metric(f'chainring_peer_questions_total{{outcome="{outcome}"}}')

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def tls(scratch, certificate, ca):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(scratch.path(ca))
    if certificate:
        context.load_cert_chain(scratch.path(f"{certificate}.pem"), scratch.path(f"{certificate}.key"))
    return context


def is_let_in(port, context):
    """TLS 1.3: a client hears that its certificate is refused when it reads."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as plain, context.wrap_socket(plain) as line:
            line.settimeout(10)
            return len(line.recv(1)) > 0
    except OSError:
        return False


def strangers(scratch, nodes):
    """Nobody but the nodes that the store names is let in, and they serve on."""
    a, b = nodes
    ours, theirs = "certificates/ca.pem", "theirs/ca.pem"
    check(is_let_in(a.listens, tls(scratch, "certificates/b", ours)), "the other node's certificate is refused")
    check(not is_let_in(a.listens, tls(scratch, "certificates/x", ours)), "a certificate that no member has is taken")
    check(not is_let_in(a.listens, tls(scratch, "theirs/x", ours)), "a certificate of another authority is taken")
    check(not is_let_in(a.listens, tls(scratch, None, ours)), "a client without a certificate is let in")
    check(not is_let_in(a.listens, tls(scratch, "certificates/b", theirs)), "the node passes for one of another authority")
    for what in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", bytes(range(256)) * 64, b"\x16\x03\x01\xff\xff" + b"x" * 70_000):
        with socket.create_connection(("127.0.0.1", a.listens), timeout=10) as line:
            try:
                line.sendall(what)
                while line.recv(1 << 16):
                    pass
            except OSError:
                pass
    before, used_s, begun = a.descriptors(), a.processor_s(), time.monotonic()
    silent = [socket.create_connection(("127.0.0.1", a.listens), timeout=20) for _ in range(200)]
    check(a.descriptors() < before + 100, "silent connections are kept")
    for line in silent:
        try:
            check(line.recv(1) == b"", "a silent connection hears something")
        except ConnectionError:
            pass
        line.close()
    took_s = time.monotonic() - begun
    check(took_s < 15, f"silent connections were kept for {took_s:.1f} s")
    check(a.processor_s() - used_s < took_s / 2, "silent connections keep the processor busy")
    check(a.answers_for(b) and b.answers_for(a), "the nodes have lost each other")
    counted = {why: a.sent_away(why) for why in ("certificate", "no_tls", "no_room")}
    check(counted["certificate"] >= 2 and counted["no_tls"] >= 4 and counted["no_room"] >= 100, f"sent away: {counted}")


def explanation(node, path, query=""):
    """Of the record of the chain that listens there."""
    return get_text(node.port, f"/api/v1/records/{int(path.split('/')[1]) // 4}/explanation{query}")


def explained(a, b):
    """By the node that has the chain, whoever is asked."""
    for other in (a, b):
        path = next(p for p in list(a.crm.locations) if owner_of(a.server, p, a.members()) == other.name)
        for node in (a, b):
            wait_for(lambda: f"  node      {other.name}\n  chain     " in explanation(node, path), f"{node.name} asks {other.name}")
            check("waits" in explanation(node, path), explanation(node, path))
            alone = explanation(node, path, f"?list=people&node={node.name}")
            own_words = f"  node      {other.name}" + ("\n" if node is other else " has its chain and knows what it waits for")
            check(own_words in alone and ("nothing forbids" in alone) == (node is other), alone)
    done = a.scratch.run("explain", "--record", 1, "--list", "nix", "--url", f"http://127.0.0.1:{a.port}/", expect=1)
    check(done.stderr == "chainring: there is no such record: record 1 in list nix: name a record_id of an imported list\n",
          done.stderr)


def orders(a, b):
    """Given to one, obeyed by both."""
    for node, verb, state in ((a, "stop", "loaded"), (b, "start", "running"), (b, "stop", "loaded"), (a, "start", "running")):
        told = node.order(verb)
        check([n["outcome"] for n in told["nodes"]] == ["done", "done"] and told["state"] == state, f"{verb}: {told}")
        for one in (a, b):
            seen = node.campaign(f"?node={one.name}")
            check(seen["state"] == state, f"{verb}: {one.name} is {seen['state']}")
        check(node.campaign()["state"] == state, f"{verb}: the cluster's state is {node.campaign()['state']}")


def parted(a, b):
    """No message gets through, in either direction; the store does."""
    a.proxy.hold(True)
    told = b.order("stop")
    outcome = {n["node"]: n["outcome"] for n in told["nodes"]}
    check(outcome["b"] == "done" and outcome["a"] in ("not reached", "unknown"), f"parted: {told}")
    check(b.campaign()["not_answered"] == ["a"], f"parted: {b.campaign()}")
    state_of_a = lambda: get_json(a.port, "/api/v1/campaigns?node=a")[0]["state"]
    wait_for(lambda: state_of_a() == "loaded", "a reads the order in the store", LEASE_S)
    wait_for(lambda: not a.members()["b"]["connected"] and not b.members()["a"]["connected"], "both see that they are parted", 30)
    check(a.members()["b"]["shards"] + a.members()["a"]["shards"] == 256, "shards were lost by it")
    living = reversed(list(a.crm.locations))  # the first ones have been called
    path = next(path for path in living if owner_of(a.server, path, a.members()) == "b")
    check("  node      b has its chain and does not say what it waits for: " in explanation(a, path), explanation(a, path))
    status, text = a.post(path)
    check(status == 503 and "nothing was sent" in text, f"parted: an event is answered {status}: {text}")
    a.proxy.hold(False)
    wait_for(lambda: a.answers_for(b) and b.answers_for(a), "the nodes find each other again", 30)
    told = a.order("start")
    check([n["outcome"] for n in told["nodes"]] == ["done", "done"], f"together again: {told}")


def is_heard(node, path):
    """An event that the chain has no use for. While it changes from node to node that is said."""
    status, text = node.post(path, b"_scxmleventname=noise")
    check(status in (200, 503), f"an event for a chain that lives is answered {status}: {text}")
    return status == 200


def events(a, b):
    """Posted to either node, they reach the chain where it is."""
    by_owner = {"a": [], "b": []}
    for path in list(a.crm.locations):
        by_owner[owner_of(a.server, path, a.members())].append(path)
    check(all(len(paths) > 5 for paths in by_owner.values()), f"chains are not shared out: {by_owner}")
    passed_on = 0
    for node, other in ((a, "b"), (b, "a")):
        for path in by_owner[other][:3]:
            wait_for(lambda: is_heard(node, path), "the chain's node has taken it over")
            status, text = node.post(path)
            check(status == 200, f"an event for {other} at {node.name}: {status}: {text}")
            passed_on += 1
            wait_for(lambda: node.post(path)[0] == 404, "the chain that heard it has ended")
    proofless = by_owner["b"][4].rsplit("/", 1)[0]
    check(a.post(f"{proofless}/{'0' * 32}")[0] == 404, "an event without proof is passed on")
    return passed_on


def frozen(a, b, flood):
    """A million events due are refused, unknown or not sent, and none of it is kept. b is back before its lease is over."""
    path = next(p for p in a.crm.locations
                if owner_of(a.server, p, a.members()) == "b" and b.post(p, b"_scxmleventname=noise")[0] == 200)
    big = b"_scxmleventname=noise&text=" + b"x" * 60_000
    before, ended_before = a.resident_kb(), {how: a.ended(how) for how in ("refused", "unknown")}
    b.process.send_signal(signal.SIGSTOP)
    until, most, answers = time.monotonic() + LEASE_S / 2, before, {}

    def post_many():
        seen = {}
        line = http.client.HTTPConnection("127.0.0.1", a.events, timeout=30)
        while time.monotonic() < until:
            line.request("POST", f"/scxml/{path}", big, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = line.getresponse()
            seen[answer.status] = seen.get(answer.status, 0) + 1
            answer.read()
        return seen

    with concurrent.futures.ThreadPoolExecutor(flood) as threads:
        running = [threads.submit(post_many) for _ in range(flood)]
        while time.monotonic() < until:
            most = max(most, a.resident_kb())
            time.sleep(0.05)
        for one in running:
            for status, count in one.result().items():
                answers[status] = answers.get(status, 0) + count
    b.process.send_signal(signal.SIGCONT)
    check(set(answers) == {503}, f"events for a frozen node: {answers}")
    counted = sum(a.ended(how) - before for how, before in ended_before.items())
    check(counted >= sum(answers.values()), f"{counted} questions ended without an answer, {answers} were heard of")
    shadow = 8 if sanitized(a.scratch.program, by=["thread"]) else 1  # which that keeps for each byte
    check(most - before < 64 * 1024 * shadow, f"memory grew by {most - before} kB")
    wait_for(lambda: a.answers_for(b) and b.answers_for(a), "the frozen node is back", 30)
    check(a.post(path, b"_scxmleventname=noise")[0] == 200, "the frozen node's chain hears nothing any more")
    return sum(answers.values()), most - before


def main():
    with Scratch(program_argument()) as scratch:
        for folder, names in (("certificates", ("a", "b", "x")), ("theirs", ("x",))):
            subprocess.run([sys.executable, MAKE_CERTIFICATES, scratch.path(folder), *names], check=True)
        server, crm = PostgresServer(scratch), Crm()
        people = write_list(scratch.path("people.csv"), [
            {"record_id": i, "chain_id": 4 * i, "chain_n": 1, "contact_info": f"1555{i:07d}", "daily_from": 0, "daily_till": 86400}
            for i in range(1, CHAINS + 1)])
        scratch.run("import", "--list", "people", people, "--store", server.uri())
        a = Node(scratch, server, "a", crm, behind=True)
        a.crm, a.server = crm, server
        wait_for(lambda: a.answers_for(), "the first node")
        b = Node(scratch, server, "b", crm)
        b.crm, b.server = crm, server
        wait_for(lambda: a.answers_for(b) and b.answers_for(a), "two nodes that know each other")
        wait_for(lambda: min(m["shards"] for m in a.members().values()) == 128, "an equal share for each node")
        wait_for(lambda: all(m["trunks"] for m in b.members().values()), "a share of the trunk for each node")
        check(not any(m["leaving"] for m in b.members().values()), "somebody leaves")
        wait_for(lambda: len(crm.locations) == CHAINS, "questions of all chains")
        wait_for(lambda: a.campaign()["live"] + a.campaign()["passive"] == CHAINS, "all chains, counted once")
        check(a.campaign()["chains"] == CHAINS and b.campaign()["chains"] == CHAINS, "chains are counted twice")
        for node in (a, b):
            check(node.metric("chainring_peer_connections") == 1 and node.metric("chainring_cluster_members") == 2, "who is there")
            check(node.metric("chainring_cluster_lease_held") == 1 and node.ended("answered") > 0, "nothing is held or answered")
            check(node.metric("chainring_cluster_epoch") == node.members()[node.name]["epoch"], "another epoch")
            for direction in ("sent", "heard"):
                check(node.metric(f'chainring_peer_bytes_total{{direction="{direction}"}}') > 0, f"nothing is {direction}")
            for whose, shards in (("own", 128), ("nobody", 0)):  # at the next look
                wait_for(lambda: node.metric(f'chainring_cluster_shards{{whose="{whose}"}}') == shards, f"{shards} shards: {whose}")
        strangers(scratch, (a, b))
        explained(a, b)
        passed_on = events(a, b)
        orders(a, b)
        parted(a, b)
        posts, grew_kb = frozen(a, b, 60)
        b.process.kill()
        b.process.wait()
        wait_for(lambda: not a.members()["b"]["connected"], "a sees that b is gone", 10)
        a.order("stop")
        b.start()
        wait_for(lambda: b.members().get("b", {}).get("answered") and b.campaign("?node=b")["state"] == "loaded",
                 "b obeys on its return what was ordered without it", 60)
        wait_for(lambda: a.answers_for(b) and b.answers_for(a), "a node that was killed and is back is connected again", 60)
        shown = scratch.run("status", "--url", f"http://127.0.0.1:{b.port}").stdout
        check("node     a" in shown and "node     b" in shown, f"status names not both nodes: {shown}")
        said = scratch.run("campaign", "start", "people", "--url", f"http://127.0.0.1:{b.port}", "--token", TOKEN).stdout
        check("campaign people: running" in said and "a: done" in said and "b: done" in said, said)
        for node in (a, b):
            node.process.terminate()
        for node in (a, b):
            check(node.process.wait(timeout=60) == 0, f"{node.name} did not end in order")
        print(f"{passed_on} events reached a chain of the other node; {posts} events of 60 kB for a frozen node: {grew_kb} kB more "
              "memory")


main()
