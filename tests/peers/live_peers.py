"""Real mail programs against `mailscope serve`: curl, swaks, and Python's smtplib, poplib and imaplib.

usage: live_peers.py PATH/TO/mailscope LESSON

Starts the program on ports of its own, talks to it as people's programs do, and ends it. Prints 'N passed, N failed'.
"""
import imaplib
import poplib
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage

ALBA, LLEVANT = "mail.alba.example", "mx.llevant.example"
ANNA, BRUNO = ("anna", "violet-7"), ("bruno", "ginger-4")
PATIENCE_S = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Servers:
    """The lesson's servers, served for as long as the context lasts."""

    def __init__(self, program, lesson):
        self.ports = {(host, port): free_port()
                      for host, ports in ((ALBA, (25, 587, 110, 143)), (LLEVANT, (25, 110, 143))) for port in ports}
        mapping = ",".join(f"{host}:{port}={real}" for (host, port), real in self.ports.items())
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([program, "serve", lesson, "--map", mapping, "--lang", "en"],
                                        stdout=self.log, stderr=subprocess.STDOUT)

    def __enter__(self):
        for port in self.ports.values():
            until = time.monotonic() + PATIENCE_S
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 5).close()
                    break
                except OSError:
                    if time.monotonic() > until or self.process.poll() is not None:
                        raise SystemExit("the servers did not open:\n" + self.transcript())
                    time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.status = self.process.wait(PATIENCE_S)

    def transcript(self):
        self.log.seek(0)
        return self.log.read()

    def __getitem__(self, door):
        return self.ports[door]


def message(subject, text="Hello from a real program.\n"):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "anna@alba.example", "bruno@llevant.example", subject
    mail.set_content(text)
    return mail


def run(*command, text=""):
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=PATIENCE_S)


