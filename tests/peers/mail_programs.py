"""Debian's mail programs against `mailscope serve`: msmtp, mpop, fetchmail, getmail6, isync and neomutt, each in the
clear, with STARTTLS and with TLS from the start, as far as it knows them.

usage: mail_programs.py PATH/TO/mailscope

Send, retrieve, delete, leave on the server, flags, folders, IDLE, large attachments, UTF-8. Prints 'N passed, N failed'.
"""
import imaplib
import os
import pty
import smtplib
import sys
import tempfile
import threading
from pathlib import Path

from peers import (ALBA, ANNA, BRUNO, LLEVANT, PATIENCE_S, collect, message, need, run, serve_cases, succeed, wait_for)

FORMS = ("clear", "starttls", "tls")


def deliver(servers, subject, text="Hello.\n", **more):
    """Straight into Bruno's INBOX."""
    mail = message(subject, text)
    if more:
        mail.add_attachment(more["attachment"], maintype="application", subtype="octet-stream", filename="à.bin")
    with smtplib.SMTP("127.0.0.1", servers[LLEVANT, 25], timeout=PATIENCE_S) as client:
        client.send_message(mail)


def subjects(servers):
    """What Bruno's INBOX has: subject → flags."""
    found = {}
    with imaplib.IMAP4("127.0.0.1", servers[LLEVANT, 143], timeout=PATIENCE_S) as client:
        client.login(*BRUNO)
        if client.select("INBOX", readonly=True)[1] != [b"0"]:
            for part in client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]:
                if isinstance(part, tuple):
                    found[part[1].decode().split(":", 1)[1].strip()] = part[0].decode()
    return found


def empty(servers):
    with imaplib.IMAP4("127.0.0.1", servers[LLEVANT, 143], timeout=PATIENCE_S) as client:
        client.login(*BRUNO)
        client.select("INBOX")
        client.store("1:*", "+FLAGS", r"(\Deleted)") if subjects(servers) else None
        client.expunge()


class Home:
    """A folder for a program's configuration and its mail."""

    def __enter__(self):
        self.own = tempfile.TemporaryDirectory()
        self.path = Path(self.own.name)
        return self

    def __exit__(self, *_):
        self.own.cleanup()

    def file(self, name, text):
        path = self.path / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return str(path)

    def maildir(self, name="mail"):
        for part in ("cur", "new", "tmp"):
            (self.path / name / part).mkdir(parents=True, exist_ok=True)
        return self.path / name

    def mails(self, name="mail"):
        return [path.read_bytes() for part in ("new", "cur") for path in sorted((self.path / name / part).iterdir())]


def msmtp(servers):
    for form in FORMS:
        for mechanism in ("plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256"):
            with Home() as home:
                port = servers[ALBA, 465 if form == "tls" else 587]
                rc = home.file("rc", f"""account default
host localhost
port {port}
domain laptop.example
from anna@alba.example
auth {mechanism}
user {ANNA[0]}
password {ANNA[1]}
tls {"off" if form == "clear" else "on"}
tls_starttls {"on" if form == "starttls" else "off"}
tls_trust_file {servers.ca}
""")
                subject = f"msmtp {form} {mechanism}"
                succeed("msmtp", "-C", rc, "bruno@llevant.example", text=message(subject, "Però sí.\n").as_string())
                mail = collect(servers, subject)
                assert "laptop.example" in mail, mail
                # SCRAM's own word for a failure (RFC 5802 §7) is more than GNU SASL can read.
                wrong = Path(rc).read_text().replace(ANNA[1], "wrong").replace(f"auth {mechanism}", "auth plain")
        with Home() as home:
            done = run("msmtp", "-C", home.file("rc", wrong), "bruno@llevant.example", text="Subject: x\n\n")
            assert done.returncode == 77, done  # EX_NOPERM
            if form != "clear":
                strange = wrong.replace(f"tls_trust_file {servers.ca}", "tls_trust_file system")
                done = run("msmtp", "-C", home.file("rc", strange), "bruno@llevant.example", text="Subject: x\n\n")
                assert "certificate" in done.stderr, done


def mpop(servers):
    for form in FORMS:
        empty(servers)
        deliver(servers, f"mpop {form}")
        deliver(servers, "large", attachment=bytes(range(256)) * 8192)
        with Home() as home:
            port = servers[LLEVANT, 995 if form == "tls" else 110]

            def config(keep):
                return home.file("rc", f"""account default
host localhost
port {port}
user {BRUNO[0]}
password {BRUNO[1]}
auth scram-sha-256
keep {keep}
delivery maildir {home.maildir()}
uidls_file {home.path}/uidls
tls {"off" if form == "clear" else "on"}
tls_starttls {"on" if form == "starttls" else "off"}
tls_trust_file {servers.ca}
""")
            succeed("mpop", "-C", config("on"))
            assert len(home.mails()) == 2 and len(subjects(servers)) == 2
            succeed("mpop", "-C", config("on"))
            assert len(home.mails()) == 2, "what was left on the server came again"
            succeed("mpop", "-C", config("off"))
            assert len(home.mails()) == 2 and not subjects(servers)
            assert max(map(len, home.mails())) > 2_800_000


