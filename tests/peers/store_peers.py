"""Mail that `mailscope serve --store` has accepted survives a kill at any instant.

usage: store_peers.py PATH/TO/mailscope [ROUNDS]

In each round smtplib clients send in parallel until the program is killed; after the last, every message that was
answered with 250 must be there once, with the UID that it had before. Prints 'N passed, N failed'.
"""
import imaplib
import random
import re
import shutil
import smtplib
import sys
import tempfile
import threading
import time
from pathlib import Path

from peers import ALBA, ANNA, BRUNO, LLEVANT, PATIENCE_S, Servers, message, need, run, run_cases, wait_for

SEED = random.randrange(1 << 32)
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 4
SENDERS = 3


class Stream(threading.Thread):
    """Sends one message after the other, by each way in turn, until the servers are gone."""

    def __init__(self, servers, name):
        super().__init__()
        self.servers, self.name, self.accepted = servers, name, []

    def run(self):
        count = 0
        try:
            local = smtplib.SMTP("127.0.0.1", self.servers[LLEVANT, 25], timeout=PATIENCE_S)
            relayed = smtplib.SMTP("127.0.0.1", self.servers[ALBA, 587], timeout=PATIENCE_S)
            relayed.login(*ANNA)
            while True:
                subject = f"{self.name}-{count}"
                mail = message(subject, "x" * random.randrange(1, 50_000))
                (local if count % 2 else relayed).send_message(mail)
                self.accepted.append(subject)
                count += 1
        except (OSError, smtplib.SMTPException):
            pass


def inbox(servers):
    """Subject → list of (UID, flags), and UIDVALIDITY, of Bruno's INBOX."""
    with imaplib.IMAP4("127.0.0.1", servers[LLEVANT, 143], timeout=PATIENCE_S) as client:
        client.login(*BRUNO)
        count = int(client.select("INBOX", readonly=True)[1][0])
        validity = client.response("UIDVALIDITY")[1][0]
        found = {}
        if count:
            for part in client.fetch("1:*", "(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]:
                if isinstance(part, tuple):
                    uid = int(re.search(rb"UID (\d+)", part[0]).group(1))
                    flags = set(re.search(rb"FLAGS \(([^)]*)\)", part[0]).group(1).split()) - {rb"\Recent"}
                    found.setdefault(part[1].decode().split(":")[1].strip(), []).append((uid, flags))
        return found, validity


def killed_while_it_accepts(program):
    print("seed", SEED)
    random.seed(SEED)
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(program, "--store", folder + "/store", folder=folder, quiet=True)
        accepted, known, validity = [], {}, None
        for number in range(ROUNDS):
            servers.start()
            before, now_valid = inbox(servers)
            assert validity in (None, now_valid), "UIDVALIDITY has changed"
            validity = now_valid
            for subject, places in known.items():
                assert before.get(subject) == places, (subject, places, before.get(subject))
            streams = [Stream(servers, f"{number}-{sender}") for sender in range(SENDERS)]
            for stream in streams:
                stream.start()
            time.sleep(random.uniform(0.3, 1.5))
            known, _ = inbox(servers)
            servers.process.kill()
            servers.process.wait()
            for stream in streams:
                stream.join()
                accepted += stream.accepted
        servers.start()

        def all_there():  # the queue goes on where it was
            found, _ = inbox(servers)
            return found if all(subject in found for subject in accepted) else None
        found = wait_for(all_there, "accepted messages are lost")
        twice = [subject for subject in accepted if len(found[subject]) != 1]
        assert not twice, f"not there once: {twice}"
        assert len(accepted) >= ROUNDS, accepted
        print(f"{len(accepted)} messages accepted in {ROUNDS} rounds")
        servers.stop()


def what_programs_did_stays(program):
    """Flags, keywords, mailboxes, names, subscriptions, copies and deletions."""
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(program, "--store", folder + "/store", folder=folder, quiet=True)
        servers.start()
        with imaplib.IMAP4("127.0.0.1", servers[LLEVANT, 143], timeout=PATIENCE_S) as client:
            client.login(*BRUNO)
            for name in ("Work", "Work/Plans", "Gone", "Sent.&AOk-", "Kept"):
                assert client.create(f'"{name}"')[0] == "OK", name
            assert client.rename("Kept", "Work/Kept")[0] == "OK"
            assert client.delete("Gone")[0] == "OK"
            assert client.subscribe("Work/Plans")[0] == "OK"
            for number in range(5):
                mail = message(f"mail {number}").as_bytes().replace(b"\n", b"\r\n")
                assert client.append("Work/Plans", r"(\Seen)" if number else None, None, mail)[0] == "OK"
            client.select("Work/Plans")
            assert client.store("2", "+FLAGS", r"(\Flagged $Label1 Holiday)")[0] == "OK"
            assert client.copy("3", "INBOX")[0] == "OK"
            assert client.store("5", "+FLAGS", r"(\Deleted)")[0] == "OK"
            assert client.expunge()[0] == "OK"
        servers.process.kill()
        servers.process.wait()
        servers.start()
        with imaplib.IMAP4("127.0.0.1", servers[LLEVANT, 143], timeout=PATIENCE_S) as client:
            client.login(*BRUNO)
            names = sorted(re.findall(rb'"([^"]*)"$|(\S+)$', line)[0] for line in client.list()[1])
            names = sorted((a or b).decode() for a, b in names)
            assert names == sorted(["INBOX", "Work", "Work/Plans", "Work/Kept", "Sent.&AOk-"]), names
            assert b"Work/Plans" in client.lsub()[1][0], client.lsub()
            client.select("Work/Plans")
            flags = [line.decode() for line in client.fetch("1:*", "(UID FLAGS)")[1]]
            assert len(flags) == 4, flags
            for flag in (r"\Flagged", "$Label1", "Holiday", r"\Seen"):
                assert flag in flags[1], flags
            assert r"\Seen" not in flags[0] and "UID 4" in flags[3], flags
            mail = message("next").as_bytes().replace(b"\n", b"\r\n")
            assert client.append("Work/Plans", None, None, mail)[0] == "OK"
            client.noop()
            assert b"UID 6" in client.fetch("5", "(UID)")[1][0], "the UID of an expunged message was given again"
            assert client.select("INBOX")[1] == [b"1"]
        servers.stop()
        assert servers.status == 0


def one_program_a_store(program):
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        with Servers(program, "--store", folder + "/store", folder=folder):
            second = Servers(program, "--store", folder + "/store", folder=other)
            done = run(*second.command)
            assert done.returncode == 1 and "another program" in done.stderr, done


def a_full_disk_is_no_promise(program):
    """What cannot be written is not accepted: the program ends before anybody is told."""
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(program, "--store", folder + "/store", folder=folder, quiet=True)
        servers.start()
        shutil.rmtree(Path(folder) / "store" / LLEVANT / "users")
        try:
            with smtplib.SMTP("127.0.0.1", servers[LLEVANT, 25], timeout=PATIENCE_S) as client:
                client.send_message(message("lost"))
            raise AssertionError("a message that is not kept was accepted")
        except (smtplib.SMTPServerDisconnected, ConnectionError):
            pass
        assert servers.process.wait(PATIENCE_S) == 1
        assert "Nothing more can be kept" in servers.transcript()


if __name__ == "__main__":
    need("python3")
    sys.exit(run_cases([killed_while_it_accepts, what_programs_did_stays, one_program_a_store,
                        a_full_disk_is_no_promise], sys.argv[1]) != 0)
