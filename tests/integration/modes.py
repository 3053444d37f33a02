"""Dialing modes: Power keeps to calls-per-minute and to channels, the same with 1 and 2 lanes; Progressive follows its agents as
they come and go; Preview dials what is released over the API and nothing else; what joins the do-not-call list over the API is not
dialed; explain names what each call waits for. In virtual time a run that waits for people ends."""
from harness import *
import urllib.error

RING_MS = 2_000
TOKEN = "a token of this test"


def people(scratch, name, first, count):
    return write_list(scratch.path(f"{name}.csv"), [
        {"record_id": n, "chain_id": n, "chain_n": 0, "contact_info": f"1555{n:07d}", "daily_from": 0, "daily_till": 86400,
         "crm_id": f"C{n}", "ask": ""} for n in range(first, first + count)])


def campaign(scratch, name, first, count, options):
    return f"""
[[list]]
name = "{name}"
csv = "{people(scratch, name, first, count)}"
[[campaign]]
name = "{name}"
lists = ["{name}"]
treatment-uri = "file://{TREATMENTS}/one_try.scxml"
{options}
"""


def trunk(log, ring_ms):
    return f"""
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 40
calls-per-second = 200
ring-ms = [{ring_ms}, {ring_ms}]
talk-ms = [0, 0]
weights = {{ NoAnswer = 1 }}
log = "{log}"
"""


def starts(log, name):
    return sorted(line["ms"] for line in calls_so_far(log) if line["list"] == name)


def most_within(starts_ms, span_ms):
    return max(sum(first <= ms < first + span_ms for ms in starts_ms) for first in starts_ms)


def power(scratch):
    seen = []
    for lanes in (1, 2):
        log = scratch.path(f"power{lanes}.calls")
        config = scratch.write(f"power{lanes}.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
[stats]
enabled = false
[store]
path = "power{lanes}.db"
""" + trunk(log, RING_MS) + campaign(scratch, "minute", 1, 400, "calls-per-minute = 90")
            + campaign(scratch, "narrow", 1001, 300, "channels = 3") + campaign(scratch, "agents", 2001, 100,
              'dialing-mode = "Progressive"\nagents = 5\nlines-per-agent = 1.5') + campaign(scratch, "free", 3001, 400, ""))
        scratch.run("run", "--config", config, "--virtual-time", "--lanes", lanes)
        minute, narrow, agents, free = (starts(log, name) for name in ("minute", "narrow", "agents", "free"))
        check((len(minute), len(narrow), len(agents), len(free)) == (400, 300, 100, 400), "not every record was called once")
        check(most_within(minute, 60_000) == 90, f"{most_within(minute, 60_000)} calls in a minute, not 90")
        check(most_within(narrow, RING_MS) == 3, f"{most_within(narrow, RING_MS)} calls at once, not 3 channels")
        check(most_within(agents, RING_MS) == 7, f"{most_within(agents, RING_MS)} calls at once, not 7 lines")
        check(free[-1] - free[0] < 60_000, "a campaign without limits was held up by the others")
        seen.append(scratch.attempts(scratch.path(f"power{lanes}.db")))
    check(seen[0] == seen[1], "one lane and two give other attempts")


def nobody_comes(scratch):
    for name, options in (("previewed", 'dialing-mode = "Preview"'), ("unmanned", 'dialing-mode = "Progressive"')):
        log = scratch.path(f"{name}.calls")
        config = scratch.write(f"{name}.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
[stats]
enabled = false
[store]
path = "{name}.db"
""" + trunk(log, RING_MS) + campaign(scratch, name, 1, 20, options))
        ended = scratch.run("run", "--config", config, "--virtual-time", expect=1, timeout=60)
        check("20 chains wait" in ended.stderr and starts(log, name) == [], f"{name}: {ended.stderr}")


