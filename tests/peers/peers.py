"""What the tests with real mail programs share: the served servers, messages, and programs that are run."""
import poplib
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

ALBA, LLEVANT = "mail.alba.example", "mx.llevant.example"
ANNA, BRUNO = ("anna", "violet-7"), ("bruno", "ginger-4")
DOORS = {ALBA: (25, 587, 465, 110, 995, 143, 993), LLEVANT: (25, 110, 995, 143, 993)}
PATIENCE_S = 30


def free_port():
    """Below the ports that Linux gives out by itself (32768 and up), so that a server finds it free again, and below
    those that the unit tests take (29,000 and up)."""
    while True:
        port = random.randrange(20_000, 29_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def wait_for(what, told):
    """Calls `what` until it gives something true, and gives that."""
    until = time.monotonic() + PATIENCE_S
    while not (found := what()):
        if time.monotonic() > until:
            raise AssertionError(told)
        time.sleep(0.05)
    return found


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
        return True
    except OSError:
        return False


class Servers:
    """The servers of live.yaml, served for as long as the context lasts. `folder` keeps the authority and the log."""

    def __init__(self, program, *arguments, folder=None, quiet=False):
        self.own = None if folder else tempfile.TemporaryDirectory()
        self.folder = Path(folder or self.own.name)
        self.ports = {(host, port): free_port() for host, ports in DOORS.items() for port in ports}
        mapping = ",".join(f"{host}:{port}={real}" for (host, port), real in self.ports.items())
        self.ca = str(self.folder / "ca" / "ca.pem")
        self.log = open(self.folder / "log", "w+", encoding="utf-8")
        self.command = [program, "serve", str(Path(__file__).with_name("live.yaml")), "--map", mapping, "--lang", "en",
                        "--ca-dir", str(self.folder / "ca"), *(["--quiet"] if quiet else []), *arguments]
        self.status = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=self.log, stderr=subprocess.STDOUT)

        def opened():
            if self.process.poll() is not None:
                raise SystemExit("the servers did not open:\n" + self.transcript())
            return all(answers(port) for port in self.ports.values())
        wait_for(opened, "the servers did not open")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.status = self.process.wait(PATIENCE_S)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def transcript(self):
        self.log.seek(0)
        return self.log.read()

    def trusting(self):
        return ssl.create_default_context(cafile=self.ca)

    def __getitem__(self, door):
        return self.ports[door]


def message(subject, text="Hello from a real program.\n"):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "anna@alba.example", "bruno@llevant.example", subject
    mail.set_content(text)
    return mail


def run(*command, text="", **options):
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=PATIENCE_S, **options)


def succeed(*command, **options):
    """Runs the program, which must succeed; gives what it printed."""
    done = run(*command, **options)
    assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def collect(servers, subject):
    """The message with this subject, as poplib retrieves it from Bruno's maildrop; it is deleted there."""
    def taken():
        drop = poplib.POP3("127.0.0.1", servers[LLEVANT, 110], timeout=PATIENCE_S)
        drop.user(BRUNO[0])
        drop.pass_(BRUNO[1])
        try:
            for number in range(drop.stat()[0], 0, -1):
                lines = drop.retr(number)[1]
                if f"Subject: {subject}".encode() in lines:
                    drop.dele(number)
                    return b"\r\n".join(lines).decode()
        finally:
            drop.quit()
    return wait_for(taken, f"no message '{subject}' came")


def need(*tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        raise SystemExit(f"not installed: {', '.join(missing)}; ./dev test installs them")


def run_cases(cases, *arguments):
    """Runs each case, tells of it, and gives how many failed."""
    failed = 0
    for case in cases:
        try:
            case(*arguments)
            print("ok    ", case.__name__, flush=True)
        except Exception as error:  # each case is told on its own
            failed += 1
            print("FAILED", case.__name__, repr(error), flush=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return failed


def serve_cases(cases, *arguments):
    """The cases against the servers, which must then end cleanly. Gives the exit status."""
    with Servers(sys.argv[1], *arguments) as servers:
        failed = run_cases(cases, servers)
    transcript = servers.transcript()
    if servers.status != 0 or "SMTP" not in transcript:
        failed += 1
        print(f"FAILED the program ended with {servers.status}")
    if failed:
        print(transcript[-20_000:])
    return failed != 0
