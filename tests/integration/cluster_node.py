"""A node of a cluster: its configuration, its process, and whom it sees."""
from harness import *


class ClusterNode:
    """`store`: its URI; `rest`: the tables behind [stats]; `node`, `cluster` and `stats`: further lines of these. Not started."""

    def __init__(self, scratch, store, name, rest, lease_s=2, node="", cluster="", stats=""):
        self.scratch, self.name, self.process, self.port = scratch, name, None, free_port()
        self.said = scratch.path(f"{name}.log")
        self.config = scratch.write(f"{name}.toml", f"""
[node]
name = "{name}"
lanes = 1
treatment-roots = ["{TREATMENTS}"]
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

    def end(self):
        self.process.terminate()
        check(self.process.wait(timeout=60) == 0, f"{self.name} did not end in order")
