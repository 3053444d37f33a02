"""An authority of the tests' own and certificates of it, good ones and bad ones, made by openssl."""
from harness import *

GOOD, EXPIRED, WRONG_NAME, SELF_SIGNED, UNKNOWN, OLD = "good", "expired", "wrong-name", "self-signed", "unknown", "old"


class Certificates:
    """An authority of the test's own, one that nobody knows, and what they sign, made by openssl."""

    def __init__(self, scratch):
        self.scratch = scratch
        for authority in ("ours", "theirs"):
            self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                         f"/CN={authority}", "-keyout", f"{authority}.key", "-out", f"{authority}.pem", "-days", "2")
        self.serial = 1
        today = time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() + 86_400))
        self.sign(GOOD, "ours", "IP:127.0.0.1,DNS:localhost", today)
        self.sign(EXPIRED, "ours", "IP:127.0.0.1", "200102000000Z")
        self.sign(WRONG_NAME, "ours", "DNS:elsewhere.example,DNS:*.example", today)
        self.sign(UNKNOWN, "theirs", "IP:127.0.0.1", today)
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=me", "-addext",
                     "subjectAltName=IP:127.0.0.1", "-keyout", f"{SELF_SIGNED}.key", "-out", f"{SELF_SIGNED}.pem", "-days", "2")

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.scratch.folder, capture_output=True, text=True)
        check(done.returncode == 0, f"openssl {' '.join(arguments)}: {done.stderr}")

    def sign(self, name, authority, names, until):
        """`openssl ca` alone can write an end that is over."""
        self.scratch.write("index.txt", "")
        self.scratch.write("serial", f"{self.serial:02d}\n")
        self.serial += 1
        self.scratch.write("ca.cnf", f"""
[ca]
default_ca = this
[this]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
certificate = {authority}.pem
private_key = {authority}.key
default_md = sha256
policy = any
x509_extensions = server
[any]
commonName = supplied
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = {names}
""")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-keyout",
                     f"{name}.key", "-out", f"{name}.csr")
        self.openssl("ca", "-batch", "-config", "ca.cnf", "-in", f"{name}.csr", "-out", f"{name}.pem", "-notext", "-startdate",
                     "200101000000Z", "-enddate", until)

    def revoke(self, name, authority):
        """Of those that were signed the last one was with this authority's configuration. Writes AUTHORITY.crl."""
        by = "ca", "-config", "ca.cnf", "-keyfile", f"{authority}.key", "-cert", f"{authority}.pem"
        self.openssl(*by, "-revoke", f"{name}.pem")
        self.openssl(*by, "-gencrl", "-crldays", "2", "-out", f"{authority}.crl")
