"""Our client engines against servers that know nothing of us: a lesson's devices talk to a Dovecot (IMAP, POP3) and to
Postfix's smtp-sink and Python's aiosmtpd (SMTP) on this machine, in the clear and by TLS, and another program looks what came of it. Each
case is a lesson, played by `mailscope run`, whose expectations must hold."""
import imaplib
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from aiosmtpd_server import Server, knows
from dovecot import NAME, PASSWORD, USER, Dovecot, certify
from peers import PATIENCE_S, answers, free_port, message, need, run_cases, wait_for

FORMS = {"none": {"imap": 143, "pop3": 110}, "starttls": {"imap": 143, "pop3": 110}, "tls": {"imap": 993, "pop3": 995}}
SINK = "smtp.alba.example"


def flow(value):
    """As YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return json.dumps(value)


def text(words):
    return {language: words for language in ("en", "ca", "es", "it")}


def lesson(dovecot, account, actions, expected, doors=None, trust=None):
    """Anna's desk with this account; what it does, one thing after the other; and what must be true at the end."""
    hosts = {"desk": {"kind": "laptop", "account": {"address": "anna@alba.example", "password": PASSWORD, **account}},
             NAME: {"kind": "mail-server", "trust": trust or dovecot.certificate,
                    "real": doors or {port: f"127.0.0.1:{real}" for port, real in dovecot.ports.items()}}}
    links = [{"between": ["desk", NAME], "latency": "1 ms", "bandwidth": "1 Gbit/s"}]
    if "outgoing" in account:
        hosts[SINK] = {"kind": "mail-server", "real": {587: f"localhost:{account.pop('sink')}"}}
        hosts["desk"]["account"].pop("sink")
        links.append({"between": ["desk", SINK], "latency": "1 ms", "bandwidth": "1 Gbit/s"})
    return {"mailscope": 1, "title": text("Real"), "summary": text("Real."), "level": "advanced", "minutes": 1,
            "start": "2026-03-02T09:00:00Z", "hosts": hosts, "links": links,
            "actions": [{"who": "desk", **action} for action in actions],
            "steps": [{"title": text("All"), "when": "start", "text": text("All."), "expect": expected}]}


def incoming(protocol, form, **more):
    return {"incoming": {"protocol": protocol, "server": NAME, "port": FORMS[form][protocol], "security": form, **more}}


