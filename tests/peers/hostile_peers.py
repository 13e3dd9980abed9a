"""Hostile clients at `mailscope serve`: everybody else is still served, and memory stays under its bound.

usage: hostile_peers.py PATH/TO/mailscope [--full]

The hostile ones come from 127.0.0.2, so that the bound of one address is theirs. Short forms of the attacks by default;
--full: a billion octets in one line, a million commands, 2,000 connects a second for 10 s. Prints 'N passed, N failed'.
"""
import imaplib
import resource
import smtplib
import socket
import sys
import threading
import time

from attacks import IMAP_ATTACKS, Imap, Witness, unfinished_letters
from peers import ALBA, ANNA, BRUNO, LLEVANT, PATIENCE_S, Servers, message, run_cases

FULL = "--full" in sys.argv
LINE_OCTETS = 1_000_000_000 if FULL else 30_000_000
COMMANDS = 1_000_000 if FULL else 30_000
CONNECTS_A_SECOND, FLOOD_S = 2_000, 10 if FULL else 3
#: sim/live/setting.hpp: the record, and what is under way with the buffers of all connections.
MEMORY_MAX_KIB = (512 + 768) * 1024


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


def letters_without_end(servers):
    """More than the memory for them: some are refused, and the others still come whole."""
    taken = unfinished_letters(servers[LLEVANT, 25], count=150 if FULL else 70)
    print(f"       {taken >> 20} MiB taken of unfinished letters", flush=True)


def crowd_of_strangers(servers):
    """More connections than there may be, of nobody in particular: whoever logs in still comes in."""
    held = []
    for number in range(300):
        try:
            client = socket.create_connection(("127.0.0.1", servers[LLEVANT, (143, 110, 25)[number % 3]]), 5,
                                              source_address=(f"127.0.0.{2 + number // 100}", 0))
            held.append(client)
        except OSError:
            pass
    with Imap((servers[LLEVANT, 143], *BRUNO), "127.0.0.9") as person:
        person.ok(b"NOOP")
    for client in held:
        client.close()


def no_descriptors_left(servers):
    """The program takes no more connections for a while, does not spin, and takes them again later."""
    pid = servers.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    with Imap((servers[LLEVANT, 143], *BRUNO), "127.0.0.9") as person:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (60, before[1]))
        held = [hostile(servers, (LLEVANT, 110)) for _ in range(80)]
        time.sleep(0.5)
        spent = cpu_s(pid)
        time.sleep(1)
        assert cpu_s(pid) - spent < 0.9, "it spins"
        person.ok(b"NOOP")
        for client in held:
            client.close()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def browser(servers):
    """What Chromium and Firefox send for a page's fetch(): nothing of its body is a command."""
    body = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<bruno@llevant.example>\r\nUSER bruno\r\nPASS ginger-4\r\nDELE 1\r\nQUIT\r\n"
    for door in ((ALBA, 587), (LLEVANT, 25), (LLEVANT, 110), (LLEVANT, 143)):
        with hostile(servers, door) as client:
            client.settimeout(PATIENCE_S)
            client.sendall(b"POST /x HTTP/1.1\r\nHost: localhost:%d\r\nConnection: keep-alive\r\nContent-Length: %d\r\n"
                           b'sec-ch-ua: "Chromium";v="120"\r\nUser-Agent: Mozilla/5.0\r\nContent-Type: text/plain\r\n'
                           b"Accept: */*\r\nOrigin: null\r\nSec-Fetch-Mode: no-cors\r\n\r\n" % (servers[door], len(body))
                           + body)
            heard = b""
            try:
                while octets := client.recv(4096):
                    heard += octets
            except ConnectionResetError:
                pass
            assert heard.count(b"\r\n") == 2, heard  # the greeting and the good-bye


def at_loopback_alone(servers):
    """The doors are open at 127.0.0.1 and ::1 and at no other address."""
    for address, family in (("127.0.0.5", socket.AF_INET), ("::1", socket.AF_INET6)):
        with socket.socket(family) as client:
            client.settimeout(PATIENCE_S)
            try:
                client.connect((address, servers[LLEVANT, 143]))
                assert address == "::1", "served at another address"
                assert client.recv(100).startswith(b"* OK")
            except ConnectionRefusedError:
                assert address != "::1"
            except OSError:
                assert address == "::1"  # this machine has none


def own_addresses(servers):
    """A client's address stands in Received, and who guesses slows down nobody else."""
    with smtplib.SMTP("127.0.0.1", servers[ALBA, 25], timeout=PATIENCE_S, source_address=("127.0.0.77", 0)) as client:
        client.send_message(message("from another address"), "x@y.example", ["anna@alba.example"])

    def log_in(source, password):
        client = socket.create_connection(("127.0.0.1", servers[ALBA, 110]), PATIENCE_S, source_address=(source, 0))
        reader = client.makefile("rb")
        for line in (b"", b"USER anna\r\n"):
            client.sendall(line)
            assert reader.readline().startswith(b"+OK")
        client.sendall(b"PASS " + password + b"\r\n")
        return client, reader
    for _ in range(3):
        client, reader = log_in("127.0.0.66", b"guess")
        assert reader.readline().startswith(b"-ERR")
        client.close()
    guesser, _ = log_in("127.0.0.66", b"guess")  # has to wait for 8 s
    owner, reader = log_in("127.0.0.68", ANNA[1].encode())
    assert reader.readline().startswith(b"+OK"), "the owner is kept out"
    guesser.setblocking(False)
    try:
        raise AssertionError(f"the guesser need not wait: {guesser.recv(100)}")
    except BlockingIOError:
        pass
    owner.sendall(b"RETR 1\r\n")
    letter = b"".join(iter(reader.readline, b".\r\n"))
    assert b"from another address" in letter and b"([127.0.0.77])" in letter, letter
    guesser.close()
    owner.close()


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


def witnessed(attack):
    """An idle client goes on being answered, and memory stays under its bound."""
    def case(servers):
        with Witness((servers[LLEVANT, 143], *BRUNO)) as witness:
            attack((servers[LLEVANT, 143], *BRUNO), 1 if FULL else 0.1)
        assert not witness.error, witness.error
        assert witness.rounds > 0
        used = memory_kib(servers)
        print(f"       witness waited {witness.longest * 1000:.0f} ms at most, memory {used // 1024} MiB", flush=True)
        assert used < MEMORY_MAX_KIB, used
    case.__name__ = attack.__name__
    return case


if __name__ == "__main__":
    # Not --quiet: then nothing is recorded, and the bound of the record is one of those that are measured.
    # In short, with less memory for letters: under AddressSanitizer what is freed stays for a while, and its share counts.
    with Servers(sys.argv[1], *([] if FULL else ["--memory", "192"])) as served:
        failed = run_cases([survived(attack) for attack in (
            slowloris, endless_line, many_commands_unread, half_handshakes, flood_of_connects, browser,
            at_loopback_alone, own_addresses, crowd_of_strangers, no_descriptors_left, letters_without_end)], served)
    for imap_attack in IMAP_ATTACKS:  # each with servers of its own: what it leaves would be the next one's
        with Servers(sys.argv[1], quiet=True) as others:
            failed += run_cases([witnessed(imap_attack)], others)
    if served.status != 0:
        print(f"FAILED the program ended with {served.status}")
    sys.exit(failed != 0 or served.status != 0)
