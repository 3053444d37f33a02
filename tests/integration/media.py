"""Chains that go by mail, then by SMS, then by voice, over a real SMTP server (aiosmtpd) and an HTTP gateway: Ok of a message is an
event and Ok of a voice call is none, every answer of a server is its call result, what was taken was sent once, also when the
process is killed; STARTTLS, login and HTTPS; servers that are away; a traditional treatment for Ok."""
from harness import *
import oracle
import ssl

CHAINS = 120
CHAINS_KILLED = 200
DEBIAN_PYTHON = "/usr/bin/python3"  # the interpreter that has python3-aiosmtpd
# Of mails, by the last digit of the chain: what the address begins with, what the chain hears.
MAILS = [("ann", "Ok"), ("nobody", "WrongNumber"), ("later", "Busy"), ("cut", "SystemError unknown"), ("spam", "GeneralError"),
         ("policy", "GeneralError"), ("full", "Busy"), ("no address ", "WrongNumber"), ("ben", "Ok"), ("zoe", "Ok")]
# Of SMS, by the last digit: status, what the chain hears. 0: the gateway closes without an answer, having taken it.
MESSAGES = [(202, "Ok"), (404, "WrongNumber"), (429, "Busy"), (0, "SystemError unknown"), (401, "SwitchError"),
            (413, "GeneralError"), (503, "Busy"), (500, "SystemError unknown"), (200, "Ok"), (302, "GeneralError")]