def play(what, fails=False, meanwhile=None):
    """Plays the lesson and gives its transcript. `meanwhile` is called with each line as it is printed."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write("\n".join(f"{key}: {flow(value)}" for key, value in what.items()))
        file.flush()
        program = subprocess.Popen([sys.argv[1], "run", file.name, "--lang", "en", "--colour", "never"],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        timer = threading.Timer(2 * PATIENCE_S, program.kill)
        timer.start()
        lines = []
        for line in program.stdout:
            lines.append(line)
            if meanwhile:
                meanwhile(line)
        timer.cancel()
        transcript = "".join(lines)
        assert (program.wait() != 0) == fails, transcript[-6_000:]
        return transcript


def holds(mailbox, count):
    return {"mailbox": mailbox, "of": "desk", "holds": count}


def fill(client, *subjects, mailbox="INBOX"):
    for subject in subjects:
        mail = message(subject).as_bytes().replace(b"\n", b"\r\n")
        assert client.append(mailbox, None, None, mail)[0] == "OK"


def flags(client, mailbox, subject):
    """Those of the message, or nothing where the mailbox has none with this subject."""
    if client.select(f'"{mailbox}"', readonly=True)[0] != "OK":
        return None
    found = client.search(None, "SUBJECT", f'"{subject}"')[1][0].split()
    return imaplib.ParseFlags(client.fetch(found[0], "(FLAGS)")[1][0]) if found else None


def with_dovecot(case):
    """A fresh one for each case."""
    def call():
        with Dovecot() as dovecot:
            try:
                case(dovecot)
            except Exception:
                print(dovecot.log()[-3_000:])
                raise
    call.__name__ = case.__name__
    return call


@with_dovecot
def imap_reads_in_every_form(dovecot):
    with dovecot.client() as client:
        fill(client, "One", "Two")
        large = message("Large", "All work and no play.\n" * 50_000)
        client.append("INBOX", None, None, large.as_bytes().replace(b"\n", b"\r\n"))
        for form in FORMS:
            transcript = play(lesson(dovecot, incoming("imap", form),
                                     [{"check-mail": True}, {"read": "Large"}, {"search": "play"}],
                                     [holds("INBOX", 3), {"host": NAME, "says": "* OK"}]))
            assert ("encrypted from here on" in transcript) == (form != "none"), transcript
            assert b"\\Seen" in flags(client, "INBOX", "Large")
            assert b"\\Seen" not in flags(client, "INBOX", "One")
            client.select("INBOX")
            client.store("3", "-FLAGS", r"(\Seen)")
            client.unselect()


@with_dovecot
def imap_changes_are_the_servers(dovecot):
    with dovecot.client() as client:
        fill(client, "Keep", "Move", "Delete", "Gone")
        play(lesson(dovecot, incoming("imap", "starttls"),
                    [{"check-mail": True}, {"flag": "Keep"}, {"move": {"subject": "Move", "to": "Friends"}},
                     {"delete": "Delete"}, {"delete": "Gone"}, {"delete": {"subject": "Gone", "in": "Trash"}},
                     {"mark-read": "Keep"}],
                    [holds("INBOX", 1), holds("Friends", 1), holds("Trash", 1)]))
        assert set(flags(client, "INBOX", "Keep")) >= {b"\\Flagged", b"\\Seen"}
        assert flags(client, "Friends", "Move") is not None and flags(client, "INBOX", "Move") is None
        assert flags(client, "Trash", "Delete") is not None and flags(client, "Trash", "Gone") is None


@with_dovecot
def imap_replays_what_was_done_off_line(dovecot):
    with dovecot.client() as client:
        fill(client, "Flag", "Move", "Delete")

        def meanwhile(line):
            if "Off line now" in line:  # somebody else is at the mailbox as well
                fill(client, "New")
                client.select("INBOX")
                client.store("1", "+FLAGS", r"(\Answered)")
                client.unselect()
        play(lesson(dovecot, incoming("imap", "tls"),
                    [{"check-mail": True}, {"go-offline": True}, {"flag": "Flag", "pause": "3 s"},
                     {"move": {"subject": "Move", "to": "Friends"}}, {"delete": "Delete"}, {"go-online": True}],
                    [holds("INBOX", 2), holds("Friends", 1), holds("Trash", 1)]), meanwhile=meanwhile)
        assert set(flags(client, "INBOX", "Flag")) >= {b"\\Flagged", b"\\Answered"}
        assert flags(client, "Friends", "Move") is not None and flags(client, "Trash", "Delete") is not None


@with_dovecot
def imap_is_told_while_it_idles(dovecot):
    with dovecot.client() as client:
        told = []

        def meanwhile(line):
            if line.rstrip().endswith("idling") and not told:
                told.append(line)
                fill(client, "Late")
        transcript = play(lesson(dovecot, incoming("imap", "tls", check="idle"), [{"read": "", "pause": "5 s"}],
                                 [holds("INBOX", 1)]), meanwhile=meanwhile)
        assert "IDLE" in transcript and b"\\Seen" in flags(client, "INBOX", "Late")


@with_dovecot
def imap_comes_back_by_qresync(dovecot):
    with dovecot.client() as client:
        fill(client, "One", "Two", "Three")
        left = []

        def meanwhile(line):
            if "Logging out" in line and not left:
                left.append(line)
                fill(client, "Four")
                client.select("INBOX")
                client.store("1", "+FLAGS", r"(\Deleted)")
                client.expunge()
                client.store("1", "+FLAGS", r"(\Flagged)")
                client.unselect()
        transcript = play(lesson(dovecot, incoming("imap", "none"),
                                 [{"check-mail": True}, {"check-mail": True, "pause": "3 s"}], [holds("INBOX", 3)]),
                          meanwhile=meanwhile)
        assert "QRESYNC (" in transcript and "VANISHED (EARLIER)" in transcript, transcript


@with_dovecot
def pop3_collects_in_every_form(dovecot):
    with dovecot.client() as client:
        for form in FORMS:
            fill(client, "One", "Two")
            play(lesson(dovecot, incoming("pop3", form, **{"leave-on-server": True}),
                        [{"check-mail": True}, {"check-mail": True}], [holds("INBOX", 2)]))
            client.select("INBOX")
            assert len(client.search(None, "ALL")[1][0].split()) == 2
            client.unselect()
            play(lesson(dovecot, incoming("pop3", form), [{"check-mail": True}], [holds("INBOX", 2)]))
            client.select("INBOX")
            assert client.search(None, "ALL")[1] == [b""]
            client.unselect()


@with_dovecot
def mechanisms(dovecot):
    for protocol in ("imap", "pop3"):
        for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"):
            account = {**incoming(protocol, "starttls"), "mechanism": mechanism}
            transcript = play(lesson(dovecot, account, [{"check-mail": True}], [holds("INBOX", 0)]))
            assert f" {mechanism}" in transcript, transcript


@with_dovecot
def who_must_not_be_believed(dovecot):
    """A wrong password; a certificate for another name (RFC 7817 §3), or by nobody known."""
    for protocol in ("imap", "pop3"):
        account = {**incoming(protocol, "starttls"), "password": "wrong"}
        transcript = play(lesson(dovecot, account, [{"check-mail": True}], [holds("INBOX", 0)]))
        assert "uthentication failed" in transcript, transcript
    with Dovecot(certified_for="mail.elsewhere.example") as other:
        for trust in (other.certificate, dovecot.certificate):
            for form in ("starttls", "tls"):
                transcript = play(lesson(other, incoming("imap", form), [{"check-mail": True}], [holds("INBOX", 0)],
                                         trust=trust))
                assert "certificate" in transcript and "AUTHENTICATE" not in transcript, transcript
    without = lesson(dovecot, incoming("imap", "tls"), [{"check-mail": True}], [holds("INBOX", 0)])
    del without["hosts"][NAME]["trust"]
    assert "certificate" in play(without)


@with_dovecot
def nobody_is_there(dovecot):
    """A refusal is TCP's own; a server that hangs up in the middle is told as well."""
    closed = lesson(dovecot, incoming("imap", "none"), [{"check-mail": True}], [holds("INBOX", 0)],
                    doors={143: f"127.0.0.1:{free_port()}"})
    assert "connection refused" in play(closed)

    def meanwhile(line):
        if "idling" in line:
            dovecot.process.kill()
            subprocess.run(["pkill", "-KILL", "-P", str(dovecot.process.pid)], check=False)
    # The children of a killed master end by themselves; what they said last is a BYE or nothing.
    play(lesson(dovecot, incoming("imap", "none", check="idle"), [{"read": "", "pause": "4 s"}], [holds("INBOX", 0)]),
         meanwhile=meanwhile)


