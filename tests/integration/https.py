"""HTTPS: treatments and pre-dial validation over TLS from a real nginx, one connection to it; a server whose certificate is not
right, or that speaks no TLS of today, is not asked, and one line says why."""
import os
import pty

from certificates import *


def on_a_terminal(*command, seconds=30):
    """What a command says there; it must end without anybody typing."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(command[0], command)
    killer = threading.Timer(seconds, os.kill, [child, 9])
    killer.start()
    said = b""
    try:
        while piece := os.read(terminal, 4096):
            said += piece
    except OSError:  # the other end is closed
        pass
    _, status = os.waitpid(child, 0)
    killer.cancel()
    os.close(terminal)
    check(os.WIFEXITED(status), f"{command[:2]} waits for somebody to type: {said.decode()}")
    return said.decode().replace("\r", "")


def nginx(scratch):
    """A port for each certificate, one with TLS 1.2 and one with TLS 1.1 at most, and the path /check, which validates."""
    ports = {name: free_port() for name in (GOOD, EXPIRED, WRONG_NAME, SELF_SIGNED, UNKNOWN, OLD)}
    servers = ""
    for name, port in ports.items():
        certificate = GOOD if name == OLD else name
        # Of ciphers of today none goes with TLS 1.1.
        protocol = {OLD: "TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0", SELF_SIGNED: "TLSv1.2"}.get(name, "TLSv1.2 TLSv1.3")
        servers += f"""
  server {{
    listen 127.0.0.1:{port} ssl; root {TREATMENTS}; ssl_protocols {protocol};
    ssl_certificate {certificate}.pem; ssl_certificate_key {certificate}.key;
    location = /check {{ proxy_pass http://127.0.0.1:{scratch.validator.server_port}; }}
  }}"""
    start_nginx(scratch, "$connection $request_method $uri $status $ssl_protocol $ssl_server_name", servers, ports.values())
    return ports


def main():
    chains = 40
    with Scratch(program_argument()) as scratch:
        made = Certificates(scratch)

        def validate(_, text):
            body = json.loads(text)
            no = body["GSW_PHONE"].endswith("1")
            return (409, {}, '{"GSW_CALL_RESULT": 52}') if no else (200, {"ETag": f'"{body["GSW_RECORD_HANDLE"]}"'}, "OK")

        scratch.validator = HttpServer(validate)
        ports = nginx(scratch)
        csv_path = write_list(scratch.path("people.csv"), [
            {"record_id": i, "chain_id": i, "chain_n": 0, "contact_info": f"1555{i:07d}", "daily_from": 0, "daily_till": 86400}
            for i in range(1, chains + 1)])

        def configured(name, validation="", ca_file="ours.pem", tls="", level="warning"):
            validated = f'pre-dial-validation = true\nvalidation-uri = "{validation}"' if validation else ""
            return scratch.write(f"{name}.toml", f"""
[node]
log-level = "{level}"
[stats]
enabled = false
[http]
ca-file = "{ca_file}"
http-response-timeout = 2
http-connection-pool-size = 2
[tls]
{tls}
[[trunk]]
name = "sim"
kind = "simulated"
capacity = 100
weights = {{ NoAnswer = 1 }}
[[list]]
name = "unused"
[[campaign]]
name = "secure"
lists = ["unused"]
treatment-uri = "https://localhost/unused.scxml"
{validated}
""")

        def run(name, treatment, validation="", ca_file="ours.pem", expect=0, tls="", level="warning"):
            config = configured(name, validation, ca_file, tls, level)
            store = scratch.path(f"{name}.db")
            done = scratch.run("run", "--list", csv_path, "--treatment", treatment, "--config", config, "--store", store,
                               "--virtual-time", expect=expect)
            return done, store

        # What is right: by address, and by name, which the server hears.
        for host in ("127.0.0.1", "localhost"):
            origin = f"https://{host}:{ports[GOOD]}"
            _, store = run(host, f"{origin}/one_try.scxml", f"{origin}/check")
            dialed = sorted(int(a["chain_id"]) for a in rows(scratch.attempts(store)))
            check(dialed == [i for i in range(1, chains + 1) if i % 10 != 1], f"{host}: {len(dialed)} calls")
            cancelled = {int(r["chain_id"]) for r in scratch.export("people", store) if r["call_result"] == "52"}
            check(cancelled == {i for i in range(1, chains + 1) if i % 10 == 1}, f"{host}: {len(cancelled)} refused")

        # What is not: a treatment from there is an error of one line, no call is made without a validation.
        refusals = {
            EXPIRED: "the server's certificate has expired on 2020-01-02: ",
            WRONG_NAME: "the server's certificate is not for 127.0.0.1 but for elsewhere.example, *.example: ",
            SELF_SIGNED: "the server's certificate is self-signed: ",
            UNKNOWN: "the server's certificate is from an unknown authority, /CN=theirs: ",
            OLD: "the server speaks no TLS 1.2 or newer: ",
        }
        ports["plain"] = scratch.validator.server_port
        refusals["plain"] = "the server speaks no TLS at this port: "
        plain = scratch.validator.connections
        for name, why in refusals.items():
            uri = f"https://127.0.0.1:{ports[name]}/one_try.scxml"
            done, _ = run(name, uri, expect=1)
            said = [line for line in done.stderr.splitlines() if line.startswith(f"chainring: {why}{uri}: ")]
            check(len(said) == 1, f"{name}: {done.stderr[-1000:]}")
        check(scratch.validator.connections > plain, "the plain server was not tried")
        validation = f"https://127.0.0.1:{ports[UNKNOWN]}/check"
        done, store = run("validated", f"https://127.0.0.1:{ports[GOOD]}/one_try.scxml", validation)
        check(rows(scratch.attempts(store)) == [], "calls without a validation")
        check(f"validation had no answer: {refusals[UNKNOWN]}{validation}: " in done.stderr, done.stderr[-500:])

        # The server's own certificate, or its authority, in a file makes it known; without ca-file the system's hold.
        run("pinned", f"https://127.0.0.1:{ports[SELF_SIGNED]}/one_try.scxml", ca_file=f"{SELF_SIGNED}.pem")
        done, _ = run("system", f"https://127.0.0.1:{ports[GOOD]}/one_try.scxml", ca_file="", expect=1)
        check("from an unknown authority, /CN=ours: " in done.stderr, done.stderr[-500:])
        for name, ca_file, why in (("gone", "gone.pem", "cannot be read: "), ("key", "ours.key", "cannot be used (")):
            done, _ = run(name, f"https://127.0.0.1:{ports[GOOD]}/one_try.scxml", ca_file=ca_file, expect=1)
            check(f"chainring: the file with authorities {why}" in done.stderr, done.stderr[-500:])

        # What can be turned off is said at every start; a certificate that its authority has revoked is none.
        for name, host, option in (("any", ports[SELF_SIGNED], "tls-verify = false"),
                                   ("any-name", ports[WRONG_NAME], 'tls-target-name-check = "no"')):
            for level in ("warning", "off"):
                done, _ = run(name, f"https://127.0.0.1:{host}/one_try.scxml", tls=option, level=level)
                check(done.stderr.count(f"[tls] {option.split()[0]} is off: ") == 1, f"{option}: {done.stderr[-500:]}")
        done, _ = run("any-name-expired", f"https://127.0.0.1:{ports[EXPIRED]}/one_try.scxml", expect=1,
                      tls='tls-target-name-check = "no"')
        check(refusals[EXPIRED] in done.stderr, done.stderr[-500:])
        made.revoke(WRONG_NAME, "ours")
        done, _ = run("revoked", f"https://127.0.0.1:{ports[WRONG_NAME]}/one_try.scxml", expect=1,
                      tls='tls-target-name-check = "no"\ntls-crl = "ours.crl"')
        check("the server's certificate has been revoked: " in done.stderr, done.stderr[-500:])
        run("not-revoked", f"https://127.0.0.1:{ports[GOOD]}/one_try.scxml", tls='tls-crl = "ours.crl"\nsec-protocol = "TLSv13"')
        done, _ = run("old-only", f"https://127.0.0.1:{ports[SELF_SIGNED]}/one_try.scxml", expect=1, tls='sec-protocol = "TLSv13"')
        check("the server speaks no TLS 1.2 or newer: " in done.stderr, done.stderr[-500:])

        # A key that has a passphrase cannot be used; nobody is asked for it.
        made.openssl("pkey", "-in", f"{GOOD}.key", "-aes256", "-passout", "pass:secret", "-out", "locked.key")
        locked = configured("locked", tls=f'certificate = "{GOOD}.pem"\ncertificate-key = "locked.key"')
        said = on_a_terminal(scratch.program, "run", "--list", csv_path, "--store", scratch.path("locked.db"), "--config", locked,
                             "--treatment", f"https://127.0.0.1:{ports[GOOD]}/one_try.scxml")
        check("chainring: the file with the own key cannot be used (" in said and "without a passphrase" in said, said)

        for process in scratch.processes:  # stopping the server writes what it has buffered
            process.terminate()
            process.wait()
        seen = [line.split() for line in scratch.path("access.log").read_text().splitlines()]
        spoken = {s[4] for s in seen if s[3] == "200"}
        check(spoken == {"TLSv1.2", "TLSv1.3"}, f"requests over {spoken}")
        named = [s for s in seen if s[5] == "localhost"]
        documents, questions = ([s for s in named if s[1] == verb] for verb in ("GET", "POST"))
        check(len(documents) == 1, f"{len(documents)} requests for the document")
        check(len(questions) == chains and len({s[0] for s in questions}) <= 2, "validation has not kept its connections")
        print(f"2 documents and {2 * chains} validations over TLS, {len(refusals)} servers refused with a line each")


main()
