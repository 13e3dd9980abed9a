"""What our servers do on this machine's sockets, beside Postfix's smtp-sink and Dovecot, in one run.

usage: side_by_side.py PATH/TO/mailscope PATH/TO/wire_client [WORKLOAD…]

SMTP: Postfix's smtp-source sends messages of 1 KiB, on one kept connection and on ten; smtp-sink throws them away, ours
keeps them all, which is counted. IMAP and POP3: 1,000 messages of 10 KB, asked for by wire_client. Servers take turns,
and of each the best round counts, since other things run on the machine too.
"""
import imaplib
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))
from dovecot import PASSWORD, USER, Dovecot  # noqa: E402
from peers import BRUNO, LLEVANT, PATIENCE_S, Servers, answers, free_port, wait_for  # noqa: E402

MESSAGES, OCTETS, ROUNDS, TURNS = 1_000, 10_000, 5, 3
SENT = {1: 6_000, 10: 20_000}
RETRIEVALS = ("bodies", "flags", "structure", "search", "retr", "pipelined")


def tool(name):
    return shutil.which(name) or f"/usr/sbin/{name}"


def source(port, sessions, to):
    begun = time.monotonic()
    subprocess.run([tool("smtp-source"), "-d", "-s", str(sessions), "-m", str(SENT[sessions]), "-l", "1024", "-f",
                    "anna@alba.example", "-t", to, f"127.0.0.1:{port}"], check=True)
    return SENT[sessions] / (time.monotonic() - begun)


def empty(port):
    with imaplib.IMAP4("127.0.0.1", port, PATIENCE_S) as client:
        client.login(*BRUNO)
        count = int(client.select("INBOX")[1][0])
        if count:
            client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
            client.close()
    return count


def smtp(program):
    port = free_port()
    privileges = ["-u", "root"] if os.getuid() == 0 else []
    sink = subprocess.Popen([tool("smtp-sink"), *privileges, f"127.0.0.1:{port}", "100"])
    try:
        wait_for(lambda: answers(port), "smtp-sink does not answer")
        with Servers(program, quiet=True) as servers:
            for sessions, messages in SENT.items():
                ours, theirs = [], []
                for _ in range(TURNS):
                    theirs.append(source(port, sessions, "bruno@llevant.example"))
                    ours.append(source(servers[LLEVANT, 25], sessions, "bruno@llevant.example"))
                    kept = empty(servers[LLEVANT, 143])
                    assert kept == messages, f"{kept} of {messages} messages were kept"
                tell(f"SMTP, {sessions} session{'s' if sessions > 1 else ''}", max(ours), max(theirs))
    finally:
        sink.terminate()
        sink.wait()


def tell(what, ours, theirs):
    print(f"{what:<28} {ours:>9,.0f}/s  {theirs:>9,.0f}/s  {ours / theirs:6.2f}", flush=True)


def letter(number, chance):
    words = ["alpha", "beta", "gamma", "delta", "post", "letter", "hay", "stack", "window", "river"]
    lines, size = [], 0
    while size < OCTETS:
        line = " ".join(chance.choices(words, k=11))
        lines.append(line)
        size += len(line) + 2
    return (f"From: Anna <anna@alba.example>\r\nTo: Bruno <bruno@llevant.example>\r\nSubject: Letter {number}\r\n"
            f"Date: Mon, 2 Mar 2026 09:00:00 +0000\r\nMessage-ID: <{number}@alba.example>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n" + "\r\n".join(lines) + "\r\n").encode()


def fill(port, user, password):
    chance = random.Random(1)
    with imaplib.IMAP4("127.0.0.1", port, PATIENCE_S) as client:
        client.login(user, password)
        for number in range(MESSAGES):
            assert client.append("INBOX", None, None, letter(number, chance))[0] == "OK"


def ask(client, workload, port, user, password):
    told = subprocess.run([client, workload, str(port), user, password, str(MESSAGES), str(ROUNDS)], check=True,
                          capture_output=True, text=True).stdout
    rounds = [line.split() for line in told.splitlines()]
    assert workload == "search" or int(rounds[0][2]) > MESSAGES * 50, told
    return max(int(messages) / float(seconds) for messages, seconds, _ in rounds)


def retrieval(program, client, wanted):
    with Servers(program, quiet=True) as servers, Dovecot() as dovecot:
        fill(servers[LLEVANT, 143], *BRUNO)
        fill(dovecot.ports[143], USER, PASSWORD)
        for workload in wanted:
            ours, theirs = [], []
            door = 110 if workload in ("retr", "pipelined") else 143
            for _ in range(TURNS):
                theirs.append(ask(client, workload, dovecot.ports[door], USER, PASSWORD))
                ours.append(ask(client, workload, servers[LLEVANT, door], *BRUNO))
            tell({"retr": "POP3 RETR one by one", "pipelined": "POP3 RETR pipelined", "search": "IMAP SEARCH BODY"}
                 .get(workload, f"IMAP FETCH {workload}"), max(ours), max(theirs))


if __name__ == "__main__":
    wanted_now = sys.argv[3:] or ("smtp", *RETRIEVALS)
    print(f"{'messages':<28} {'ours':>11}  {'theirs':>11}   ratio")
    if "smtp" in wanted_now:
        smtp(sys.argv[1])
    if retrievals := [each for each in RETRIEVALS if each in wanted_now]:
        retrieval(sys.argv[1], sys.argv[2], retrievals)