def collect(servers, subject):
    """The message with this subject, as poplib retrieves it from Bruno's maildrop; it is deleted there."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        drop = poplib.POP3("127.0.0.1", servers[LLEVANT, 110], timeout=PATIENCE_S)
        drop.user(BRUNO[0])
        drop.pass_(BRUNO[1])
        for number in range(1, drop.stat()[0] + 1):
            lines = drop.retr(number)[1]
            if f"Subject: {subject}".encode() in lines:
                drop.dele(number)
                drop.quit()
                return b"\r\n".join(lines).decode()
        drop.quit()
        time.sleep(0.1)
    raise AssertionError(f"no message '{subject}' came")


def smtplib_to_poplib(servers):
    with smtplib.SMTP("127.0.0.1", servers[ALBA, 587], timeout=PATIENCE_S) as client:
        client.login(*ANNA)
        client.send_message(message("by smtplib", "A line.\n.dot first\n..two\n"))
    got = collect(servers, "by smtplib")
    assert got.endswith("\r\n.dot first\r\n..two"), got
    assert "Message-ID: <" in got and ".." not in got.split("Message-ID: <")[1].split(">")[0], got  # RFC 5322 §3.2.3


def smtplib_large_attachment(servers):
    mail = message("large")
    mail.add_attachment(bytes(range(256)) * 4096, maintype="application", subtype="octet-stream", filename="à.bin")
    with smtplib.SMTP("127.0.0.1", servers[ALBA, 587], timeout=PATIENCE_S) as client:
        client.login(*ANNA)
        client.send_message(mail)
    assert len(collect(servers, "large")) > 1_400_000


def smtplib_wrong_password(servers):
    with smtplib.SMTP("127.0.0.1", servers[ALBA, 587], timeout=PATIENCE_S) as client:
        try:
            client.login("anna", "wrong")
            raise AssertionError("a wrong password was taken")
        except smtplib.SMTPAuthenticationError as error:
            assert error.smtp_code == 535, error


def smtplib_unknown_recipient(servers):
    with smtplib.SMTP("127.0.0.1", servers[LLEVANT, 25], timeout=PATIENCE_S) as client:
        try:
            client.sendmail("anna@alba.example", ["nobody@llevant.example"], message("x").as_bytes())
            raise AssertionError("an unknown recipient was taken")
        except smtplib.SMTPRecipientsRefused as error:
            assert error.recipients["nobody@llevant.example"][0] == 550, error


def no_open_relay(servers):
    with smtplib.SMTP("127.0.0.1", servers[LLEVANT, 25], timeout=PATIENCE_S) as client:
        try:
            client.sendmail("x@elsewhere.example", ["y@elsewhere.example"], message("x").as_bytes())
            raise AssertionError("mail for another domain was taken from a stranger")
        except smtplib.SMTPRecipientsRefused:
            pass


def imaplib_keeps(servers):
    with smtplib.SMTP("127.0.0.1", servers[ALBA, 587], timeout=PATIENCE_S) as client:
        client.login(*ANNA)
        client.send_message(message("for imaplib"))
    until = time.monotonic() + PATIENCE_S
    with imaplib.IMAP4("127.0.0.1", servers[LLEVANT, 143]) as client:
        client.login(*BRUNO)
        client.select("INBOX")
        while not (found := client.search(None, "SUBJECT", '"for imaplib"')[1][0].split()):
            assert time.monotonic() < until, "the message did not come"
            client.noop()
            time.sleep(0.1)
        number = found[0].decode()
        assert b"Hello from a real program." in client.fetch(number, "(BODY[TEXT])")[1][0][1]
        assert b"\\Seen" in client.fetch(number, "(FLAGS)")[1][0]
        assert client.store(number, "+FLAGS", r"(\Flagged)")[0] == "OK"
        assert client.append("INBOX", None, None, message("appended").as_bytes().replace(b"\n", b"\r\n"))[0] == "OK"
    collect(servers, "for imaplib")
    collect(servers, "appended")


def curl_sends_and_reads(servers):
    text = message("by curl").as_string().replace("\n", "\r\n")
    sent = run("curl", "-sS", f"smtp://127.0.0.1:{servers[ALBA, 587]}/laptop.example", "--user", ":".join(ANNA),
               "--mail-from", "anna@alba.example", "--mail-rcpt", "bruno@llevant.example", "-T", "-", text=text)
    assert sent.returncode == 0, sent.stderr
    got = collect(servers, "by curl")
    assert "Received: from laptop.example" in got, got
    listed = run("curl", "-sS", f"imap://127.0.0.1:{servers[LLEVANT, 143]}/", "--user", ":".join(BRUNO))
    assert listed.returncode == 0 and "INBOX" in listed.stdout, listed
    pop = run("curl", "-sS", f"pop3://127.0.0.1:{servers[LLEVANT, 110]}/", "--user", ":".join(BRUNO))
    assert pop.returncode == 0, pop.stderr
    wrong = run("curl", "-sS", f"pop3://127.0.0.1:{servers[LLEVANT, 110]}/", "--user", "bruno:wrong")
    assert wrong.returncode == 67, wrong  # login denied


def swaks_authenticates(servers):
    for mechanism in ("PLAIN", "LOGIN"):
        sent = run("swaks", "--server", "127.0.0.1", "--port", str(servers[ALBA, 587]), "--auth", mechanism,
                   "--auth-user", ANNA[0], "--auth-password", ANNA[1], "--from", "anna@alba.example", "--to",
                   "bruno@llevant.example", "--header", f"Subject: swaks {mechanism}", "--ehlo", "laptop.example",
                   "--hide-all")
        assert sent.returncode == 0, sent.stdout + sent.stderr
        collect(servers, f"swaks {mechanism}")


CASES = [smtplib_to_poplib, smtplib_large_attachment, smtplib_wrong_password, smtplib_unknown_recipient, no_open_relay,
         imaplib_keeps, curl_sends_and_reads, swaks_authenticates]


def main():
    for tool in ("curl", "swaks"):
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is not installed; ./dev test installs it")
    failed = 0
    with Servers(sys.argv[1], sys.argv[2]) as servers:
        for case in CASES:
            try:
                case(servers)
                print("ok    ", case.__name__)
            except Exception as error:  # each case is told on its own
                failed += 1
                print("FAILED", case.__name__, repr(error))
    transcript = servers.transcript()
    if servers.status != 0 or "SMTP" not in transcript:
        failed += 1
        print(f"FAILED the program ended with {servers.status}")
    if failed:
        print(transcript[-20_000:])
    print(f"{len(CASES) + 1 - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
