"""Captures that `mailscope run --pcapng` writes, read by tshark: whole packets, right checksums and numbers, protocols that
decode, and TLS that can be decrypted.

usage: capture_peers.py PATH/TO/mailscope. Prints 'N passed, N failed'. Without tshark nothing is tested.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

CHECKSUMS = [word for name in ("ip", "tcp", "udp") for word in ("-o", f"{name}.check_checksum:TRUE")]
STARTTLS = {
    "    users: {anna: violet-7}": "    users: {anna: violet-7}\n    plaintext-login: false\n    starttls: true",
    "outgoing: {server: mail.alba.example": "outgoing: {security: starttls, server: mail.alba.example",
    "{25: relay, 110: pop3, 143: imap, 587: closed}": "{25: relay, 995: pop3s, 993: imaps}",
    "server: mx.llevant.example, port: 110": "security: tls, server: mx.llevant.example",
    "server: mx.llevant.example, port: 143": "security: tls, server: mx.llevant.example",
}
TLS_1_2 = {"    users: {bruno: ginger-4}": "    users: {bruno: ginger-4}\n    tls-version: 1.2",
           "    resolver: dns\n": "    resolver: dns\n    tls-version: 1.2\n"}
LOSSY = {"mx.llevant.example], latency: 35 ms": "mx.llevant.example], loss: 15 %, latency: 35 ms"}
LARGE = {"        - {name: mx, type: A, value: 198.51.100.25}\n":
         "        - {name: mx, type: A, value: 198.51.100.25}\n" + "".join(
             f'        - {{name: "@", type: MX, preference: 90, value: mx{n}.far-away.llevant.example}}\n' for n in range(80))}

passed = failed = 0


def check(what, holds, found=""):
    global passed, failed
    passed, failed = passed + bool(holds), failed + (not holds)
    if not holds:
        print(f"failed: {what}: {found}")


class Capture:
    """A run of the lesson with parts of its text replaced."""

    def __init__(self, program, lesson, folder, name, edits, *options):
        text = lesson
        for old, new in edits.items():
            assert old in text, old
            text = text.replace(old, new, 1)
        self.file = folder / f"{name}.pcapng"
        scenario = folder / f"{name}.yaml"
        scenario.write_text(text)
        run = subprocess.run([program, "run", scenario, "--format", "json", "--pcapng", self.file, "--lang", "en", *options],
                             capture_output=True, text=True)
        self.records = [json.loads(line) for line in run.stdout.splitlines()[1:]]
        check(f"{name} is written", self.file.exists(), run.stderr)

    def fields(self, *names, where="", options=()):
        """Of each frame that `where` chooses the values of these fields, as strings."""
        command = ["tshark", "-r", self.file, "-T", "fields", *CHECKSUMS, *options]
        command += ["-Y", where] if where else []
        for name in names:
            command += ["-e", name]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            check(f"tshark reads {self.file.name}", False, done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def words(self, field, **more):
        return {word for row in self.fields(field, **more) for word in row[0].split(",") if word}

    def packets(self):
        return [record for record in self.records if record["what"] == "packet-sent"]


def check_octets(capture, name):
    check(f"{name}: every packet is a frame", len(capture.fields("frame.number")) == len(capture.packets()))
    bad = capture.fields("frame.number", "_ws.col.Info", where="_ws.malformed || ip.checksum.status == 0 || "
                         "tcp.checksum.status == 0 || udp.checksum.status == 0")
    check(f"{name}: nothing is malformed, every checksum is right", not bad, bad[:3])


def check_plain(program, lesson, folder):
    capture = Capture(program, lesson, folder, "plain", {})
    check_octets(capture, "plain")
    flagged = capture.fields("frame.number", "_ws.col.Info", where="tcp.analysis.flags")
    check("plain: TCP's numbers follow each other", not flagged, flagged[:3])
    smtp, pop, dns = capture.words("smtp.req.command"), capture.words("pop.request.command"), capture.words("dns.qry.name")
    check("SMTP is decoded", {"EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"} <= smtp, smtp)
    check("POP3 is decoded", {"USER", "PASS", "RETR", "DELE", "QUIT"} <= pop, pop)
    check("IMAP is decoded", any("LOGIN" in row[0] for row in capture.fields("imap.request")), "no LOGIN")
    check("DNS is decoded", {"llevant.example", "mx.llevant.example"} <= dns, dns)
    times = [float(row[0]) for row in capture.fields("frame.time_epoch")]
    check("time goes on from the lesson's start", times == sorted(times) and int(times[0]) == 1772442000, times[:1])
    names = {row[0] for row in capture.fields("frame.interface_name")}
    check("links are interfaces", "anna-laptop - mail.alba.example" in names, names)


def check_lossy(program, lesson, folder):
    capture = Capture(program, lesson, folder, "lossy", LOSSY)
    check_octets(capture, "lossy")
    resent = {number for number, packet in enumerate(capture.packets(), 1) if packet["retransmission"]}
    told = {int(row[0]) for row in capture.fields("frame.number", where="tcp.analysis.retransmission || "
                                                  "tcp.analysis.out_of_order")}
    check("lossy: there is something to see", len(resent) > 3, resent)
    check("lossy: what was sent again is seen as that, and nothing else is", told == resent, told ^ resent)
    others = capture.fields("frame.number", "_ws.col.Info", where="tcp.analysis.flags && !tcp.analysis.retransmission && "
                            "!tcp.analysis.out_of_order && !tcp.analysis.duplicate_ack")
    check("lossy: no other flag", not others, others[:3])
    lost = sum(record["what"] == "packet-ended" and record["fate"] == "lost" for record in capture.records)
    comments = capture.fields("frame.comment", where='frame.comment contains "lost"')
    check("lossy: lost packets say so", len(comments) == lost > 0, (len(comments), lost))


def check_tcp_answer(program, lesson, folder):
    capture = Capture(program, lesson, folder, "large", LARGE)
    check_octets(capture, "large")
    truncated = capture.fields("frame.number", where="dns.flags.truncated == 1 && udp")
    whole = capture.fields("dns.count.answers", where="dns.flags.response == 1 && tcp")
    check("an answer is truncated, and comes whole over TCP", truncated and ["81"] in whole, whole)


def check_tls(program, lesson, folder):
    for name, edits, version in (("tls13", STARTTLS, "0x0304"), ("tls12", {**STARTTLS, **TLS_1_2}, "0x0303")):
        capture = Capture(program, lesson, folder, name, edits)
        check_octets(capture, name)
        chosen = capture.words("tls.handshake.extensions.supported_version" if version == "0x0304" else "tls.handshake.version",
                               where="tls.handshake.type == 2")
        check(f"{name}: the version", chosen == {version}, chosen)
        check(f"{name}: SMTP after STARTTLS is readable", {"AUTH", "MAIL", "DATA"} <= capture.words("smtp.req.command"),
              capture.words("smtp.req.command"))
        check(f"{name}: POP3 over TLS is readable", "RETR" in capture.words("pop.request.command"), "")
        check(f"{name}: IMAP over TLS is readable", any("LOGIN" in row[0] for row in capture.fields("imap.request")), "")
        flagged = capture.fields("frame.number", "_ws.col.Info", where="tcp.analysis.flags")
        check(f"{name}: TCP's numbers follow each other", not flagged, flagged[:3])
        log = folder / f"{name}.keylog"
        closed = Capture(program, lesson, folder, name + "-closed", edits, "--keylog", log)
        check(f"{name}: without the secrets nothing is readable", "AUTH" not in closed.words("smtp.req.command"), "")
        words = closed.words("smtp.req.command", options=("-o", f"tls.keylog_file:{log}"))
        check(f"{name}: the key log opens it", "AUTH" in words, words)


def main(program):
    if not shutil.which("tshark"):
        print("tshark is not installed: nothing is tested")
        return 0
    lesson = (pathlib.Path(__file__).parents[2] / "scenarios/send-and-retrieve.yaml").read_text()
    with tempfile.TemporaryDirectory() as folder:
        for test in (check_plain, check_lossy, check_tcp_answer, check_tls):
            test(program, lesson, pathlib.Path(folder))
    print(f"{passed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