def fetchmail(servers):
    for protocol, ports in (("POP3", (110, 995)), ("IMAP", (143, 993))):
        for form in FORMS:
            empty(servers)
            deliver(servers, f"fetchmail {protocol} {form}", "Größe\n")
            with Home() as home:
                # An sslproto of nothing forbids STARTTLS, "auto" asks for it; `ssl` is TLS from the start.
                security = {"clear": 'sslproto ""', "starttls": 'sslproto "auto"', "tls": "ssl"}[form]

                def config(keep):
                    return home.file("rc", f"""poll localhost protocol {protocol} port {servers[LLEVANT, ports[form == "tls"]]} uidl
 user "{BRUNO[0]}" password "{BRUNO[1]}" {security} sslcertck sslcertfile "{servers.ca}" {keep}
 mda "cat >> {home.path}/box"
""".replace(" uidl\n", "\n" if protocol == "IMAP" else " uidl\n"))
                environment = dict(os.environ, FETCHMAILHOME=str(home.path), HOME=str(home.path))
                done = run("fetchmail", "-f", config("keep"), "--nodetach", "--nosyslog", env=environment)
                assert done.returncode == 0, (protocol, form, done.stdout, done.stderr)
                box = (home.path / "box").read_bytes()
                assert f"Subject: fetchmail {protocol} {form}".encode() in box, box
                assert len(subjects(servers)) == 1
                done = run("fetchmail", "-f", config("nokeep fetchall"), "--nosyslog", env=environment)
                assert done.returncode == 0, (protocol, form, done.stdout, done.stderr)
                assert not subjects(servers)
                wrong = config("keep").replace(BRUNO[1], "wrong")
                text = Path(wrong).read_text().replace(BRUNO[1], "wrong")
        done = run("fetchmail", "-f", (lambda p: (p.write_text(text), p.chmod(0o600), str(p))[2])(
            Path(tempfile.mkdtemp()) / "rc"), "--nosyslog")
        assert done.returncode in (3, 11), done  # authentication, or DNS's word for all failed


def getmail(servers):
    """getmail6 knows TLS from the start alone."""
    for kind, port in (("SimplePOP3Retriever", 110), ("SimplePOP3SSLRetriever", 995), ("SimpleIMAPRetriever", 143),
                       ("SimpleIMAPSSLRetriever", 993)):
        empty(servers)
        deliver(servers, f"getmail {port}")
        with Home() as home:
            trust = f"ca_certs = {servers.ca}\n" if "SSL" in kind else ""
            for delete in ("false", "true"):
                rc = home.file("rc", f"""[retriever]
type = {kind}
server = localhost
port = {servers[LLEVANT, port]}
username = {BRUNO[0]}
password = {BRUNO[1]}
{trust}[destination]
type = MDA_external
path = /bin/sh
arguments = ("-c", "cat >> {home.path}/box; echo >> {home.path}/count")
allow_root_commands = true
[options]
delete = {delete}
read_all = false
""")
                succeed("getmail", "--getmaildir", str(home.path), "--rcfile", rc)
                assert (home.path / "count").read_text() == "\n", "it came twice"
                assert f"Subject: getmail {port}" in (home.path / "box").read_text()
            assert not subjects(servers), kind


def mbsync(servers):
    """Both ways: new mail, flags, folders, deletions."""
    for form, kind in zip(FORMS, ("None", "STARTTLS", "IMAPS")):
        empty(servers)
        deliver(servers, f"mbsync {form}")
        with Home() as home:
            rc = home.file("rc", f"""IMAPAccount bruno
Host localhost
Port {servers[LLEVANT, 993 if form == "tls" else 143]}
User {BRUNO[0]}
Pass {BRUNO[1]}
SSLType {kind}
CertificateFile {servers.ca}
AuthMechs LOGIN

IMAPStore far
Account bruno

MaildirStore near
Path {home.path}/
Inbox {home.path}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
Sync All
SyncState *
""")
            succeed("mbsync", "-c", rc, "all")
            new = home.path / "INBOX" / "new"
            mail = next(iter(new.iterdir()))
            assert f"Subject: mbsync {form}".encode() in mail.read_bytes()
            # Flagged and seen here, a new message here, a folder here.
            mail.rename(home.path / "INBOX" / "cur" / (mail.name.split(":")[0] + ":2,FS"))
            (new / "1.local").write_bytes(message(f"from mbsync {form}").as_bytes())
            home.maildir(f"Folder-{form}")
            succeed("mbsync", "-c", rc, "all")
            there = subjects(servers)
            assert r"\Flagged" in there[f"mbsync {form}"] and r"\Seen" in there[f"mbsync {form}"], there
            assert f"from mbsync {form}" in there, there
            with imaplib.IMAP4("127.0.0.1", servers[LLEVANT, 143], timeout=PATIENCE_S) as client:
                client.login(*BRUNO)
                assert any(f"Folder-{form}".encode() in line for line in client.list()[1]), client.list()
                client.select("INBOX")
                client.store("1", "+FLAGS", r"(\Answered)")
            succeed("mbsync", "-c", rc, "all")
            local = [path.name for path in (home.path / "INBOX" / "cur").iterdir()]
            assert any(name.endswith("FRS") for name in local), local
            for path in (home.path / "INBOX" / "cur").iterdir():
                path.rename(path.with_name(path.name.split(":")[0] + ":2,ST"))
            for path in new.iterdir():
                path.rename(home.path / "INBOX" / "cur" / (path.name.split(":")[0] + ":2,ST"))
            succeed("mbsync", "-c", rc, "all")
            assert not subjects(servers)


