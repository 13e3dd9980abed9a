"""A Dovecot of one's own: in a temporary folder, on free ports of the loopback interface, ended with the context. It
runs as root or as an ordinary user; the system's own Dovecot, where there is one, is left alone."""
import grp
import imaplib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from peers import PATIENCE_S, answers, free_port, wait_for

NAME = "mail.alba.example"
USER, PASSWORD = "anna", "violet-7"
SERVICES = {143: ("imap", "imap"), 993: ("imap", "imaps"), 110: ("pop3", "pop3"), 995: ("pop3", "pop3s")}

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
mail_max_userip_connections = 100
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Trash {{
    auto = subscribe
    special_use = \\Trash
  }}
}}
{services}
"""


def certify(folder, name):
    """A certificate that vouches for itself."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"], check=True, capture_output=True)


class Dovecot:
    def __init__(self, certified_for=NAME):
        self.own = tempfile.TemporaryDirectory()
        self.folder = Path(self.own.name)
        self.folder.chmod(0o755)
        self.ports = {port: free_port() for port in SERVICES}
        self.certificate = str(self.folder / "certificate.pem")
        certify(self.folder, certified_for)
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        root = os.getuid() == 0
        me = pwd.getpwuid(os.getuid()).pw_name
        my_group = grp.getgrgid(os.getgid()).gr_name
        owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        home = self.folder / "home"
        home.mkdir()
        os.chown(home, owner.pw_uid, owner.pw_gid)
        services, unrestricted = "", "" if root else "  chroot =\n"  # only root may change its root
        for protocol in ("imap", "pop3"):
            listeners = "".join(f"  inet_listener {name} {{\n    port = {self.ports[port]}\n  }}\n"
                                for port, (of, name) in SERVICES.items() if of == protocol)
            services += f"service {protocol}-login {{\n{listeners}{unrestricted}}}\n"
        services += f"service anvil {{\n{unrestricted}}}\n" if unrestricted else ""
        (self.folder / "dovecot.conf").write_text(CONFIGURATION.format(
            folder=self.folder, services=services, internal="dovecot" if root else me,
            internal_group="dovecot" if root else my_group, login="dovenull" if root else me, owner=owner.pw_name,
            owner_group=grp.getgrgid(owner.pw_gid).gr_name))

    def __enter__(self):
        program = shutil.which("dovecot") or "/usr/sbin/dovecot"
        self.process = subprocess.Popen([program, "-F", "-c", self.folder / "dovecot.conf"])

        def opened():
            if self.process.poll() is not None:
                raise SystemExit("Dovecot did not start:\n" + self.log())
            return all(answers(port) for port in self.ports.values())
        wait_for(opened, "Dovecot does not answer")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(PATIENCE_S)

    def log(self):
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    def client(self):
        """Logged in, by another program's hands."""
        client = imaplib.IMAP4("127.0.0.1", self.ports[143], PATIENCE_S)
        client.login(USER, PASSWORD)
        return client
