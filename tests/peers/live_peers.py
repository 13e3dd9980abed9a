"""curl, swaks, gsasl and Python's smtplib, poplib and imaplib against `mailscope serve`: in the clear, with STARTTLS
and with TLS from the start.

usage: live_peers.py PATH/TO/mailscope

Starts the program on ports of its own, talks to it as people's programs do, and ends it. Prints 'N passed, N failed'.
"""
import email.header
import imaplib
import poplib
import smtplib
import socket
import ssl
import sys
import zlib

from peers import ALBA, ANNA, BRUNO, LLEVANT, PATIENCE_S, collect, message, need, run, serve_cases, succeed, wait_for

FORMS = ("clear", "starttls", "tls")


def smtp(servers, form):
    if form == "tls":
        return smtplib.SMTP_SSL("localhost", servers[ALBA, 465], timeout=PATIENCE_S, context=servers.trusting())
    client = smtplib.SMTP("localhost", servers[ALBA, 587], timeout=PATIENCE_S)
    if form == "starttls":
        client.starttls(context=servers.trusting())
    return client


def pop3(servers, form):
    if form == "tls":
        client = poplib.POP3_SSL("localhost", servers[LLEVANT, 995], timeout=PATIENCE_S, context=servers.trusting())
    else:
        client = poplib.POP3("localhost", servers[LLEVANT, 110], timeout=PATIENCE_S)
    if form == "starttls":
        client.stls(servers.trusting())
    return client


def imap(servers, form):
    if form == "tls":
        return imaplib.IMAP4_SSL("localhost", servers[LLEVANT, 993], ssl_context=servers.trusting(), timeout=PATIENCE_S)
    client = imaplib.IMAP4("localhost", servers[LLEVANT, 143], timeout=PATIENCE_S)
    if form == "starttls":
        client.starttls(servers.trusting())
    return client


def smtplib_to_poplib(servers):
    for form in FORMS:
        with smtp(servers, form) as client:
            client.login(*ANNA)
            client.send_message(message(f"by smtplib {form}", "A line.\n.dot first\n..two\n"))

        def got():
            client = pop3(servers, form)
            client.user(BRUNO[0])
            client.pass_(BRUNO[1])
            found = None
            for number in range(1, client.stat()[0] + 1):
                lines = client.retr(number)[1]
                if f"Subject: by smtplib {form}".encode() in lines:
                    found = b"\r\n".join(lines).decode()
                    client.dele(number)
            client.quit()
            return found
        mail = wait_for(got, "the message did not come")
        assert mail.endswith("\r\n.dot first\r\n..two"), mail
        assert "Message-ID: <" in mail and ".." not in mail.split("Message-ID: <")[1].split(">")[0], mail  # RFC 5322 §3.2.3
        assert f"with ESMTP{'' if form == 'clear' else 'S'}A" in mail, mail  # RFC 3848


def smtplib_large_attachment(servers):
    for form in FORMS:
        mail = message(f"large {form}")
        mail.add_attachment(bytes(range(256)) * 4096, maintype="application", subtype="octet-stream", filename="à.bin")
        with smtp(servers, form) as client:
            client.login(*ANNA)
            client.send_message(mail)
        assert len(collect(servers, f"large {form}")) > 1_400_000


