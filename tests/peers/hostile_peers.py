"""Hostile clients at `mailscope serve`: everybody else is still served, and memory stays under its bound.

usage: hostile_peers.py PATH/TO/mailscope [--full]

The hostile ones come from 127.0.0.2, so that the bound of one address is theirs. Short forms of the attacks by default;
--full: a billion octets in one line, a million commands, 2,000 connects a second for 10 s. Prints 'N passed, N failed'.
"""
import imaplib
import smtplib
import socket
import sys
import threading
import time

from peers import ALBA, BRUNO, LLEVANT, PATIENCE_S, Servers, message, run_cases

FULL = "--full" in sys.argv
LINE_OCTETS = 1_000_000_000 if FULL else 30_000_000
COMMANDS = 1_000_000 if FULL else 30_000
CONNECTS_A_SECOND, FLOOD_S = 2_000, 10 if FULL else 3
#: sim/live/setting.hpp: the record, which is all that the attacks can fill, and what the program needs by itself.
MEMORY_MAX_KIB = (512 + 256) * 1024


def hostile(servers, door):
    return socket.create_connection(("127.0.0.1", servers[door]), PATIENCE_S, source_address=("127.0.0.2", 0))


class Honest(threading.Thread):
    """Sends and looks, one after the other, all the while; keeps the longest that anything took."""

    def __init__(self, servers):
        super().__init__()
        self.servers, self.stopped, self.rounds, self.longest, self.error = servers, threading.Event(), 0, 0, None

    def run(self):
        try:
            while not self.stopped.is_set():
                begun = time.monotonic()
                with smtplib.SMTP("127.0.0.1", self.servers[LLEVANT, 25], timeout=PATIENCE_S) as client:
                    client.send_message(message("honest"))
                with imaplib.IMAP4_SSL("localhost", self.servers[LLEVANT, 993], timeout=PATIENCE_S,
                                       ssl_context=self.servers.trusting()) as client:
                    client.login(*BRUNO)
                    assert int(client.select("INBOX")[1][0]) == self.rounds + 1
                self.rounds += 1
                self.longest = max(self.longest, time.monotonic() - begun)
        except Exception as error:
            self.error = error

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.join()
        if self.error:
            raise AssertionError(f"the others were not served: {self.error!r}")
        assert self.rounds > 0
        print(f"       others: {self.rounds} rounds, the slowest {self.longest:.2f} s", flush=True)


def slowloris(servers):
    """More connections than one address may have, each of which says an octet now and then."""
    held = []
    for number in range(160):
        client = hostile(servers, ((ALBA, 587), (LLEVANT, 143), (LLEVANT, 110), (LLEVANT, 993))[number % 4])
        client.setblocking(False)
        held.append(client)
    for octet in b"EHLO x" * (4 if FULL else 1):
        for client in held:
            try:
                client.send(bytes([octet]))
            except OSError:  # one too many
                pass
        time.sleep(0.3)
    open_still = 0
    for client in held:
        try:
            open_still += client.recv(4096) != b""
        except BlockingIOError:
            open_still += 1
        except OSError:
            pass
        client.close()
    assert open_still <= 128, open_still


def endless_line(servers):
    for door in ((ALBA, 587), (LLEVANT, 143), (LLEVANT, 110)):
        with hostile(servers, door) as client:
            client.settimeout(PATIENCE_S * 10)
            sent, chunk = 0, b"A" * 1_000_000
            try:
                while sent < LINE_OCTETS:
                    client.sendall(chunk)
                    sent += len(chunk)
            except OSError:  # shown the door
                pass


def many_commands_unread(servers):
    """Commands by the thousand from a client that reads no answer: it is not read on, and not answered into memory."""
    clients = []
    for door, command in (((ALBA, 587), b"NOOP\r\n"), ((LLEVANT, 143), b"a NOOP\r\n"), ((LLEVANT, 110), b"CAPA\r\n")):
        client = hostile(servers, door)
        client.settimeout(2)
        clients.append(client)
        try:
            client.sendall(command * COMMANDS)
        except OSError:
            pass
    for client in clients:
        client.close()


def half_handshakes(servers):
    held = []
    for number in range(100):
        client = hostile(servers, ((ALBA, 465), (LLEVANT, 993), (LLEVANT, 995))[number % 3])
        # The beginning of a record with a ClientHello, of which no more comes (RFC 8446 §5.1).
        client.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(number))
        held.append(client)
    with hostile(servers, (LLEVANT, 993)) as client:
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert client.recv(4096)[:1] in (b"", b"\x15")  # an alert
    time.sleep(1)
    for client in held:
        client.close()


def flood_of_connects(servers):
    begun, made = time.monotonic(), 0
    while time.monotonic() < begun + FLOOD_S:
        due = int((time.monotonic() - begun) * CONNECTS_A_SECOND)
        while made < due:
            try:
                hostile(servers, ((ALBA, 587), (LLEVANT, 143), (LLEVANT, 110))[made % 3]).close()
            except OSError:
                pass
            made += 1
        time.sleep(0.002)
    print(f"       {made} connects", flush=True)


def memory_kib(servers):
    with open(f"/proc/{servers.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def survived(attack):
    def case(servers):
        with Honest(servers):
            attack(servers)
            time.sleep(0.5)
        used = memory_kib(servers)
        print(f"       memory at most {used // 1024} MiB", flush=True)
        assert used < MEMORY_MAX_KIB, used

        with imaplib.IMAP4("127.0.0.1", servers[LLEVANT, 143], timeout=PATIENCE_S) as client:  # for the next attack
            client.login(*BRUNO)
            client.select("INBOX")
            client.store("1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()
    case.__name__ = attack.__name__
    return case


if __name__ == "__main__":
    # Not --quiet: then nothing is recorded, and the bound of the record is one of those that are measured.
    with Servers(sys.argv[1]) as served:
        failed = run_cases([survived(attack) for attack in (slowloris, endless_line, many_commands_unread,
                                                            half_handshakes, flood_of_connects)], served)
    if served.status != 0:
        print(f"FAILED the program ended with {served.status}")
    sys.exit(failed != 0 or served.status != 0)
