"""The page of a node in a real browser: it says what the API says, of a node by itself and of a cluster from any of its nodes;
names stay texts, what is not of now is told from what is, and a telephone is wide enough. A second argument names a folder for
pictures."""
from browser import Browser
from cluster_node import ClusterNode, SHARDS, busy_answers, have_equal_shares, write_people
from harness import *
from postgres_server import PostgresServer

PEOPLE, LEASE_S, TOKEN = 60, 5, "a token of sixteen"
EVIL_NODE, EVIL_CAMPAIGN = "<b>south & 'co'", "<img src=x onerror='document.title=1'> & <script>"
TELEPHONE, DESK = (390, 844), (1_400, 900)
FILES = {"/": "text/html; charset=utf-8", "/page.css": "text/css; charset=utf-8", "/page.js": "text/javascript; charset=utf-8"}

# What a reader sees: rows of a table as objects by the texts of their heads.
ROWS = """(selector) => [...document.querySelectorAll(selector + ' tbody tr')].map((row) =>
  Object.fromEntries([...row.cells].map((cell) => [cell.dataset.label, cell.innerText.trim()])))"""
OUTSIDE = """[...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
  .map((one) => one.outerHTML.slice(0, 80))"""


def dialing(log, people=None):
    """Of a configuration: a list and a campaign whose every call ends soon."""
    return f"""
{busy_answers(20, 20, log)}[[list]]
name = "people"
{f'csv = "{people}"' if people else ''}
[[campaign]]
name = "{EVIL_CAMPAIGN}"
lists = ["people"]
treatment-uri = "file://{TREATMENTS}/one_try.scxml"
channels = 19
"""


class Page:
    def __init__(self, browser, port):
        self.browser, self.port = browser, port
        browser.open(f"http://127.0.0.1:{port}/")
        wait_for(lambda: self.value("Number(document.body?.dataset.looks ?? 0)") > 0, "the page's first look")
        self.value("by_id('every').value = '1000', look()")

    def value(self, expression):
        return self.browser.value(expression)

    def rows(self, selector):
        return self.value(f"({ROWS})({json.dumps(selector)})")

    def text(self, element):
        return self.value(f"document.querySelector('{element}').innerText")

    def is_stale(self):
        return self.value("document.body.classList.contains('stale')")

    def shows_campaign(self):
        """The same as the API, and complete."""
        api = get_json(self.port, "/api/v1/campaigns")[0]
        rows = self.rows("#campaigns")
        return len(rows) == 1 and rows[0] == {
            "Campaign": EVIL_CAMPAIGN, "State": "done", "Chains ended": f"{api['ended']} of {api['chains']}, 100.0\u00a0%",
            "In memory": str(api["live"]), "Put aside": str(api["passive"]), "Attempts": str(api["attempts"]),
            "Results": f"Busy {api['results'].get('Busy')} (100.0\u00a0%)", "Remarks": ""}

    def owners(self):
        return self.value("[...document.querySelectorAll('#map i')].map((cell) => cell.dataset.owner)")

    def check_layout(self, picture):
        for (width, height), name in ((TELEPHONE, "telephone"), (DESK, "desk")):
            self.browser.size(width, height)
            wide = self.value("document.documentElement.scrollWidth")
            check(wide <= width, f"{picture}: {wide} pixels on a screen of {width}: {self.value(OUTSIDE)}")
            for scheme in ("light", "dark"):
                self.browser.scheme(scheme)
                if len(sys.argv) > 2:
                    self.browser.picture(pathlib.Path(sys.argv[2]) / f"{picture}_{name}_{scheme}.png")


def owners_by_api(port):
    owners = [""] * SHARDS
    for member in get_json(port, "/api/v1/cluster")["members"]:
        for part in filter(None, member["shards_owned"].split(",")):
            first, last = (part.split("-") * 2)[:2]
            owners[int(first):int(last) + 1] = [member["node"]] * (int(last) - int(first) + 1)
    return owners


def check_files(port):
    for path, kind in FILES.items():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            got = answer.headers
        check(got["Content-Type"] == kind and got["Cache-Control"] == "no-store", f"{path}: {got}")
        check(got["X-Content-Type-Options"] == "nosniff", f"{path}: {got}")
        check(path != "/" or got["Content-Security-Policy"].startswith("default-src 'self';"), f"{path}: {got}")


def check_names_are_texts(page):
    check(page.value("document.querySelectorAll('b, img, main script').length") == 0, "a name has become an element")
    check(page.value("document.title") != "1", "a name has run")
    origin = f"http://127.0.0.1:{page.port}/"
    asked = page.value("performance.getEntriesByType('resource').map((one) => one.name)")
    check(asked and all(one.startswith(origin) for one in asked), f"something else than the node was asked: {asked}")


def looks_once_while_seen(page):
    """Three at once are one; nobody who looks away costs the node anything."""
    more = page.value("""(async () => {
      const before = Number(document.body.dataset.looks);
      await Promise.all([look(), look(), look()]);
      return Number(document.body.dataset.looks) - before; })()""")
    check(more <= 1, f"{more} looks at once")
    more = page.value("""(async () => {
      while (under_way) await new Promise((done) => setTimeout(done, 10));
      Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});
      const before = Number(document.body.dataset.looks);
      await look();
      delete document.visibilityState;
      look();
      return Number(document.body.dataset.looks) - before; })()""")
    check(more == 0, "it looks though nobody sees it")


