"""A mail server for tests, run by the interpreter that has Debian's python3-aiosmtpd: free port, which is the first line of the
output. What it has taken is a JSON line each in FILE. By what a recipient begins with it refuses, defers or breaks off.
Usage: smtp_server.py FILE [CERTIFICATE KEY]; with a certificate it wants STARTTLS and the login chainring, secret."""
import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

REFUSED = {"nobody": "550 5.1.1 no such user", "policy": "550 5.7.1 not from you", "later": "451 4.2.0 come again"}
AFTER_BODY = {"spam": "554 5.6.0 not this", "full": "452 4.3.1 no space"}


class Handler:
    def __init__(self, path):
        self.taken = open(path, "a")

    async def handle_RCPT(self, server, session, envelope, address, options):
        for start, answer in REFUSED.items():
            if address.startswith(start):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        for start, answer in AFTER_BODY.items():
            if to.startswith(start):
                return answer
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = mail.get_body()
        print(json.dumps({"to": envelope.rcpt_tos, "from": envelope.mail_from, "subject": mail["subject"], "id": mail["message-id"],
                          "date": mail["date"], "from_header": mail["from"], "type": text.get_content_type(),
                          "text": text.get_content(), "tls": session.ssl is not None, "login": bool(session.authenticated)}),
              file=self.taken, flush=True)
        if to.startswith("cut"):  # it has the mail, and nobody hears that
            server.transport.abort()
        return "250 OK"


async def main():
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)  # clients that give up are part of the test
    options = {}
    if len(sys.argv) > 2:
        options["tls_context"] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        options["tls_context"].load_cert_chain(*sys.argv[2:4])

        def authenticate(server, session, envelope, mechanism, given):
            right = isinstance(given, LoginPassword) and (given.login, given.password) == (b"chainring", b"secret")
            return AuthResult(success=right, handled=False, auth_data=given if right else None)

        options.update(require_starttls=True, auth_required=True, authenticator=authenticate)
    handler = Handler(sys.argv[1])
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler, **options), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until the test goes


asyncio.run(main())
