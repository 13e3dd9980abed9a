"""What hostile clients do to an IMAP server, each with the harm that it could do to others; and a witness who measures
it. A server is told by its port and login, so that another program's can be measured beside ours.
"""
import socket
import threading
import time
import zlib

PATIENCE_S = 600


class Imap:
    """A raw IMAP client, from an address of its own so that the bounds of one address are its."""

    def __init__(self, server, source="127.0.0.2", login=True):
        port, user, password = server
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_S, source_address=(source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.packer = self.unpacker = None
        self.buffer, self.count = b"", 0
        self.line()
        if login:
            self.ok(b"LOGIN " + user.encode() + b" " + password.encode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def line(self):
        while b"\n" not in self.buffer:
            octets = self.socket.recv(1 << 20)
            if not octets:
                raise EOFError("the server ended the session")
            self.buffer += self.unpacker.decompress(octets) if self.unpacker else octets
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r")

    def send(self, octets):
        if self.packer:
            octets = self.packer.compress(octets) + self.packer.flush(zlib.Z_SYNC_FLUSH)
        self.socket.sendall(octets)

    def compress(self):
        self.ok(b"COMPRESS DEFLATE")
        self.packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.unpacker = zlib.decompressobj(-15)

    def until(self, tag):
        """The tagged answer; what comes before it is passed over."""
        while not (line := self.line()).startswith(tag + b" "):
            if line.startswith(b"* BYE"):
                raise EOFError(line.decode("latin-1"))
        return line

    def command(self, text):
        self.count += 1
        tag = b"c%d" % self.count
        self.send(tag + b" " + text + b"\r\n")
        return self.until(tag)

    def ok(self, text):
        answer = self.command(text)
        assert answer.split(b" ")[1] == b"OK", answer

    def append(self, octets, mailbox=b"INBOX", times=1):
        """Pipelined by MULTIAPPEND or one by one, as the server likes it: synchronising literals everywhere."""
        for _ in range(times):
            self.count += 1
            tag = b"c%d" % self.count
            self.send(tag + b" APPEND " + mailbox + b" {%d}\r\n" % len(octets))
            while not (line := self.line()).startswith(b"+"):
                if line.startswith(tag + b" "):
                    return line
            self.send(octets + b"\r\n")
            answer = self.until(tag)
        return answer


class Witness(threading.Thread):
    """Says NOOP all the while, and keeps the longest that an answer took."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.client, self.stopped, self.longest, self.rounds, self.error = Imap(server, "127.0.0.1"), False, 0, 0, None

    def run(self):
        try:
            while not self.stopped:
                begun = time.monotonic()
                self.client.ok(b"NOOP")
                self.longest = max(self.longest, time.monotonic() - begun)
                self.rounds += 1
                time.sleep(0.005)
        except Exception as error:
            self.error = error

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stopped = True
        self.join()
        self.client.socket.close()


def peak_mib(pids):
    """The most memory that these processes had."""
    most = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/status", encoding="ascii") as status:
                most = max(most, next(int(line.split()[1]) for line in status if line.startswith("VmHWM")))
        except (OSError, StopIteration):
            pass
    return most / 1024


def small_messages(client, count, mailbox=b"INBOX"):
    """Puts so many one-line messages into the mailbox: one, and copies of copies."""
    client.append(b"Subject: x\r\n\r\nx\r\n", mailbox)
    client.ok(b"SELECT " + mailbox)
    have = 1
    while have < count:
        more = min(have, count - have)
        client.ok(b"COPY 1:%d " % more + mailbox)
        have += more


# Each attack takes the server and how far it goes (1: as far as it was seen to do harm), and gives what it found.

def costly_lists(server, scale=1):
    """LIST patterns of stars, pipelined in a few octets of COMPRESS."""
    with Imap(server) as client:
        if b"COMPRESS" in capability(client):
            client.compress()
        count = max(20, int(1200 * scale))
        line = b'"" "' + b"*" * 400 + b'b"\r\n'
        client.send(b"".join(b"l%d LIST " % number + line for number in range(count)))
        client.until(b"l%d" % (count - 1))


def capability(client):
    client.count += 1
    tag = b"c%d" % client.count
    client.send(tag + b" CAPABILITY\r\n")
    told = b""
    while not (line := client.line()).startswith(tag + b" "):
        told += line
    return told


def text(octets):
    line = b"the quick brown fox jumps over the lazy dog and the river runs on\r\n"
    return b"Subject: text\r\n\r\n" + line * (octets // len(line))


def fuzzy_search(server, scale=1):
    """A search of texts that must look at every word."""
    with Imap(server) as client:
        client.ok(b"CREATE Texts")
        fuzzy = b"FUZZY " if b"SEARCH=FUZZY" in capability(client) else b""
        for _ in range(max(1, int(10 * scale))):
            client.append(text(260_000), b"Texts")
        client.ok(b"SELECT Texts")
        begun = time.monotonic()
        for _ in range(3):
            client.ok(b"SEARCH NOT " + fuzzy + b'BODY "zebraqua elefantine giraffical"')
        return f"{time.monotonic() - begun:.2f} s"


def large_search(server, scale=1):
    """A search in one large message, with text beyond US-ASCII."""
    with Imap(server) as client:
        client.ok(b"CREATE Large")
        client.append(text(int(30_000_000 * scale)) + "é\r\n".encode(), b"Large")
        client.ok(b"SELECT Large")
        begun = time.monotonic()
        client.ok(b'SEARCH BODY "no such words"')
        return f"{time.monotonic() - begun:.2f} s"


def many(server, scale, count, act):
    with Imap(server) as client:
        count = max(100, int(count * scale))
        client.ok(b"CREATE Many")
        client.ok(b"CREATE Target")
        small_messages(client, count, b"Many")
        begun = time.monotonic()
        act(client, count)
        return f"{time.monotonic() - begun:.2f} s"


def copy_many(server, scale=1):
    return many(server, scale, 10_000, lambda client, count: client.ok(b"COPY 1:%d Target" % count))


def move_many(server, scale=1):
    return many(server, scale, 10_000, lambda client, count: client.ok(b"MOVE 1:%d Target" % count))


def delete_many(server, scale=1):
    def act(client, _):
        client.ok(b"UNSELECT")
        client.ok(b"DELETE Many")
    return many(server, scale, 20_000, act)


def expunge_many(server, scale=1):
    def act(client, _):
        client.ok(rb"STORE 1:* +FLAGS.SILENT (\Deleted)")
        client.ok(b"EXPUNGE")
    return many(server, scale, 20_000, act)


def sort_many(server, scale=1):
    return many(server, scale, 20_000, lambda client, _: [client.command(b"SORT (SUBJECT FROM DATE) UTF-8 ALL")
                                                          for _ in range(3)])


def unread_fetches(server, scale=1):
    """Sessions that ask for large messages and read nothing."""
    with Imap(server) as client:
        client.append(text(int(30_000_000 * scale)))
        clients = []
        for _ in range(30):
            clients.append(Imap(server))
            clients[-1].socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            clients[-1].ok(b"SELECT INBOX")
            clients[-1].send(b"f FETCH 1 (BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[])\r\n")
        time.sleep(4)
        for each in clients:
            each.socket.close()


def many_parts(server, scale=1):
    """BODYSTRUCTURE of a message of tiny parts."""
    with Imap(server) as client:
        part = b"--b\r\n\r\n"
        client.ok(b"CREATE Parts")
        client.append(b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + part * int(13_000_000 * scale / len(part))
                      + b"--b--\r\n", b"Parts")
        client.ok(b"SELECT Parts")
        client.ok(b"FETCH 1 BODYSTRUCTURE")


def one_octet_copies(server, scale=1):
    """Messages that take no room as quotas count it, by doubling."""
    with Imap(server) as client:
        for number in range(max(1, int(8 * scale))):
            mailbox = b"Octets%d" % number
            client.ok(b"CREATE " + mailbox)
            client.append(b"x", mailbox)
            client.ok(b"SELECT " + mailbox)
            have = 1
            while have < 100_000 * scale:
                if client.command(b"COPY 1:%d " % have + mailbox).split(b" ")[1] != b"OK":
                    return f"refused at {have}"
                have *= 2


def followed_searches(server, scale=1):
    """Every message that changes is looked at by every search that is kept up to date."""
    with Imap(server) as client:
        if b"CONTEXT=SEARCH" not in capability(client):
            return "not offered"
        client.ok(b"CREATE Followed")
        for _ in range(20):
            client.append(text(100_000), b"Followed")
        watchers = []
        for _ in range(max(2, int(40 * scale))):
            watchers.append(Imap(server))
            watchers[-1].ok(b"SELECT Followed")
            for number in range(16):
                watchers[-1].send(b'w%d SEARCH RETURN (UPDATE) BODY "no such words %d"\r\n' % (number, number))
            watchers[-1].until(b"w15")
            watchers[-1].send(b"i IDLE\r\n")
            watchers[-1].line()
        client.ok(b"SELECT Followed")
        begun = time.monotonic()
        client.ok(rb"STORE 1:* +FLAGS (\Flagged)")
        took = time.monotonic() - begun
        time.sleep(1)
        for each in watchers:
            each.socket.close()
        return f"{took:.2f} s"


IMAP_ATTACKS = (costly_lists, fuzzy_search, large_search, copy_many, move_many, delete_many, expunge_many, sort_many,
                unread_fetches, many_parts, one_octet_copies, followed_searches)


# To our servers' other doors.

def unfinished_letters(port, to="bruno@llevant.example", count=200, octets=19_000_000):
    """Messages without their end, of strangers. Gives how many octets were taken."""
    clients, taken, piece = [], 0, b"x" * 70 + b"\r\n"
    piece *= 1000
    for number in range(count):
        try:
            client = socket.create_connection(("127.0.0.1", port), 20, source_address=(f"127.0.0.{2 + number // 100}", 0))
            clients.append(client)
            client.settimeout(20)
            reader = client.makefile("rb")
            reader.readline()
            for line in (b"HELO x.example", b"MAIL FROM:<a@b.example>", b"RCPT TO:<%s>" % to.encode(), b"DATA"):
                client.sendall(line + b"\r\n")
                if not (answer := reader.readline()).startswith((b"2", b"3")):
                    raise OSError(answer)
            client.settimeout(3)
            sent = 0
            while sent < octets:
                client.sendall(piece)
                sent += len(piece)
                taken += len(piece)
        except OSError:
            continue
    for client in clients:
        client.close()
    return taken
