"""Python's aiosmtpd as a server that knows nothing of us, on a free port, ended with the context. Importing this goes on
with Debian's Python where another lacks it, and ends with 77 where none has it."""
import os
import sys

from peers import free_port

DEBIAN_PYTHON = "/usr/bin/python3"

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult, LoginPassword
except ImportError:
    # Debian's package is for Debian's Python, which need not be the first one found.
    if sys.executable != DEBIAN_PYTHON and os.access(DEBIAN_PYTHON, os.X_OK):
        os.execv(DEBIAN_PYTHON, [DEBIAN_PYTHON, *sys.argv])
    print("aiosmtpd is not installed: nothing was tested")
    sys.exit(77)


class Keeper:
    """Keeps what it is given; refuses recipients called nobody, puts off those called busy."""

    def __init__(self):
        self.kept = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        if address.startswith("busy@"):
            return "451 4.3.0 later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        if b"REFUSE" in envelope.content:
            return "554 5.7.1 not this"
        self.kept.append(envelope)
        return "250 2.0.0 kept"


class Server:
    """`settings` are aiosmtpd's own; `ssl_context` for TLS from the start, `tls_context` for STARTTLS."""

    def __init__(self, **settings):
        self.keeper, self.port = Keeper(), free_port()
        settings.setdefault("enable_SMTPUTF8", True)
        self.controller = Controller(self.keeper, hostname="127.0.0.1", port=self.port, **settings)

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()


def knows(user, password):
    """An authenticator that knows this user alone."""
    def check(server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=False)
    return check