def wrong_password(servers):
    for form in FORMS:
        with smtp(servers, form) as client:
            try:
                client.ehlo()  # one mechanism: login() tries all, and each failure makes the next answer slower
                client.user, client.password = "anna", "wrong"
                client.auth("PLAIN", client.auth_plain)
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
    for form in FORMS:
        with smtp(servers, form) as client:
            client.login(*ANNA)
            client.send_message(message(f"for imaplib {form}"))
        with imap(servers, form) as client:
            client.login(*BRUNO)
            client.select("INBOX")

            def found():
                client.noop()
                return client.search(None, "SUBJECT", f'"for imaplib {form}"')[1][0].split()
            number = wait_for(found, "the message did not come")[0].decode()
            assert b"Hello from a real program." in client.fetch(number, "(BODY[TEXT])")[1][0][1]
            assert b"\\Seen" in client.fetch(number, "(FLAGS)")[1][0]
            assert client.store(number, "+FLAGS", r"(\Flagged)")[0] == "OK"
            mail = message(f"appended {form}").as_bytes().replace(b"\n", b"\r\n")
            assert client.append("INBOX", None, None, mail)[0] == "OK"
        collect(servers, f"for imaplib {form}")
        collect(servers, f"appended {form}")


class LiteralPart:
    """What follows the server's "+" where imaplib does not write the literal itself."""

    def __init__(self, octets):
        self.octets = octets

    def give(self, _):
        return self.octets


def imaplib_speaks_utf8(servers):
    """After ENABLE UTF8=ACCEPT names, searches and headers are UTF-8 (RFC 6855); others are shown surrogates."""
    mail = "From: Núria <núria@alba.example>\r\nSubject: cafè\r\n\r\nUn cafè?\r\n".encode()
    with imap(servers, "tls") as client:
        client.login(*BRUNO)
        assert client.enable("UTF8=ACCEPT")[0] == "OK" and client.utf8_enabled
        assert client.create('"Cafès"')[0] == "OK"
        client.literal = LiteralPart(mail + b")").give  # imaplib 3.11 puts "UTF8 (" into the literal
        assert client._simple_command("APPEND", '"Cafès"', f"UTF8 (~{{{len(mail)}}}")[0] == "OK"
        assert '"Cafès"'.encode() in client.list('""', '"Caf*"')[1][0]
        assert client.select('"Cafès"')[1] == [b"1"]
        assert client.search(None, "SUBJECT", '"CAFÈ"')[1] == [b"1"]
        assert client.fetch("1", "(BODY.PEEK[])")[1][0][1] == mail
    with imap(servers, "clear") as client:
        client.login(*BRUNO)
        assert b"Caf&AOg-s" in client.list('""', "Caf*")[1][0]
        client.select("Caf&AOg-s")
        header = client.fetch("1", "(BODY.PEEK[HEADER])")[1][0][1]
        assert header.isascii() and email.header.decode_header(email.message_from_bytes(header)["Subject"]) == [
            ("cafè".encode(), "utf-8")], header
        assert b"@internationalized-address.invalid>" in header
        assert client.append("INBOX", None, None, mail)[0] == "NO"
        assert client.unselect()[0] == "OK" and client.delete("Caf&AOg-s")[0] == "OK"


def compressed(client):
    """The connection from COMPRESS DEFLATE on (RFC 4978 §3): raw DEFLATE both ways, flushed after each line."""
    assert "COMPRESS=DEFLATE" in client.capability()[1][0].decode().split()
    assert client.xatom("COMPRESS", "DEFLATE")[0] == "OK"
    packer, unpacker = zlib.compressobj(wbits=-15), zlib.decompressobj(wbits=-15)
    plain, counts = bytearray(), {"packed": 0, "plain": 0}

    def send(octets):
        client.sock.sendall(packer.compress(octets) + packer.flush(zlib.Z_SYNC_FLUSH))

    def fill():
        packed = client.sock.recv(65536)
        assert packed, "the server closed the connection"
        octets = unpacker.decompress(packed)
        counts["packed"] += len(packed)
        counts["plain"] += len(octets)
        plain.extend(octets)

    def take(count):
        octets = bytes(plain[:count])
        del plain[:count]
        return octets

    def read(size):
        while len(plain) < size:
            fill()
        return take(size)

    def readline():
        while b"\n" not in plain:
            fill()
        return take(plain.index(b"\n") + 1)
    client.send, client.read, client.readline = send, read, readline
    return counts