class Sink:
    """Postfix's smtp-sink, which takes every message and writes it into a file."""

    def __init__(self, *options):
        self.port, self.folder = free_port(), tempfile.TemporaryDirectory()
        privileges = ["-u", "root"] if os.getuid() == 0 else []
        self.command = [shutil.which("smtp-sink") or "/usr/sbin/smtp-sink", *privileges, *options, "-d",
                        f"{self.folder.name}/%S.", f"127.0.0.1:{self.port}", "10"]

    def __enter__(self):
        Path(self.folder.name).chmod(0o755)
        self.process = subprocess.Popen(self.command)
        wait_for(lambda: answers(self.port), "smtp-sink does not answer")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE_S)

    def taken(self):
        return "".join(path.read_text() for path in Path(self.folder.name).iterdir())


@with_dovecot
def smtp_hands_in_and_sent_is_kept(dovecot):
    for options in ((), ("-e",), ("-p",), ("-8",)):  # all extensions; HELO only; no pipelining; no 8BITMIME
        with Sink(*options) as sink, dovecot.client() as client:
            esmtp = "-e" not in options
            account = {**incoming("imap", "starttls"), "sink": sink.port,
                       "outgoing": {"server": SINK, "authenticate": esmtp}}
            subject = f"Sink{''.join(options)}"
            play(lesson(dovecot, account,
                        [{"send": {"to": ["bruno@llevant.example", "carla@llevant.example"], "subject": subject,
                                   "text": ".Dots\nstay.\n"}}],
                        [{"host": "desk", "says": "EHLO"}, {"host": "desk", "says": "QUIT"}]))
            taken = wait_for(sink.taken, "smtp-sink has no message")
            assert f"Subject: {subject}" in taken and "\n.Dots\nstay." in taken.replace("\r", ""), taken
            assert b"\\Seen" in flags(client, "Sent", subject)