def in_terminal(*command, environment):
    """Runs a program that wants a terminal; gives its exit status."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(command[0], command, environment)
    shown = bytearray()

    def read():
        try:
            while part := os.read(terminal, 65536):
                shown.extend(part)
        except OSError:  # the program has ended
            pass
    threading.Thread(target=read, daemon=True).start()

    def ended():
        done, status = os.waitpid(child, os.WNOHANG)
        return done and [os.waitstatus_to_exitcode(status)]
    try:
        return wait_for(ended, "")[0]
    except AssertionError:
        os.kill(child, 9)
        os.waitpid(child, 0)
        raise AssertionError(f"{command[0]} did not end: {bytes(shown[-2000:])}") from None


def neomutt(servers):
    """Its SASL library takes SCRAM-SHA-256-PLUS and then finds that it cannot bind channels of TLS 1.3: it is told what
    to use."""
    for form in FORMS:
        empty(servers)
        with Home() as home:
            smtp, imap = ("smtps", "imaps") if form == "tls" else ("smtp", "imap")
            rc = home.file("rc", f"""set from = anna@alba.example
set realname = "Anna Ŀ"
set hostname = laptop.example
set folder = {home.maildir()}
set record = ""
set smtp_url = "{smtp}://{ANNA[0]}:{ANNA[1]}@localhost:{servers[ALBA, 465 if form == "tls" else 587]}/"
set imap_user = {BRUNO[0]}
set imap_pass = {BRUNO[1]}
set ssl_starttls = {"yes" if form == "starttls" else "no"}
set ssl_force_tls = {"no" if form == "clear" else "yes"}
set ssl_ca_certificates_file = {servers.ca}
set smtp_authenticators = "plain"
set imap_authenticators = "login"
set certificate_file = {home.path}/certificates
set header_cache = ""
set confirmappend = no
set delete = yes
set move = no
set quit = yes
set wait_key = no
""")
            attachment = home.path / "picture.bin"
            attachment.write_bytes(os.urandom(300_000))
            environment = dict(os.environ, HOME=str(home.path), TERM="xterm", LANG="C.UTF-8", LC_ALL="C.UTF-8")
            done = run("neomutt", "-F", rc, "-s", f"neomutt {form} sí", "-a", str(attachment), "--",
                       "bruno@llevant.example", text="Bon dia!\n", env=environment)
            assert done.returncode == 0, done
            wait_for(lambda: subjects(servers), "neomutt's message did not come")
            with imaplib.IMAP4("127.0.0.1", servers[LLEVANT, 143], timeout=PATIENCE_S) as client:
                client.login(*BRUNO)
                client.select("INBOX", readonly=True)
                structure = client.fetch("1", "(BODYSTRUCTURE)")[1][0]
                assert b"picture.bin" in structure, structure
            url = f"{imap}://localhost:{servers[LLEVANT, 993 if form == 'tls' else 143]}/INBOX"
            status = in_terminal("neomutt", "-F", rc, "-f", url, "-e", "push <flag-message><quit>",
                                 environment=environment)
            assert status == 0, status
            there = subjects(servers)
            assert any(r"\Flagged" in flags for flags in there.values()), there
            status = in_terminal("neomutt", "-F", rc, "-f", url, "-e", "push <delete-message><quit>",
                                 environment=environment)
            assert status == 0 and not subjects(servers), (status, subjects(servers))


def idle(servers):
    """An idling client hears of new mail at once (RFC 2177)."""
    empty(servers)
    with imaplib.IMAP4_SSL("localhost", servers[LLEVANT, 993], ssl_context=servers.trusting(),
                           timeout=PATIENCE_S) as client:
        client.login(*BRUNO)
        client.select("INBOX")
        client.send(b"i IDLE\r\n")
        assert client.readline().startswith(b"+")
        deliver(servers, "for the idle")
        lines = [client.readline()]
        while not lines[-1].endswith(b"EXISTS\r\n"):
            lines.append(client.readline())
        client.send(b"DONE\r\n")
        while not lines[-1].startswith(b"i OK"):
            lines.append(client.readline())
        client.tagged_commands.clear()
    empty(servers)


CASES = [msmtp, mpop, fetchmail, getmail, mbsync, neomutt, idle]

if __name__ == "__main__":
    need("msmtp", "mpop", "fetchmail", "getmail", "mbsync", "neomutt")
    sys.exit(serve_cases(CASES))
