"""What hostile clients do to everybody else: the longest that an idle witness waits for NOOP, and the most memory, with
our servers (with a store) and Dovecot in one run.

usage: hostile.py PATH/TO/mailscope [--alone] [CASE…]    --alone: without Dovecot
"""
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "peers"))
from attacks import IMAP_ATTACKS, Witness, peak_mib, unfinished_letters  # noqa: E402
from dovecot import PASSWORD, USER, Dovecot  # noqa: E402
from peers import BRUNO, LLEVANT, Servers  # noqa: E402


def family(pid):
    """The process and all below it."""
    told = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(line.split()[0]): int(line.split()[1]) for line in told.splitlines()}
    return [each for each in parents if each == pid or parents.get(each) == pid]


def measured(server, attack, pid):
    found = ""
    with Witness(server) as witness:
        try:
            found = attack() or ""
        except (OSError, EOFError, AssertionError) as error:
            found = repr(error)[:60]
        memory = peak_mib(family(pid))
    worst = "ended" if witness.error else f"{witness.longest * 1000:.0f} ms"
    return f"{worst:>9} {memory:>6.0f} MiB  {found:<22}"


def ours(program, attack):
    with tempfile.TemporaryDirectory() as folder, Servers(program, "--store", folder + "/store", folder=folder,
                                                          quiet=True) as servers:
        server = (servers[LLEVANT, 143], *BRUNO)
        act = (lambda: str(attack(servers[LLEVANT, 25]) >> 20) + " MiB taken") if attack is unfinished_letters else \
            (lambda: attack(server))
        return measured(server, act, servers.process.pid)


def theirs(attack):
    if attack is unfinished_letters:
        return ""
    with Dovecot() as dovecot:
        server = (dovecot.ports[143], USER, PASSWORD)
        return measured(server, lambda: attack(server), dovecot.process.pid)


if __name__ == "__main__":
    wanted = sys.argv[2:]
    alone = "--alone" in wanted
    wanted = [each for each in wanted if each != "--alone"]
    print(f"{'case':<20} {'ours: witness, memory':<42} {'Dovecot'}")
    for case in (*IMAP_ATTACKS, unfinished_letters):
        if not wanted or case.__name__ in wanted:
            print(f"{case.__name__:<20} {ours(sys.argv[1], case):<42} {'' if alone else theirs(case)}", flush=True)