@with_dovecot
def smtp_tells_what_was_refused(dovecot):
    for refused in ("MAIL", "RCPT", "DATA", "."):
        for option in ("-f", "-r"):
            with Sink(option, refused) as sink:
                account = {**incoming("imap", "none"), "sink": sink.port,
                           "outgoing": {"server": SINK, "authenticate": False}}
                letter = {"to": ["bruno@llevant.example"], "subject": "No", "text": "No."}
                transcript = play(lesson(dovecot, account, [{"send": letter}], [holds("Sent", 0)]))
                assert "Not sent to bruno" in transcript, transcript


def submission(port, form, certificate, sent):
    """Anna's desk, which hands in a letter at this port, and keeps so many as sent."""
    outgoing = {"server": SINK, "port": 465 if form == "tls" else 587, "security": form}
    letter = {"to": ["bruno@llevant.example"], "subject": f"By {form}", "text": ".Dots\nstay.\n"}
    return {"mailscope": 1, "title": text("Real"), "summary": text("Real."), "level": "advanced", "minutes": 1,
            "start": "2026-03-02T09:00:00Z",
            "hosts": {"desk": {"kind": "laptop", "account": {"address": "anna@alba.example", "password": PASSWORD,
                                                             "outgoing": outgoing}},
                      SINK: {"kind": "mail-server", "trust": certificate,
                             "real": {outgoing["port"]: f"127.0.0.1:{port}"}}},
            "links": [{"between": ["desk", SINK], "latency": "1 ms", "bandwidth": "1 Gbit/s"}],
            "actions": [{"who": "desk", "send": letter}],
            "steps": [{"title": text("All"), "when": "start", "text": text("All."),
                       "expect": [holds("Sent", sent)]}]}


def smtp_secures_and_logs_in():
    """RFC 3207, RFC 8314 §3.3, RFC 4954; and a certificate for another name (RFC 7817 §3)."""
    for form in FORMS:
        for name in ((SINK,) if form == "none" else (SINK, "smtp.elsewhere.example")):
            with tempfile.TemporaryDirectory() as folder:
                certify(folder, name)
                certificate = f"{folder}/certificate.pem"
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(certificate, f"{folder}/key.pem")
                settings = {"none": {"auth_require_tls": False},
                            "tls": {"ssl_context": context, "auth_require_tls": False},
                            "starttls": {"tls_context": context, "require_starttls": True}}[form]
                with Server(authenticator=knows(USER, PASSWORD), auth_required=True, **settings) as server:
                    transcript = play(submission(server.port, form, certificate, int(name == SINK)))
                    kept = server.keeper.kept
            if name != SINK:
                assert not kept and "certificate" in transcript and "AUTH" not in transcript, transcript
                continue
            assert len(kept) == 1 and b"\r\n.Dots\r\nstay.\r\n" in kept[0].content, transcript
            assert ("encrypted from here on" in transcript) == (form != "none"), transcript


CASES = [imap_reads_in_every_form, imap_changes_are_the_servers, imap_replays_what_was_done_off_line,
         imap_is_told_while_it_idles, imap_comes_back_by_qresync, pop3_collects_in_every_form, mechanisms,
         who_must_not_be_believed, nobody_is_there, smtp_hands_in_and_sent_is_kept, smtp_tells_what_was_refused,
         smtp_secures_and_logs_in]

if __name__ == "__main__":
    need("openssl")
    sys.exit(run_cases(CASES) != 0)
