"""A treatment that changes while its campaign runs is for chains that start from then on; one that breaks, or whose server goes
away, changes nothing: chains are started with the last good one, one line says so, and the API shows it until it is mended."""
from ordered_node import *

CHAINS = 3000


def main():
    program = program_argument()
    with Scratch(program) as scratch:
        text = (TREATMENTS / "asks_a_server.scxml").read_text().replace("error.communication", "error.*")
        www = scratch.path("www")
        www.mkdir()

        def publish(version):
            (www / "t.scxml").write_text(text.replace("'document'", f"'{version}'"))
            (www / "part.scxml").write_text((TREATMENTS / "part.scxml").read_text())

        publish("one")
        port = free_port()
        block = f"server {{ listen 127.0.0.1:{port}; root {www}; }}"
        start_nginx(scratch, "$uri $status", block, [port])
        nginx = scratch.processes[-1]
        origin = f"http://127.0.0.1:{port}"
        # Few at a time, each for a while: there are always some that have started with what came before.
        node = OrderedNode(scratch, {"people": (f"{origin}/t.scxml", {
            "people": (people(scratch, "people", [f"{origin}/part.scxml"] * CHAINS), "")})}, """
[http]
document-check-interval = 1
http-response-timeout = 1
""", live=40, batch=10, ring_ms=100)
        for verb in ("load", "start"):
            node.order(verb, "people")

        def ended():
            return node.campaigns()["people"]["ended"]

        def server():
            return node.servers()[origin]

        wait_for(lambda: ended() > 100, "chains end")
        publish("two")
        wait_for(lambda: server()["revalidations"] > server()["unchanged"], "the treatment is had anew")
        at_two = ended()
        wait_for(lambda: ended() > at_two + 200, "chains of the second treatment end")
        (www / "t.scxml").write_text("<scxml")
        wait_for(lambda: server()["documents_kept"] == 1, "the broken one is seen")
        at_broken = ended()
        wait_for(lambda: ended() > at_broken + 200, "chains end all the same")
        nginx.terminate()
        nginx.wait()
        wait_for(lambda: "connect" in server()["errors"], "the server is missed")
        at_away = ended()
        wait_for(lambda: ended() > at_away + 100, "chains end without their server")
        check(server()["documents_kept"] >= 1, f"{server()}")
        publish("three")
        start_nginx(scratch, "$uri $status", block, [port])
        wait_for(lambda: server()["documents_kept"] == 0, "the treatment can be had again")
        at_three = ended()
        wait_for(lambda: node.campaigns()["people"]["done"], "all chains end")
        campaign = node.campaigns()["people"]
        check(campaign["treatment_failures"] == 0 and campaign["without_treatment"] == 0, f"{campaign}")
        node.stop()

        outcomes = [row["outcome"] for row in sorted(scratch.export("people", "node.db"), key=lambda r: int(r["chain_id"]))]
        changes = [n for n, seen in enumerate(outcomes) if n == 0 or outcomes[n - 1] != seen]
        check([outcomes[n] for n in changes] == ["one", "two", "three"], f"{[(n, outcomes[n]) for n in changes][:20]}")
        first_two, first_three = changes[1:]
        # Who was there when the treatment changed went on with the old one.
        check(first_two >= 100 and at_two - 40 <= first_two <= at_two + 200, f"{first_two} chains of the first, {at_two} had ended")
        check(first_three > at_away, f"{first_three} chains before the third, {at_away} had ended without the server")
        check(at_three < CHAINS, "all chains had ended before the server came back: the test shows nothing")
        log = scratch.path("node.log").read_text()
        kept = [line for line in log.splitlines() if "the last good document is used" in line and "/t.scxml" in line]
        check(len(kept) == 1, f"{len(kept)} lines of one outage: {log[-2000:]}")
        print(f"{CHAINS} chains: {first_two} of the first treatment, {first_three - first_two} of the second, through a broken one "
              f"and without a server, {CHAINS - first_three} of the third")


main()
