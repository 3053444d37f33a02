"""A node of a cluster: its configuration, its process, and whom it sees; and what tests of several nodes have in common."""
import functools

from harness import *

SHARDS = 256


class ClusterNode:
    """`store`: its URI; `rest`: the tables behind [stats]; `node`, `cluster` and `stats`: further lines of these; treatments lie in
    `root`. Not started."""

    def __init__(self, scratch, store, name, rest, lease_s=2, node="", cluster="", stats="", root=TREATMENTS):
        self.scratch, self.name, self.process, self.port = scratch, name, None, free_port()
        self.said = scratch.path(f"{name}.log")
        self.config = scratch.write(f"{name}.toml", f"""
[node]
name = "{name}"
lanes = 1
treatment-roots = ["{root}"]
log-file = "{self.said}"
{node}
[store]
path = "{store}"
[cluster]
enabled = true
lease = {lease_s}
{cluster}
[stats]
port = {self.port}
{stats}
{rest}""")

    def start(self, program=None, **environment):
        self.process = self.scratch.start(program or self.scratch.program, "node", "--config", self.config,
                                          env={**os.environ, **environment})
        return self

    def members(self):
        """All whose lease goes on, by name; none while it does not answer."""
        try:
            return {m["node"]: m for m in get_json(self.port, "/api/v1/cluster")["members"] if m["lease_left_ms"] > 0}
        except OSError:
            return {}

    @functools.cached_property
    def trunk_log(self):
        """At its `log`."""
        return GrowingLog(self.log)

    def calls(self):
        return self.trunk_log.so_far()

    def end(self):
        self.process.terminate()
        check(self.process.wait(timeout=60) == 0, f"{self.name} did not end in order")


def have_equal_shares(nodes):
    """In the eyes of all."""
    for node in nodes:
        members = node.members()
        shares = [members[n.name]["shards"] for n in nodes if n.name in members]
        if len(members) != len(nodes) or sum(shares) != SHARDS or min(shares) < SHARDS // len(nodes):
            return False
    return True


def have_all_shards(nodes):
    """Together, in the eyes of one of them."""
    names = [node.name for node in nodes]
    return any(sum(m["shards"] for m in node.members().values() if m["node"] in names) == SHARDS for node in nodes)


def busy_answers(capacity, call_ms, log):
    """Of a configuration: a simulated trunk whose calls all end Busy after so long."""
    return f"""[[trunk]]
name = "sim"
kind = "simulated"
capacity = {capacity}
calls-per-second = 100
ring-ms = [{call_ms}, {call_ms}]
weights = {{ Busy = 1 }}
log = "{log}"
"""


def write_people(path, numbers, area=1555):
    """A list of chains of one record each, who may be called at any time."""
    return write_list(path, [
        {"record_id": i, "chain_id": i, "chain_n": 1, "contact_info": f"{area}{i:06d}", "daily_from": 0, "daily_till": 86400}
        for i in numbers])
