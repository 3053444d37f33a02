"""200,000 chains that start at once on 20 documents of 3 origins, one of them over TLS: 20 requests, one connection to each origin.
A second argument is another number of chains."""
from certificates import *
from ordered_node import *

DOCUMENTS, ORIGINS = 20, 3


def main():
    program = program_argument()
    chains = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000 if sanitized(program) else 200_000
    each = chains // DOCUMENTS
    with Scratch(program) as scratch:
        Certificates(scratch)
        text = (TREATMENTS / "wait.scxml").read_text()
        www = scratch.path("www")
        www.mkdir()
        for n in range(DOCUMENTS):
            (www / f"{n}.scxml").write_text(text.replace('"wait"', f'"wait_{n}"'))
        ports = [free_port() for _ in range(ORIGINS)]
        servers = "".join(f"server {{ listen 127.0.0.1:{port}; root {www}; }}" for port in ports[:-1])
        servers += f"""
  server {{
    listen 127.0.0.1:{ports[-1]} ssl; root {www}; ssl_certificate {GOOD}.pem; ssl_certificate_key {GOOD}.key;
  }}"""
        start_nginx(scratch, "$server_port $connection $request_method $uri $status", servers, ports)
        origins = [f"http://127.0.0.1:{port}" for port in ports[:-1]] + [f"https://127.0.0.1:{ports[-1]}"]
        lists = {}
        for n in range(DOCUMENTS):
            lists[f"list{n}"] = people(scratch, f"list{n}", [""] * each), f"{origins[n % ORIGINS]}/{n}.scxml"
        node = OrderedNode(scratch, {"all": ("", lists)}, '[tls]\ntrusted-ca = "ours.pem"', patience_s=500)
        took_s = node.start("all", until=lambda c: c["live"] == chains)
        known = node.servers()
        node.kill()  # chains would be put away one by one
        for process in scratch.processes:  # stopping nginx writes what it has buffered
            process.terminate()
            process.wait()
        seen = [line.split() for line in scratch.path("access.log").read_text().splitlines()]
        check(sorted(s[3] for s in seen) == sorted(f"/{n}.scxml" for n in range(DOCUMENTS)), f"{len(seen)} requests")
        check(all(s[2] == "GET" and s[4] == "200" for s in seen), f"the requests were {seen}")
        by_origin = {s[0]: {t[1] for t in seen if t[0] == s[0]} for s in seen}
        check(len(by_origin) == ORIGINS and all(len(c) == 1 for c in by_origin.values()), f"connections: {by_origin}")
        check(all(known[o]["connects"] == 1 and known[o]["documents"] > 0 for o in origins), f"{known}")
        print(f"{chains} chains started within {took_s:.1f} s on {DOCUMENTS} documents: {len(seen)} GETs over {len(by_origin)} "
              "connections")


main()