def imaplib_compresses(servers):
    for form in FORMS:
        mail = message(f"compressed {form}", "The same line again.\n" * 5000).as_bytes().replace(b"\n", b"\r\n")
        with imap(servers, form) as client:
            client.login(*BRUNO)
            counts = compressed(client)
            try:
                client.xatom("COMPRESS", "DEFLATE")
                raise AssertionError("compression began twice")
            except imaplib.IMAP4.error as error:
                assert "COMPRESSIONACTIVE" in str(error), error
            assert client.append("INBOX", None, None, mail)[0] == "OK"
            client.select("INBOX")
            number = client.search(None, "SUBJECT", f'"compressed {form}"')[1][0].split()[-1].decode()
            assert client.fetch(number, "(BODY.PEEK[])")[1][0][1] == mail
            assert counts["packed"] * 10 < counts["plain"], counts
        collect(servers, f"compressed {form}")


def wrong_name(servers):
    """A client that wants another host must not take this one's certificate (RFC 6125 §6.4, RFC 7817 §3)."""
    context = servers.trusting()
    with socket.create_connection(("127.0.0.1", servers[LLEVANT, 993]), PATIENCE_S) as plain:
        try:
            context.wrap_socket(plain, server_hostname="mail.elsewhere.example").close()
            raise AssertionError("a certificate for another name was taken")
        except ssl.SSLCertVerificationError as error:
            assert "mismatch" in str(error), error
    with socket.create_connection(("127.0.0.1", servers[LLEVANT, 993]), PATIENCE_S) as plain:
        with context.wrap_socket(plain, server_hostname=LLEVANT) as secure:
            assert secure.recv(4) == b"* OK" and secure.version() == "TLSv1.3"
    with socket.create_connection(("127.0.0.1", servers[LLEVANT, 993]), PATIENCE_S) as plain:
        try:
            ssl.create_default_context().wrap_socket(plain, server_hostname=LLEVANT).close()
            raise AssertionError("an authority that the machine does not know was taken")
        except ssl.SSLCertVerificationError:
            pass


def tls_12(servers):
    context = servers.trusting()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with imaplib.IMAP4_SSL("localhost", servers[LLEVANT, 993], ssl_context=context, timeout=PATIENCE_S) as client:
        client.login(*BRUNO)


def two_handshakes_differ(servers):
    """Real randomness: a lesson's seed would give the same octets again."""
    randoms = set()
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", servers[LLEVANT, 993]), PATIENCE_S) as plain:
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = servers.trusting().wrap_bio(incoming, outgoing, server_hostname="localhost")
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                plain.sendall(outgoing.read())
            hello = plain.recv(4096)
            assert hello[0] == 22 and hello[5] == 2, hello  # a handshake record with ServerHello (RFC 8446 §4.1.3)
            randoms.add(hello[11:43])
    assert len(randoms) == 2


def curl_sends_and_reads(servers):
    anna, bruno, mail = ":".join(ANNA), ":".join(BRUNO), ["--mail-from", "anna@alba.example", "--mail-rcpt",
                                                           "bruno@llevant.example", "-T", "-"]
    for form in FORMS:
        secure = [] if form == "clear" else ["--cacert", servers.ca] + (["--ssl-reqd"] if form == "starttls" else [])
        s = "s" if form == "tls" else ""
        port = lambda clear, tls: tls if form == "tls" else clear
        text = message(f"by curl {form}").as_string().replace("\n", "\r\n")
        succeed("curl", "-sS", f"smtp{s}://localhost:{servers[ALBA, port(587, 465)]}/laptop.example", "--user", anna,
                *mail, *secure, text=text)
        assert "Received: from laptop.example" in collect(servers, f"by curl {form}")
        imap_url = f"imap{s}://localhost:{servers[LLEVANT, port(143, 993)]}/"
        pop3_url = f"pop3{s}://localhost:{servers[LLEVANT, port(110, 995)]}/"
        assert "INBOX" in succeed("curl", "-sS", imap_url, "--user", bruno, *secure)
        succeed("curl", "-sS", pop3_url, "--user", bruno, *secure)
        assert run("curl", "-sS", pop3_url, "--user", "bruno:wrong", *secure).returncode == 67  # login denied
        if form != "clear":
            name = imap_url.replace("localhost", "mail.elsewhere.example")
            resolve = name.split("//")[1].rstrip("/") + ":127.0.0.1"
            assert run("curl", "-sS", name, "--resolve", resolve, "--user", bruno, *secure).returncode == 60
            assert run("curl", "-sS", imap_url, "--user", bruno, *secure[2:]).returncode == 60  # nobody trusted


