"""The two nodes of conf/cluster as their files are, but for the store, ports and paths: README's kind of list is dialed to its end
by both of them. A start that has to fail, because a port is taken or a certificate is over, says why and takes nothing from the
other."""
import itertools

from certificates import EXPIRED, GOOD, Certificates
from cluster_node import SHARDS, ClusterNode
from harness import *
from postgres_server import PostgresServer
from witness import check_calls

ROOT = HERE.parent.parent
COPIES, MONTH_S = 100, 30 * 86_400


class Shipped(ClusterNode):
    """Not started."""

    def __init__(self, scratch, server, name):
        self.scratch, self.name, self.process = scratch, name, None
        self.port, self.events, self.listens = free_port(), free_port(), free_port()
        self.log = scratch.path(f"{name}-calls.jsonl")
        text = (ROOT / "conf" / "cluster" / f"{name}.toml").read_text()
        for shipped, here in (
                ('path = "postgresql://chainring@db.example.com/dialer?sslmode=verify-full"', f'path = "{server.uri()}"'),
                (f'"{name}.example.com:8482"', f'"127.0.0.1:{self.listens}"'), ("port = 8480", f"port = {self.port}"),
                ("port = 8481", f"port = {self.events}"), ('= "certificates/', f'= "{scratch.path("certificates")}/'),
                (f'log = "{name}-calls.jsonl"', f'log = "{self.log}"'), ('"../sample', f'"{ROOT / "conf" / "sample"}')):
            check(shipped in text, f"{name}.toml has no {shipped}")
            text = text.replace(shipped, here)
        self.config = scratch.write(f"{name}.toml", text)

    def certificate_ends_s(self):
        found = re.search(r"^chainring_peer_certificate_ends_seconds (\S+)$", get_text(self.port, "/metrics"), re.M)
        check(found, f"{self.name} does not say when its certificate ends")
        return float(found[1])


def what_differs():
    """Options of the two files, whose lines go side by side."""
    north, south = ([line.split(" #")[0].rstrip() for line in (ROOT / "conf" / "cluster" / f"{name}.toml").read_text().splitlines()
                     if line and not line.startswith("#")] for name in ("north", "south"))
    return [one.split(" = ")[0] for one, other in itertools.zip_longest(north, south, fillvalue="") if one != other]


def readme_people():
    """README's list, many times, of people who may be called now."""
    shown = rows(re.search(r"^\$ cat people\.csv\n(.*?)\n\n", (ROOT / "README.md").read_text(), re.S | re.M)[1])
    check({"contact_info_type", "tz_name", "daily_from"} <= set(shown[0]), f"README's list has changed: {shown[0]}")
    return [{**row, "record_id": 100 * n + int(row["record_id"]), "chain_id": 100 * n + int(row["chain_id"]), "daily_from": 0,
             "daily_till": 86_400} for n, row in itertools.product(range(COPIES), shown)]


def fails(server, node, *parts, config=None):
    """It says so in one line, and is no member."""
    epoch = lambda: server.sql("SELECT max(epoch) FROM members")
    before = epoch()
    done = node.scratch.run("node", "--config", config or node.config, expect=1, timeout=60)
    said = [line for line in done.stderr.splitlines() if all(part in line for part in parts)]
    check(len(said) == 1, f"no line has {parts}: {done.stderr}")
    check(epoch() == before, f"a node that has not started was a member: {done.stderr}")


def failing_starts(scratch, server, north, south):
    """While north has all shards, and keeps them."""
    for port in (south.port, south.events, south.listens):
        with socket.create_server(("127.0.0.1", port)):
            fails(server, south, "Address already in use", f"127.0.0.1:{port}", "see whether this node runs already")
    Certificates(scratch)  # of another authority than the example's
    text = south.config.read_text()
    of_ours = re.sub(r'"[^"]*/ca\.pem"', f'"{scratch.path("ours.pem")}"', text)
    for name, base, said in ((GOOD, text, "is not of the authority that ca names"),
                             (EXPIRED, of_ours, "has expired on 2020-01-02 00:00 UTC")):
        own = re.sub(r'"[^"]*/south\.(pem|key)"', rf'"{scratch.path(name)}.\1"', base)
        fails(server, south, f"the certificate of [cluster] {said}", f"{name}.pem", config=scratch.write("other.toml", own))
    trusts_nothing = scratch.write("tls.toml", f'{text}\n[tls]\ntrusted-ca = "{scratch.path("none.pem")}"\n')
    fails(server, south, "the file with authorities cannot be read", config=trusts_nothing)
    check(north.members()["north"]["shards"] == SHARDS, f"a node that has not started has taken shards: {north.members()}")


def main():
    differing = what_differs()
    check(differing == ["name", "address", "certificate", "key", "seed", "log"], f"the two files differ in {differing}")
    with Scratch(program_argument()) as scratch:
        subprocess.run([sys.executable, ROOT / "conf/cluster/make_certificates.py", scratch.path("certificates"), "north", "south"],
                       check=True, stdout=subprocess.DEVNULL)
        server = PostgresServer(scratch)
        north, south = (Shipped(scratch, server, name) for name in ("north", "south"))
        people = readme_people()
        scratch.run("import", "--list", "customers", write_list(scratch.path("people.csv"), people), "--config", north.config)
        north.start()
        wait_for(lambda: north.members().get("north", {}).get("shards") == SHARDS, "all shards with the first node")
        failing_starts(scratch, server, north, south)
        south.start()
        wait_for(lambda: all(n.members().get(m.name, {}).get("answered") for n in (north, south) for m in (north, south)),
                 "two nodes that know each other")
        check(north.certificate_ends_s() > time.time() + MONTH_S, "the certificate of the example ends soon")
        wait_for(lambda: server.sql("SELECT count(*) FROM list_1 WHERE record_status <> 3") == "0", "the end of the campaign", 180)
        for node in (north, south):
            node.end()
        kept = rows(scratch.attempts(server.uri()))
        each = {node.name: len(node.calls()) for node in (north, south)}
        calls, unknown = check_calls(kept, north.calls() + south.calls(), 900)
        chains = {person["chain_id"] for person in people}
        check({int(attempt["chain_id"]) for attempt in kept} == chains, "somebody of the list was not called")
        check(unknown == 0 and min(each.values()) > 0, f"{unknown} calls of unknown end; each node: {each}")
        answers = sum(attempt["result"] == "Answer" for attempt in kept)
        check(answers > len(chains) / 2, f"{answers} answers for {len(chains)} people")
    print(f"{len(chains)} people, {calls} calls {each}, {answers} answers")


main()