def of_one_node(scratch, browser):
    port, store = free_port(), scratch.path("one.db")
    people = write_people(scratch.path("people.csv"), range(1, PEOPLE + 1))

    def start(name, stats=""):
        config = scratch.write(f"{name}.toml", f"""
[node]
name = "{EVIL_NODE}"
lanes = 1
treatment-roots = ["{TREATMENTS}"]
[store]
path = "{store}"
[stats]
port = {port}
{stats}
{dialing(scratch.path('one.calls'), people)}""")
        started = scratch.start(scratch.program, "node", "--config", config)
        wait_for_port(port)
        return started
    node = start("one")
    check_files(port)
    page = Page(browser, port)
    wait_for(page.shows_campaign, "the campaign as the API has it, at its end")
    check(page.text("#name") == EVIL_NODE, f"another name: {page.text('#name')}")
    check(page.value("document.getElementById('cluster').hidden"), "a node by itself shows a cluster")
    check("ready" in page.text("#facts") and "no cluster" in page.text("#facts"), page.text("#facts"))
    api, trunk = get_json(port, "/api/v1/trunks")["trunks"][0], page.rows("#trunks")[0]
    check(trunk["State"] == "works" and trunk["Channels in use"] == "0 of 20" and trunk["Begun in all"] == str(api["started"]),
          f"another trunk than {api}: {trunk}")
    check_names_are_texts(page)
    looks_once_while_seen(page)
    page.check_layout("one")
    page.value("by_id('pause').click()")
    wait_for(lambda: page.is_stale() and "Paused" in page.text("#banner"), "a pause that is seen")
    page.value("by_id('pause').click()")
    wait_for(lambda: not page.is_stale() and page.text("#banner") == "", "a page that goes on")
    node.kill()
    node.wait()
    wait_for(lambda: page.is_stale() and "does not answer" in page.text("#banner"), "a node that is gone is told")
    page.check_layout("one_gone")

    start("open", f'address = "0.0.0.0"\ntoken = "{TOKEN}"')
    wait_for(lambda: not page.value("by_id('token_form').hidden"), "a node that is open to other machines asks for its token")
    check(page.is_stale(), "what is not of now looks as if it were")
    for token, comes in (("another", lambda: "does not take" in page.text("#banner")), (TOKEN, lambda: not page.is_stale())):
        page.value(f"by_id('token').value = '{token}', document.querySelector('#token_form button').click()")
        wait_for(comes, f"what comes of the token {token}")
    wait_for(lambda: page.rows("#campaigns")[0]["State"] == "done", "the campaign is done still, once it has been looked through")


def of_a_cluster(scratch, browser):
    server = PostgresServer(scratch)
    people = write_people(scratch.path("people.csv"), range(1, PEOPLE + 1))
    scratch.run("import", "--list", "people", people, "--store", server.uri())
    nodes = north, south = [ClusterNode(scratch, server.uri(), name, dialing(scratch.path(f"{name}.calls")), LEASE_S,
                                        cluster=f'address = "127.0.0.1:{free_port()}"').start() for name in ("north", EVIL_NODE)]
    wait_for(lambda: have_equal_shares(nodes), "an equal share for each node")
    wait_for(lambda: all(m["answered"] for n in nodes for m in n.members().values()), "nodes that answer for each other")
    for node, other in ((south, north), (north, south)):  # any of them
        page = Page(browser, node.port)
        wait_for(page.shows_campaign, "the campaign as the API has it, at its end")
        wait_for(lambda: page.owners() == owners_by_api(other.port), "256 shards with their owners")
        check(set(page.owners()) == {"north", EVIL_NODE}, f"owners: {set(page.owners())}")
        check(page.text("#name") == node.name, f"another name: {page.text('#name')}")
        rows = {row["Node"].split("\n")[-1]: row for row in page.rows("#members")}
        members = {letter + name: m for letter, (name, m) in zip("AB", sorted(node.members().items()))}
        check({name.replace("\n", "") for name in rows} == set(members), f"{set(rows)} for {set(members)}")
        for name, m in members.items():
            row = rows[name]
            check(row["State"] == ("shows this page" if m["node"] == node.name else "answers"), f"state: {row}")
            check(f"{EVIL_CAMPAIGN}: " in row["May use"] and "sim: " in row["May use"], f"shares: {row}")
            check((row["Epoch"], row["Shards"]) == (str(m["epoch"]), str(m["shards"])), f"{row} for {m}")
        check(page.value("document.querySelectorAll('#map i').length") == SHARDS, "not 256 cells")
        check_names_are_texts(page)
    page.check_layout("cluster")
    south.process.kill()
    south.process.wait()

    def state_of_south():
        return next((row["State"] for row in page.rows("#members") if EVIL_NODE in row["Node"]), "")
    wait_for(lambda: "does not answer" in state_of_south(), "a node that was killed is shown as such")
    wait_for(lambda: f"Node {EVIL_NODE} has not answered" in page.text("#banner"), "a banner says so")
    check("does not answer" in page.text("#owners") and "of the nodes that answer" in page.text("#trunks_title"), "who is missing")
    page.check_layout("cluster_killed")
    wait_for(lambda: "no member any more" in state_of_south() and set(page.owners()) == {"north"},
             "the killed node's shards with the other")
    check(not page.is_stale(), "what is of now looks as if it were not")
    north.end()


def main():
    with Scratch(program_argument()) as scratch, Browser(scratch) as browser:
        of_one_node(scratch, browser)
        of_a_cluster(scratch, browser)
        broken = [e["params"] for e in browser.events if e["method"] == "Runtime.exceptionThrown"]
        check(not broken, f"the page has failed: {broken}")
        complaints = [e["params"]["args"] for e in browser.events if e["method"] == "Runtime.consoleAPICalled"]
        check(not complaints, f"the page complains: {complaints}")


main()
