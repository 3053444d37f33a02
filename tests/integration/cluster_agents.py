"""Agents of a Progressive campaign are those of all nodes together: ordered at any node, each dials for its part, nodes that come
and go change who has how many, and never are there more calls than agents. Previews of all are shown and released at any."""
from cluster_node import ClusterNode, SHARDS, busy_answers, write_people
from harness import *
from postgres_server import PostgresServer

PEOPLE, PREVIEWS, CALL_MS, LEASE_S = 2_000, 40, 1_500, 2
TOKEN = "a token of sixteen"


class Node(ClusterNode):
    def __init__(self, scratch, server, name):
        self.log = scratch.path(f"{name}.calls")
        super().__init__(scratch, server.uri(), name, f"""
{busy_answers(100, CALL_MS, self.log)}[[list]]
name = "people"
[[campaign]]
name = "people"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/one_try.scxml"
dialing-mode = "Progressive"
agents = 3
[[list]]
name = "looked at"
[[campaign]]
name = "preview"
lists = ["looked at"]
treatment-uri = "file://{TREATMENTS}/one_try.scxml"
dialing-mode = "Preview"
""", LEASE_S, cluster=f'address = "127.0.0.1:{free_port()}"', stats=f'token = "{TOKEN}"')
        self.start()

    def in_progress(self):
        """In progress at this node alone."""
        return get_json(self.port, f"/api/v1/trunks?node={self.name}")["trunks"][0]["calls"]

    def agents(self):
        """Of all nodes together, as the API and the command say."""
        said = [c["agents"] for c in get_json(self.port, "/api/v1/campaigns") if "agents" in c] # not of "preview"
        line = self.scratch.run("status", "--url", f"http://127.0.0.1:{self.port}").stdout
        return said[0] if len(said) == 1 and f", {said[0]} agents" in line else None

    def order(self, agents):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1/campaigns/people/agents", method="POST",
                                         data=json.dumps({"agents": agents}).encode(), headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return {n["node"]: n["outcome"] for n in json.load(answer)["nodes"]}


def previews(a, b):
    """Any node shows those of both, and releases any."""
    def waiting(node, query=""):
        return get_json(node.port, f"/api/v1/campaigns/preview/previews{query}")
    wait_for(lambda: waiting(a)["waiting"] == PREVIEWS and waiting(b)["waiting"] == PREVIEWS, "previews of both at both")
    shown = waiting(a, "?limit=4")["previews"]
    check(len(shown) == 4 and {p["node"] for p in shown} == {"a", "b"}, f"previews in turn: {shown}")
    check(0 < waiting(a, "?node=b")["waiting"] < PREVIEWS, "previews of one node alone")
    handle = next(p["handle"] for p in shown if p["node"] == "b")
    request = urllib.request.Request(f"http://127.0.0.1:{a.port}/api/v1/records/{handle}/release", data=b"", method="POST",
                                     headers={"Authorization": f"Bearer {TOKEN}"})
    urllib.request.urlopen(request, timeout=20).close()
    wait_for(lambda: waiting(b)["waiting"] == PREVIEWS - 1, "the one that was released is no preview any more")


def most_at_once(nodes, since_ms):
    """Of calls of all nodes that have begun since."""
    starts = sorted(line["ms"] for node in nodes for line in node.calls()
                    if line["ms"] > since_ms and line["list"] == "people")
    return max((sum(first <= ms < first + CALL_MS for ms in starts) for first in starts), default=0)


def main():
    with Scratch(program_argument()) as scratch:
        server = PostgresServer(scratch)
        people = write_people(scratch.path("people.csv"), range(1, PEOPLE + 1))
        looked_at = write_people(scratch.path("looked_at.csv"), range(PEOPLE + 7, PEOPLE + 7 * PREVIEWS + 1, 7),
                                 area=1666)  # of shards of all kinds
        for name, path in (("people", people), ("looked at", looked_at)):
            scratch.run("import", "--list", name, path, "--store", server.uri())
        nodes = a, b = [Node(scratch, server, name) for name in ("a", "b")]

        def shared_out():
            members = a.members()
            return len(members) == 2 and all(m["answered"] and m["shards"] == SHARDS // 2 for m in members.values())

        def have(*parts):
            return sorted(node.in_progress() for node in nodes) == sorted(parts)
        wait_for(shared_out, "two nodes with an even share of shards")
        previews(a, b)
        wait_for(lambda: have(1, 2), "calls for the three agents of the configuration")
        wait_for(lambda: a.agents() == 3, "the agents of both nodes in one sum")
        check(a.order(7) == {"a": "done", "b": "done"}, "the order is not obeyed by both")
        wait_for(lambda: have(3, 4), "calls for seven agents")
        check(b.order(4) == {"a": "done", "b": "done"}, "the order is not obeyed by both")
        wait_for(lambda: have(2, 2), "calls for four agents")
        wait_for(lambda: a.agents() == 4 and b.agents() == 4, "the agents that were ordered in one sum")
        since_ms = time.time() * 1_000
        b.process.kill()
        b.process.wait()
        wait_for(lambda: a.in_progress() == 4, "calls for all agents at the node that is left")
        b.start()
        wait_for(shared_out, "the other is back")
        wait_for(lambda: have(2, 2), "both dial for their parts of what was ordered before one of them began")
        most = most_at_once(nodes, since_ms)
        check(most <= 4, f"{most} calls at once for 4 agents")
        until = time.monotonic() + 2 * LEASE_S
        while time.monotonic() < until:
            check(sum(node.in_progress() for node in nodes) <= 4, "more calls than agents")
            time.sleep(0.02)
        for node in nodes:
            node.process.terminate()
        for node in nodes:
            check(node.process.wait(timeout=60) == 0, f"{node.name} did not end in order")
    print(f"at most {most} calls at once for 4 agents while a node was killed and came back")


main()
