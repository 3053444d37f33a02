"""Chains of ask_first.scxml, which ask a server before they call and listen for its answer: the server, the answer, and where a
chain is."""
import urllib.parse

from harness import HttpServer

YES = urllib.parse.urlencode({"_scxmleventname": "approved", "by": "crm"}).encode()


class Crm(HttpServer):
    """Hears where each chain listens, and answers nothing."""

    def __init__(self):
        self.locations = {}
        super().__init__(self.take)

    def take(self, _, body):
        fields = dict(urllib.parse.parse_qsl(body))
        self.locations[fields["answer_to"].split("/scxml/")[1]] = fields["answer_to"]
        return 200, {}, ""


def shard_of(list_id, chain):
    """As dialer/shards.hpp."""
    bits = chain ^ list_id
    for n in range(1, 8):
        bits ^= chain >> (8 * n)
    return bits & 255


def owner_of(server, path, members):
    """Of the chain that listens there, in the eyes of PostgreSQL. members: by name, as GET /api/v1/cluster has them."""
    list_id, chain = path.split("/")[:2]
    epoch = int(server.sql(f"SELECT epoch FROM shards WHERE shard = {shard_of(int(list_id), int(chain))}"))
    return next(name for name, m in members.items() if m["epoch"] == epoch)
