"""A store on a server that is reached as libpq has it: TLS that checks the server's name and certificate, passwords from the
environment, from a file of passwords, from a service file; what is wrong with any of them is said in a line without a password."""
from certificates import *
from postgres_server import PostgresServer

PASSWORD = "s3cret of this test"
FEW = [{"record_id": i, "chain_id": i, "chain_n": 1, "contact_info": f"1555000000{i}", "daily_from": 0, "daily_till": 86400}
       for i in (1, 2, 3)]


def secured(scratch):
    """Passwords by SCRAM, over TLS alone."""
    certificates = Certificates(scratch)
    server = PostgresServer(scratch)
    server.sql(f"ALTER ROLE chainring PASSWORD '{PASSWORD}'")
    data = server.folder / "data"

    def show(name):
        for kind in ("pem", "key"):
            target = data / f"server.{kind}"
            target.write_bytes(scratch.path(f"{name}.{kind}").read_bytes())
            server.give(target)
            target.chmod(0o600)
        server.crash()
        server.start()

    with open(data / "postgresql.conf", "a") as out:
        out.write("ssl = on\nssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'\n")
    (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
    show(GOOD)
    del certificates
    return server, show


def main():
    with Scratch(program_argument()) as scratch:
        server, show = secured(scratch)
        people = write_list(scratch.path("people.csv"), FEW)
        for name in [n for n in os.environ if n.startswith("PG")]:
            del os.environ[name]
        os.environ["HOME"] = str(scratch.folder)

        def uri(**more):
            terms = {"sslmode": "verify-full", "sslrootcert": scratch.path("ours.pem"), **more}
            return f"{server.uri()}?" + "&".join(f"{name}={str(value).replace('/', '%2F')}" for name, value in terms.items())

        def works(how, store):
            scratch.run("import", "--list", "people", people, "--store", store)
            check(len(scratch.export("people", store)) == len(FEW), f"{how}: rows are missing")

        def refused(how, store, *words):
            said = scratch.run("export", "--list", "people", "--store", store, expect=1).stderr
            ours = [line for line in said.splitlines() if not line.startswith("WARNING: password file")]  # libpq's own
            check(len(ours) == 1 and all(w in said for w in words), f"{how}: {said}")
            check(PASSWORD not in said and "wrong-one" not in said, f"{how}: the password is shown: {said}")

        refused("no password", uri(), "wants a password")
        os.environ["PGPASSWORD"] = "wrong-one"
        refused("a wrong password", uri(), "password authentication failed")
        os.environ["PGPASSWORD"] = PASSWORD
        works("PGPASSWORD", uri())
        refused("no TLS", uri(sslmode="disable"), "no pg_hba.conf entry", "no encryption")
        refused("an authority that did not sign it", uri(sslrootcert=scratch.path("theirs.pem")), "certificate verify failed")
        refused("no file of the authority", uri(sslrootcert=scratch.path("none.pem")), "none.pem")
        show(WRONG_NAME)
        refused("a certificate of another name", uri(), "does not match host name")
        show(EXPIRED)
        refused("an expired certificate", uri(), "certificate verify failed")
        show(GOOD)
        del os.environ["PGPASSWORD"]

        kept = scratch.write(".pgpass", f"127.0.0.1:{server.port}:postgres:chainring:{PASSWORD}\n")
        kept.chmod(0o644)
        refused("a file of passwords that others can read", uri(), "wants a password")
        kept.chmod(0o600)
        works("a file of passwords", uri())
        scratch.write(".pg_service.conf", f"[dialer]\nhost=127.0.0.1\nport={server.port}\nuser=chainring\ndbname=postgres\n"
                      f"sslmode=verify-full\nsslrootcert={scratch.path('ours.pem')}\n")
        works("a service", "postgresql:///?service=dialer")
        print("TLS, passwords and services are libpq's, and what is wrong with them is said in a line")


main()