def post(port, path, body=None, token=TOKEN):
    """Status and JSON of the answer."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method="POST",
                                     data=b"" if body is None else json.dumps(body).encode(),
                                     headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def over_the_api(scratch):
    port, log = free_port(), scratch.path("api.calls")
    config = scratch.write("api.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
[stats]
port = {port}
token = "{TOKEN}"
[store]
path = "api.db"
[do-not-call]
customer_id = "CRM_ID"
""" + trunk(log, 300) + campaign(scratch, "agents", 1, 60, 'dialing-mode = "Progressive"')
        + campaign(scratch, "preview", 1001, 6, 'dialing-mode = "Preview"')
        + campaign(scratch, "later", 2001, 2, "auto-start = false")
        + campaign(scratch, "slow", 3001, 3, "calls-per-minute = 1"))
    node = scratch.start(scratch.program, "node", "--config", config)
    wait_for_port(port)

    def explained(record):
        return get_text(port, f"/api/v1/records/{record}/explanation")

    def waits(record, words):
        wait_for(lambda: words in explained(record), f"record {record}: {words}", seconds=20)

    # Agents come, go, and come again: never more calls at once than they are.
    waits(7, "waits for agents: campaign agents has none")
    check(starts(log, "agents") == [], "a call without an agent")
    told = post(port, "/api/v1/campaigns/agents/agents", {"agents": 4})
    check(told == (200, {"agents": 4, "calls_max": 4}), f"four agents: {told}")
    wait_for(lambda: len(starts(log, "agents")) >= 12, "calls of four agents")
    waits(60, "the 4 of campaign agents are busy")
    post(port, "/api/v1/campaigns/agents/agents", {"agents": 0})
    time.sleep(0.05)  # what the trunk was just told is in its log
    at_rest = len(starts(log, "agents"))
    check(most_within(starts(log, "agents"), 300) == 4, "other than four calls at once")
    waits(60, "has none")
    check(len(starts(log, "agents")) == at_rest, "a call after the last agent had gone")
    post(port, "/api/v1/campaigns/agents/agents", {"agents": 60})
    wait_for(lambda: len(starts(log, "agents")) == 60, "calls of sixty agents")

    # Preview: exactly what is released is dialed.
    wait_for(lambda: get_json(port, "/api/v1/campaigns/preview/previews")["waiting"] == 6, "six previews")
    shown = get_json(port, "/api/v1/campaigns/preview/previews?limit=4")["previews"]
    check([p["record_id"] for p in shown] == [1001, 1002, 1003, 1004], f"previews: {shown}")
    check(shown[0]["number"] == "*******1001" and shown[0]["list"] == "preview" and shown[0]["chain_id"] == 1001, f"{shown[0]}")
    handles = {p["record_id"]: p["handle"] for p in shown}
    check(f"POST /api/v1/records/{handles[1003]}/release" in explained(1003), explained(1003))
    check(post(port, f"/api/v1/records/{handles[1003]}/release") == (200, {"released": handles[1003]}), "no release")
    wait_for(lambda: len(starts(log, "preview")) == 1, "the released call")
    check(post(port, f"/api/v1/records/{handles[1003]}/release")[0] == 404, "released twice")
    check(post(port, f"/api/v1/records/{handles[1001]}/release", token="wrong")[0] == 401, "released without the token")
    check([line["record_id"] for line in call_log(log) if line["list"] == "preview"] == [1003], "another call than the released")

    # What joins the do-not-call list is not dialed from the answer on.
    for body in ({}, {"phones": "1"}, {"phones": [1]}, {"phones": [" "]}, {"phones": ["1"] * 1001}, {"numbers": ["1"]}, []):
        check(post(port, "/api/v1/do-not-call", body)[0] == 400, f"accepted: {str(body)[:60]}")
    taken = post(port, "/api/v1/do-not-call", {"phones": ["+1 555 000 1001"], "customers": ["C1002"]})
    check(taken == (200, {"phones": 1, "customers": 1, "added": 2}), f"{taken}")
    check(post(port, "/api/v1/do-not-call", {"phones": ["15550001001"]})[1]["phones"] == 1, "an entry twice is refused")
    for record in (1001, 1002, 1004):
        check(post(port, f"/api/v1/records/{handles[record]}/release")[0] == 200, f"{record} is not released")
    wait_for(lambda: len(starts(log, "preview")) == 2, "the third release")
    for record in (1001, 1002):
        waits(record, "DoNotCall")
    check(sorted(line["record_id"] for line in call_log(log) if line["list"] == "preview") == [1003, 1004], "a forbidden call")

    waits(2001, "campaign later is not loaded")
    waits(3003, "campaign slow starts 1 calls per minute")
    check(post(port, "/api/v1/campaigns/nobody/agents", {"agents": 1})[0] == 404, "agents of no campaign")
    check(post(port, "/api/v1/campaigns/slow/agents", {"agents": 1})[0] == 409, "agents of a Power campaign")
    check(post(port, "/api/v1/campaigns/agents/agents", {"agents": -1})[0] == 400, "less than no agents")
    node.terminate()
    check(node.wait(timeout=60) == 0, "the node did not stop in order")
    stored = {int(r["record_id"]): r["record_type"] for r in scratch.export("preview", scratch.path("api.db"))}
    check(stored[1001] == stored[1002] == "7" and stored[1003] != "7", f"record types {stored}")


def nobody_looks_for_customers(scratch):
    """What would leave customers of the do-not-call list unlooked for is said, or refused."""
    def settings(name, options, dnc="phone,customer_id\n,C1\n"):
        scratch.write(f"{name}.dnc", dnc)
        return scratch.write(f"{name}.toml", f"""
[node]
treatment-roots = ["{TREATMENTS}"]
[store]
path = "{name}.db"
[do-not-call]
csv = "{name}.dnc"
""" + options + trunk(scratch.path(f"{name}.calls"), 300) + campaign(scratch, name, 1, 3, ""))

    off = "[stats]\nenabled = false\n"
    done = scratch.run("run", "--config", settings("wrong", 'customer_id = "crmid"\n' + off), "--virtual-time", expect=1)
    check("no list has the user column crmid: [do-not-call] customer_id" in done.stderr, done.stderr)
    check(starts(scratch.path("wrong.calls"), "wrong") == [], "dialed although customers are not looked for")
    done = scratch.run("run", "--config", settings("left_out", off), "--virtual-time")
    check("1 customers of the do-not-call list are not looked for" in done.stderr, done.stderr)
    done = scratch.run("run", "--config", settings("right", 'customer_id = "CRM_Id"\n' + off), "--virtual-time")
    check([line["record_id"] for line in call_log(scratch.path("right.calls"))] == [2, 3], "the wrong calls")
    check("not looked for" not in done.stderr, done.stderr)

    port = free_port()
    node = scratch.start(scratch.program, "node", "--config",
                         settings("api_only", f'[stats]\nport = {port}\ntoken = "{TOKEN}"\n', "phone\n"))
    wait_for_port(port)
    status, why = post(port, "/api/v1/do-not-call", {"phones": ["1555"], "customers": ["C2"]})
    check(status == 409 and why["what"] == "this node does not look for customers", f"{status} {why}")
    check(post(port, "/api/v1/do-not-call", {"phones": ["1555"]})[0] == 200, "a phone is refused")
    node.terminate()
    check(node.wait(timeout=60) == 0, "the node did not stop in order")


def main():
    with Scratch(program_argument()) as scratch:
        power(scratch)
        nobody_comes(scratch)
        over_the_api(scratch)
        nobody_looks_for_customers(scratch)
        print("Power, Progressive and Preview dial as they should, with one lane and with two")


main()
