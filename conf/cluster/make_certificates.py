#!/usr/bin/env python3
# Makes certificates for the nodes of a cluster: an authority (ca.pem, ca.key) if FOLDER has none, and for each NODE its certificate
# NODE.pem and key NODE.key. Usage: make_certificates.py FOLDER NODE… Needs openssl.
# Each machine gets its own NODE.pem and NODE.key and a copy of ca.pem; ca.key stays where this was run.
import os
import re
import subprocess
import sys

CA_DAYS, NODE_DAYS = 3650, 825
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
EXTENSIONS = """basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
"""


def openssl(folder, *arguments, text=None):
    done = subprocess.run(["openssl", *arguments], cwd=folder, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"make_certificates.py: openssl {arguments[0]} failed: {folder}: {done.stderr.strip()}")


def make_authority(folder):
    openssl(folder, "req", "-x509", *KEY, "-subj", "/CN=chainring cluster", "-days", str(CA_DAYS),
            "-keyout", "ca.key", "-out", "ca.pem",
            "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def make_node(folder, node):
    openssl(folder, "req", *KEY, "-subj", f"/CN={node}", "-keyout", f"{node}.key", "-out", f"{node}.csr")
    openssl(folder, "x509", "-req", "-in", f"{node}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
            str(NODE_DAYS), "-out", f"{node}.pem", "-extfile", "/dev/stdin", text=EXTENSIONS)
    os.remove(os.path.join(folder, f"{node}.csr"))


def main():
    if len(sys.argv) < 3 or any(not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", node) or node == "ca" for node in sys.argv[2:]):
        sys.exit("usage: make_certificates.py FOLDER NODE…: names of letters, digits, '_', '.' and '-', not \"ca\"")
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    os.umask(0o077)  # keys are their owner's alone
    there = [node for node in sys.argv[2:] if os.path.exists(os.path.join(folder, f"{node}.pem"))]
    if there:
        sys.exit(f"make_certificates.py: {there[0]}.pem is there: {folder}: remove it and its key to make it anew")
    if not os.path.exists(os.path.join(folder, "ca.pem")):
        make_authority(folder)
    for node in sys.argv[2:]:
        make_node(folder, node)


main()