class MailServer:
    def __init__(self, scratch, name, *certificate):
        self.path = scratch.path(f"{name}.taken")
        self.path.touch()
        self.process = subprocess.Popen([DEBIAN_PYTHON, str(HERE / "smtp_server.py"), str(self.path), *map(str, certificate)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        scratch.processes.append(self.process)
        self.port = int(self.process.stdout.readline())
        self.url = f"smtp://127.0.0.1:{self.port}"

    def taken(self):
        return [json.loads(line) for line in self.path.read_text().splitlines(keepends=True) if line.endswith("\n")]


class Gateway(HttpServer):
    """Keeps what it gets; answers by the last digit of the number."""
    request_queue_size = 100  # connections that wait, or the kernel has some of them try again after a second

    def __init__(self, context=None):
        self.got = []
        super().__init__(self.decide)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.url = self.url.replace("http:", "https:")

    def decide(self, path, body):
        message = json.loads(body)
        self.got.append((path, message))
        status = MESSAGES[int(message["to"][-1])][0]
        if status == 0:
            raise ConnectionAbortedError
        return status, {}, "{}"

    def handle_error(self, *_):
        pass  # the one above


def make_records(chains):
    records = []
    for chain in range(1, chains + 1):
        common = {"chain_id": chain, "daily_from": 0, "daily_till": 86400, "first_name": f"Zoë {chain}", "heard": "", "media": "",
                  "email_subject": "", "email_template_id": ""}
        html = chain % 10 == 9
        records += [
            {"record_id": 3 * chain, "chain_n": 0, "contact_info": f"{MAILS[chain % 10][0]}{chain}@example.com",
             "contact_info_type": 10, **common, "email_subject": f"Grüße <{chain}>" if html else "",
             "email_template_id": 7 if html else ""},
            {"record_id": 3 * chain + 1, "chain_n": 1, "contact_info": f"+1 555 {chain:05d}", "contact_info_type": 4, **common,
             "media": "sms"},
            {"record_id": 3 * chain + 2, "chain_n": 2, "contact_info": f"1777{chain:05d}", "contact_info_type": 1, **common}]
    return records


def configuration(scratch, name, mail, gateway, lanes=2, trunks="", more=""):
    return scratch.write(f"{name}.toml", f"""
[node]
lanes = {lanes}
log-level = "info"
log-file = "{name}.log"
treatment-roots = ["{TREATMENTS}"]
[stats]
enabled = false
[[trunk]]
name = "voice"
kind = "simulated"
seed = 3
ring-ms = [100, 200]
talk-ms = [0, 0]
log = "{name}.calls"
[[trunk.rule]]
match = "9$"
result = "Ok"
[[trunk]]
name = "mail"
kind = "e-mail"
capacity = 8
calls-per-second = 1000
log = "{name}.calls"
response-timeout = 20
server = "{mail}"
starttls = "none"
from = "Der Laden <shop@example.org>"
reply-to = "answers@example.org"
subject = "News for {{first_name}}"
template = "hello.txt"
templates = {{ 7 = "hello.html" }}
{trunks}
[[trunk]]
name = "text"
kind = "sms"
capacity = 8
calls-per-second = 1000
log = "{name}.calls"
response-timeout = 20
gateway = "{gateway}/send?by=chainring"
headers = ["Authorization: Bearer secret"]
template = "sms.txt"
{more}
[[list]]
name = "unused"
[[campaign]]
name = "media"
lists = ["unused"]
treatment-uri = "{TREATMENTS}/by_every_medium.scxml"
dialing-mode = "Power"
redial-gap = 1
""")


def start(scratch, name, csv_path, config, *more):
    store = scratch.path(f"{name}.db")
    return store, ["run", "--list", csv_path, "--treatment", TREATMENTS / "by_every_medium.scxml", "--config", config, "--store",
                   store, *more]


def heard_by(record):
    """What the chain hears of this record, and the result in its row."""
    chain, n = record["chain_id"], record["chain_n"]
    if n == 2:  # Ok of a voice call is no event
        return ("", "Ok") if chain % 10 == 9 else ("Answer", "Answer")
    heard = (MAILS if n == 0 else MESSAGES)[chain % 10][1]
    return heard, heard.split()[0]


def check_rows(exported, records):
    check(len(exported) == len(records), f"{len(exported)} rows, {len(records)} in the list")
    for row, record in zip(exported, records):
        heard, result = heard_by(record)
        check(row["record_id"] == str(record["record_id"]), f"row {row}: not record {record['record_id']}")
        check(row["record_status"] == "3", f"row {row}: not Updated")
        check(row["attempt"] == "1", f"row {row}: not one attempt")
        check(row["call_result"] == str(oracle.CODES[result]), f"row {row}: not {result}")
        check(row["heard"] == heard, f"row {row}: heard {row['heard']!r}, predicted {heard!r}")


def check_mails(taken, records):
    reached = ("ann", "ben", "zoe", "cut")
    want = {r["contact_info"]: r for r in records if r["chain_n"] == 0 and MAILS[r["chain_id"] % 10][0] in reached}
    check(sorted(mail["to"][0] for mail in taken) == sorted(want), f"{len(taken)} mails were taken, not {len(want)}, each once")
    for mail in taken:
        record = want[mail["to"][0]]
        html = record["email_template_id"] == 7
        check(mail["id"] == f"<people.{record['record_id']}.1@example.org>", f"{mail}: its id")
        check(mail["from"] == "shop@example.org" and mail["from_header"] == "Der Laden <shop@example.org>", f"{mail}: its sender")
        check(mail["subject"] == (record["email_subject"] or f"News for {record['first_name']}"), f"{mail}: its subject")
        check(mail["date"].startswith("Mon, 05 Jan 2026 15:0"), f"{mail}: its date")
        check(mail["type"] == ("text/html" if html else "text/plain"), f"{mail}: its type")
        text = f"<p>Liebe {record['first_name']}: ümläüt</p>\n" if html else \
               f"Dear {record['first_name']},\n\n.\n..{'long ' * 40}line\n{record['contact_info']}, {{braces}}\n"
        check(mail["text"].replace("\r\n", "\n") == text, f"{mail}: its text")


def check_messages(got, records):
    want = {r["contact_info"].replace(" ", ""): r for r in records if r["chain_n"] == 1}
    check(sorted(message["to"] for _, message in got) == sorted(want), f"{len(got)} SMS came, predicted {len(want)}, each once")
    for path, message in got:
        record = want[message["to"]]
        check(path == "/send?by=chainring", f"a message came to {path}")
        check(message["id"] == f"people.{record['record_id']}.1", f"{message}: its id")
        check(message["text"] == f"Hi {record['first_name']}: \"yes\"?\n", f"{message}: its text")


def predicted(scratch):
    records = make_records(CHAINS)
    csv_path = write_list(scratch.path("people.csv"), records)
    exports = []
    for lanes in (1, 2):
        mail, gateway = MailServer(scratch, f"mail{lanes}"), Gateway()
        config = configuration(scratch, f"lanes{lanes}", mail.url, gateway.url, lanes)
        store, command = start(scratch, f"lanes{lanes}", csv_path, config, "--virtual-time")
        scratch.run(*command)
        said = scratch.path(f"lanes{lanes}.log").read_text()
        check_rows(scratch.export("people", store), records)
        check_mails(mail.taken(), records)
        check_messages(gateway.got, records)
        check(said.count("sends its messages in virtual time too") == 2, "no warning that messages are sent in virtual time")
        check("550 5.1.1 no such user" in said, "the log does not say what the mail server has said")
        exports.append(scratch.attempts(store))
        tried = {int(a["record_id"]): a["trunk"] for a in rows(exports[-1])}
        check(tried == {r["record_id"]: ("mail", "text", "voice")[r["chain_n"]] for r in records}, "a record went by another trunk")
        left = {line["record_id"] for line in call_log(scratch.path(f"lanes{lanes}.calls"))}
        check(left == {r["record_id"] for r in records if r["chain_n"] or r["chain_id"] % 10 != 7}, "the trunks' logs")
        gateway.shutdown()
    check(exports[0] == exports[1], "one lane and two give other attempts")
    return len(records)


def killed(scratch):
    # Without the column that the treatment writes: the next run would find the rows other than in the file.
    records = [{name: value for name, value in r.items() if name != "heard"} for r in make_records(CHAINS_KILLED)]
    csv_path = write_list(scratch.path("people.csv"), records)
    mail, gateway = MailServer(scratch, "killed"), Gateway()
    config = configuration(scratch, "killed", mail.url, gateway.url)
    slow = config.read_text().replace("calls-per-second = 1000", "calls-per-second = 150")
    store, command = start(scratch, "killed", csv_path, scratch.write("killed.toml", slow))
    for part in (1, 2, 3):
        process = scratch.start(scratch.program, *command)
        wait_for(lambda: len(gateway.got) > part * CHAINS_KILLED // 8 or process.poll() is not None, f"run {part} sends")
        check(process.poll() is None, "the run ended before it could be killed")
        if part == 2:
            process.terminate()  # what is on its way ends, and is stored
        else:
            process.kill()
        process.wait()
    scratch.run(*command)
    ended = scratch.export("people", store)
    check(all(r["record_status"] == "3" and r["attempt"] == "1" for r in ended), "a row is not Updated, or not tried once")
    mails, messages = [m["to"][0] for m in mail.taken()], [m["to"] for _, m in gateway.got]
    check(len(mails) == len(set(mails)), "somebody got a mail twice")
    check(len(messages) == len(set(messages)), "somebody got an SMS twice")
    attempts = rows(scratch.attempts(store))
    for a in attempts:
        if a["result"] == "Ok" and a["trunk"] != "voice":
            check(a["contact_info"].replace(" ", "") in (mails if a["trunk"] == "mail" else messages), f"{a}: nobody has it")
    gateway.shutdown()
    unknown = sum(a["result"] == "" for a in attempts)
    return len(mails) + len(messages), unknown


def results(scratch, name, csv_path, config, n):
    """The results of the n-th records, and how many there are of each."""
    store, command = start(scratch, name, csv_path, config, "--virtual-time")
    scratch.run(*command)
    found = {}
    for row in scratch.export("few", store):
        if row["chain_n"] == str(n):
            found[row["call_result"]] = found.get(row["call_result"], 0) + 1
    return found


def secured(scratch):
    certificate, key = scratch.path("server.pem"), scratch.path("server.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                    "2", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    mail, gateway = MailServer(scratch, "secured", certificate, key), Gateway(context)
    few = write_list(scratch.path("few.csv"), [r for r in make_records(80) if r["chain_id"] % 10 == 0])
    trusted = f'ca-file = "{certificate}"'
    login = 'user = "chainring"\npassword = "secret"'
    ok, away = {"0": 8}, {str(oracle.CODES["SwitchError"]): 8}

    def runs(name, starttls, options, of_gateway=trusted):
        config = configuration(scratch, name, mail.url, gateway.url, trunks=options, more=of_gateway)
        return scratch.write(f"{name}.toml", config.read_text().replace('starttls = "none"', f'starttls = "{starttls}"'))

    check(results(scratch, "tls", few, runs("tls", "required", f"{trusted}\n{login}"), 0) == ok, "mails over STARTTLS")
    safe = [m for m in mail.taken() if m["tls"] and m["login"]]
    check(len(safe) == len(mail.taken()) == 8, "not all mails came over TLS after a login")
    check(len(gateway.got) == 8, "not all SMS came over HTTPS")
    for name, starttls, options in (("untrusted", "required", login), ("plain", "none", f"{trusted}\n{login}"),
                                    ("stranger", "required", f'{trusted}\nuser = "chainring"\npassword = "no"')):
        check(results(scratch, name, few, runs(name, starttls, options, ""), 0) == away, f"mails, {name}")
        check(len(mail.taken()) == 8, f"{name}: a mail was taken")
    check(len(gateway.got) == 8, "an SMS went to a gateway that is not trusted")
    gateway.shutdown()
    gateway.server_close()
    mail.process.kill()
    mail.process.wait()
    config = runs("away", "required", f"{trusted}\n{login}")
    for n in (0, 1):
        check(results(scratch, f"away{n}", few, config, n) == away, "servers that are away")


def uncarried(scratch):
    """Without a trunk for it a record is not dialed; and traditional treatments hear Ok of messages too."""
    mail = MailServer(scratch, "plain")
    few = write_list(scratch.path("few.csv"), [r for r in make_records(80) if r["chain_id"] % 10 == 0])
    whole = configuration(scratch, "whole", mail.url, "http://127.0.0.1:9").read_text()
    config = scratch.write("voice.toml", whole + 'trunks = ["voice"]\n')
    store, command = start(scratch, "voice", few, config, "--virtual-time")
    scratch.run(*command)
    said = scratch.path("whole.log").read_text()
    check(said.count("no trunk of its campaign carries e-mail") == 1, f"not one line of records that nothing carries: {said}")
    for row in scratch.export("few", store):
        carried = row["chain_n"] == "2"
        want = ("Answer", "1") if carried else ("DialError", "0")
        check((row["call_result"], row["attempt"]) == (str(oracle.CODES[want[0]]), want[1]), f"{row}: not {want}")

    treatment = '[[treatment]]\nname = "on"\ndbid = 1\ncall-result = "Ok"\napply-to-record = "Next in chain"\n'
    config = scratch.write("table.toml", whole + 'trunks = ["voice", "mail"]\n' + treatment)
    two = write_list(scratch.path("two.csv"),
                     [r for r in make_records(80) if r["chain_id"] % 10 == 0 and r["chain_n"] != 1])
    store = scratch.path("table.db")
    scratch.run("run", "--list", two, "--config", config, "--store", store, "--virtual-time")
    found = [(row["chain_n"], row["call_result"]) for row in scratch.export("two", store)]
    check(found == [("0", "0"), ("2", str(oracle.CODES["Answer"]))] * 8, f"by a traditional treatment: {found}")


def main():
    with Scratch(program_argument()) as scratch:
        scratch.write("hello.txt", f"Dear {{first_name}},\n\n.\n..{'long ' * 40}line\n{{contact_info}}, {{{{braces}}\n")
        scratch.write("hello.html", "<p>Liebe {first_name}: ümläüt</p>\n")
        scratch.write("sms.txt", "Hi {first_name}: \"yes\"?\n")
        count = predicted(scratch)
        sent, unknown = killed(scratch)
        secured(scratch)
        uncarried(scratch)
        print(f"{count} records as predicted with 1 and 2 lanes; 2 kills, {sent} messages, none twice, {unknown} of unknown end")


main()
