#!/usr/bin/env python3
# Makes certificates for the nodes of a cluster: an authority (ca.pem, ca.key) if FOLDER has none, and for each NODE its certificate
# NODE.pem and key NODE.key. Usage: make_certificates.py FOLDER NODE… Needs openssl. All of it is made, or nothing.
# Each machine gets its own NODE.pem and NODE.key and a copy of ca.pem; ca.key stays where this was run.
import os
import re
import shutil
import subprocess
import sys

CA_DAYS, NODE_DAYS = 3650, 825
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
EXTENSIONS = """basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
"""


def fail(what, where, mend):
    sys.exit(f"make_certificates.py: {what}: {where}: {mend}")


def openssl(folder, *arguments, text=None):
    done = subprocess.run(["openssl", *arguments], cwd=folder, input=text, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        said = re.search(r"^.*(could not|can't|cannot|unable|error).*$", done.stderr, re.M | re.I)
        fail(f"openssl {arguments[0]} failed ({said[0] if said else 'it does not say why'})", folder,
             "see whether this folder may be written to and its files are whole")
    return done.stdout


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


def end_of(folder, name):
    """'Oct 28 12:00:00 2028 GMT'"""
    return openssl(folder, "x509", "-noout", "-enddate", "-in", f"{name}.pem").strip().removeprefix("notAfter=")


def look(folder, nodes):
    """Nothing is begun that cannot be brought to its end. True: the authority is to be made."""
    there = set(os.listdir(folder))
    for node in nodes:
        for name in (f"{node}.pem", f"{node}.key"):
            if name in there:
                fail(f"{name} is there", folder, f"remove {node}.pem and {node}.key to make them anew")
    if ("ca.pem" in there) != ("ca.key" in there):
        has, lacks = ("ca.pem", "ca.key") if "ca.pem" in there else ("ca.key", "ca.pem")
        fail(f"{has} is there, and {lacks} is not", folder,
             "run this where the authority was made, or name another folder for a new one")
    return "ca.pem" not in there


def make_all(folder, nodes, with_authority):
    before = set(os.listdir(folder))
    try:
        if with_authority:
            make_authority(folder)
        for node in nodes:
            make_node(folder, node)
    except BaseException:
        made = [f"{name}.{kind}" for name in ("ca", *nodes) for kind in ("key", "csr", "pem", "srl")]
        for name in set(made) & set(os.listdir(folder)) - before:
            os.remove(os.path.join(folder, name))
        raise


def main():
    folder, nodes = (sys.argv + [""])[1], sys.argv[2:]
    wrong = any(not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", node) or node == "ca" for node in nodes)
    if not nodes or wrong or len(set(nodes)) < len(nodes):
        sys.exit("usage: make_certificates.py FOLDER NODE…: names of letters, digits, '_', '.' and '-', each once, not \"ca\"")
    if not shutil.which("openssl"):
        fail("there is no openssl on the PATH", os.environ.get("PATH", ""), "install it: apt-get install openssl")
    try:
        os.makedirs(folder, exist_ok=True)
        os.umask(0o077)  # keys are their owner's alone
        make_all(folder, nodes, look(folder, nodes))
    except OSError as problem:
        fail(f"the folder cannot be used ({problem.strerror})", folder, "name one that can be made, or written to")
    for node in nodes:
        print(f"{node}.pem ends {end_of(folder, node)}")
    print(f"ca.pem ends {end_of(folder, 'ca')}; a node that starts within a month of the first end warns in its log\n"
          f"To renew a node's before that: remove NODE.pem and NODE.key in {folder}, run this again beside the same\n"
          "ca.key, bring them to the node's machine and start the node again, one node after the other:\n"
          "conf/README.md, Certificates")


main()
