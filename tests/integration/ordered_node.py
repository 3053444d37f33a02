"""A node of tests about servers: a campaign of one list for each treatment, loaded and started when the test says so."""
from harness import *

TOKEN = "a token of sixteen"


def people(scratch, name, parts):
    """A list of one chain for each of `parts`, which treatments see as the column `part`."""
    path = scratch.path(f"{name}.csv")
    with open(path, "w") as out:
        out.write("record_id,chain_id,chain_n,contact_info,daily_from,daily_till,part,outcome\n")
        out.writelines(f"{n},{n},0,1555{n:07d},0,86400,{part},\n" for n, part in enumerate(parts, 1))
    return path


class OrderedNode:
    def __init__(self, scratch, campaigns, more="", patience_s=60, live=1_000_000, batch=10_000, ring_ms=1, one_by_one=()):
        """campaigns: name: (treatment-uri, lists); lists: name: (CSV, treatment-uri or ""). one_by_one: campaigns of which each
        chain starts when the one before it has ended."""
        self.scratch, self.port, self.patience_s = scratch, free_port(), patience_s
        text = f"""
[node]
passivate-after = 0
treatment-roots = ["{TREATMENTS}"]
log-level = "warning"
log-file = "node.log"
[stats]
port = {self.port}
token = "{TOKEN}"
[store]
path = "node.db"
{more}
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 100000
calls-per-second = 100000
ring-ms = [{ring_ms}, {ring_ms}]
weights = {{ Busy = 1 }}
log = "calls.log"
"""
        for lists in (lists for _, lists in campaigns.values()):
            for name, (csv_path, treatment) in lists.items():
                text += f'\n[[list]]\nname = "{name}"\ncsv = "{csv_path}"\ntreatment-uri = "{treatment}"\n'
        for name, (treatment, lists) in campaigns.items():
            alone = name in one_by_one
            text += f"""
[[campaign]]
name = "{name}"
lists = {list(lists)}
treatment-uri = "{treatment}"
chains-live-max = {1 if alone else live}
admission-batch = {1 if alone else batch}
auto-start = false
"""
        self.process = scratch.start(scratch.program, "node", "--config", scratch.write("node.toml", text))
        wait_for(lambda: self.process.poll() is not None or self.answers(), "the node", patience_s)
        if self.process.poll() is not None:
            fail(f"the node does not start: {self.process.stderr.read()[-2000:]}")

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def order(self, verb, *names):
        for name in names:
            order(self.port, TOKEN, verb, name)

    def campaigns(self):
        return {c["name"]: c for c in get_json(self.port, "/api/v1/campaigns")}

    def servers(self):
        return {s["origin"]: s for s in get_json(self.port, "/api/v1/servers")["servers"]}

    def start(self, *names, until=lambda campaign: campaign["done"]):
        """Loads and starts them; seconds until all have come so far."""
        began = time.monotonic()
        for name in names:
            self.order("load", name)
            self.order("start", name)
        self.wait_for(*names, until=until)
        return time.monotonic() - began

    def wait_for(self, *names, until=lambda campaign: campaign["done"]):
        def all_there():
            self.behind = [c for c in self.campaigns().values() if c["name"] in names and not until(c)]
            return not self.behind
        try:
            wait_for(all_there, "campaigns", self.patience_s)
        except SystemExit:
            fail(f"these are behind: {self.behind}")

    def stop(self):
        self.process.terminate()
        check(self.process.wait(timeout=60) == 0, "the node did not stop in order")

    def kill(self):
        self.process.kill()
        self.process.wait()
