"""A real IMAP server: Dovecot from the distribution, on loopback, with its files in a folder of its own."""

import imaplib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.core import processes

USER, PASSWORD = "portal", 'long&\\"secret'
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
mail_location = maildir:{place}/mail/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 1
auth_mechanisms = plain login
ssl = yes
ssl_cert = <{place}/cert.pem
ssl_key = <{place}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = {place}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={place}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
"""


def install():
    """By the distribution's package manager; only root can."""
    if not shutil.which("dovecot"):
        command = ["apt-get", "install", "-y", "--no-install-recommends", "dovecot-imapd"]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})


class Dovecot:
    """Started in a folder; `cert` is to be trusted by whoever signs in."""

    def __init__(self, place: Path):
        self.place, self.cert = place, place / "cert.pem"
        self.plain, self.tls = processes.free_port(), processes.free_port()
        words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
        files = ["-keyout", place / "key.pem", "-out", self.cert]
        subprocess.run(["openssl", *words.split(), *files], check=True, capture_output=True)
        (place / "mail").mkdir()
        shutil.chown(place / "mail", "nobody", "nogroup")
        (place / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
        words = {"place": place, "plain": self.plain, "tls": self.tls}
        (place / "conf").write_text(CONFIG.format(**words))

    def start(self):
        self.process = subprocess.Popen(
            ["dovecot", "-F", "-c", self.place / "conf"],
            start_new_session=True,
            preexec_fn=processes.dies_with_parent(),
        )
        for _try in range(100):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.plain), 1):
                return
            time.sleep(0.1)
        raise AssertionError((self.place / "log").read_text())

    def stop(self):
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(20)

    @contextmanager
    def session(self):
        """Signed in with Python's own client."""
        with imaplib.IMAP4("127.0.0.1", self.plain) as client:
            client.login(USER, PASSWORD)
            yield client

    def put(self, *mails: bytes, folder="INBOX"):
        with self.session() as client:
            for raw in mails:
                assert client.append(folder, None, None, raw)[0] == "OK"

    def count(self, words="ALL", folder="INBOX") -> int:
        with self.session() as client:
            assert client.select(folder, readonly=True)[0] == "OK"
            return len(client.search(None, words)[1][0].split())


@contextmanager
def dovecot():
    """Running for as long as the block does."""
    install()
    place = Path(tempfile.mkdtemp(prefix="glasshouse-dovecot-"))
    place.chmod(0o755)
    server = Dovecot(place)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