def curl_mechanisms(servers):
    for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
        for url in (f"smtp://localhost:{servers[ALBA, 587]}", f"imap://localhost:{servers[ALBA, 143]}",
                    f"pop3://localhost:{servers[ALBA, 110]}"):
            extra = ["-X", "NOOP"] if url.startswith("smtp") else []
            succeed("curl", "-sS", url, "--user", ":".join(ANNA), "--login-options", f"AUTH={mechanism}", "--ssl-reqd",
                    "--cacert", servers.ca, *extra)


def swaks_authenticates(servers):
    for form, options in (("clear", ["--port", str(servers[ALBA, 587])]),
                          ("starttls", ["--port", str(servers[ALBA, 587]), "--tls"]),
                          ("tls", ["--port", str(servers[ALBA, 465]), "--tls-on-connect"])):
        if form != "clear":
            options += ["--tls-verify", "--tls-ca-path", servers.ca]
        for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
            common = ["swaks", "--server", "127.0.0.1", *options, "--auth", mechanism, "--auth-user", ANNA[0], "--from",
                      "anna@alba.example", "--to", "bruno@llevant.example", "--ehlo", "laptop.example", "--hide-all"]
            succeed(*common, "--auth-password", ANNA[1], "--header", f"Subject: swaks {mechanism} {form}")
            collect(servers, f"swaks {mechanism} {form}")
        wrong = run(*common, "--auth-password", "wrong")
        assert wrong.returncode == 28, wrong  # AUTH failed
    succeed("swaks", "--server", "127.0.0.1", "--port", str(servers[ALBA, 587]), "--tls-optional-strict", "--quit-after",
            "TLS", "--hide-all")
    assert run("swaks", "--server", "127.0.0.1", "--port", str(servers[ALBA, 587]), "--tls", "--tls-verify",
               "--quit-after", "TLS", "--hide-all").returncode == 29  # the authority is not the machine's


def gsasl_binds_the_channel(servers):
    """SCRAM, and its -PLUS forms, which are bound to the TLS channel by tls-exporter (RFC 5802 §6, RFC 9266)."""
    for protocol, port in (("smtp", 587), ("imap", 143)):
        for mechanism in ("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"):
            binding = [] if mechanism.endswith("-PLUS") else ["--no-cb"]
            talk = succeed("gsasl", "--connect", f"localhost:{servers[ALBA, port]}", f"--{protocol}", "--x509-ca-file",
                           servers.ca, "--mechanism", mechanism, "--authentication-id", ANNA[0],
                           "--authorization-id", ANNA[0], "--password", ANNA[1], *binding)
            assert mechanism in talk and "Client authentication finished" in talk, talk


CASES = [smtplib_to_poplib, smtplib_large_attachment, wrong_password, smtplib_unknown_recipient, no_open_relay,
         imaplib_keeps, imaplib_speaks_utf8, imaplib_compresses, wrong_name, tls_12, two_handshakes_differ,
         curl_sends_and_reads, curl_mechanisms, swaks_authenticates, gsasl_binds_the_channel]

if __name__ == "__main__":
    need("curl", "swaks", "gsasl")
    sys.exit(serve_cases(CASES))
