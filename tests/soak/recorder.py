"""A sender who writes down, on disk, which mails were acknowledged: what stands there must never be lost."""

import base64
import http.client
import json
import os
import smtplib
import threading
import time
from email.message import EmailMessage

from tests.soak.rig import SECRET

GIVE_UP_SECONDS = 150
RETRY_PAUSE = 0.5
SMALL, LARGE = 300, 200_000


class Recorder:
    """Sends `count` mails from several threads at a bounded rate, each until it is acknowledged.

    By turns to the mail door and, as a provider does, to the web server's webhook.
    """

    def __init__(self, run, name, addresses, count=40, threads=3, per_second=4.0):
        self.run, self.name, self.addresses, self.count = run, name, addresses, count
        self.pause = threads / per_second
        self.path = run.data_dir.parent / f"acknowledged-{name}"
        self.ids = [f"<{name}-{number}@sender.example>" for number in range(count)]
        self.tries = 0
        self.refused = []
        self.longest_wait = 0.0
        self._next = iter(range(count))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def start(self):
        self._file = self.path.open("ab")
        for thread in self._threads:
            thread.start()
        return self

    def finish(self):
        for thread in self._threads:
            thread.join(GIVE_UP_SECONDS + 60)
        self._file.close()

    @property
    def acknowledged(self):
        """The ids in the file, as they are on disk."""
        return self.path.read_text().split() if self.path.exists() else []

    def _work(self):
        while True:
            with self._lock:
                number = next(self._next, None)
            if number is None:
                return
            self._deliver(number)
            time.sleep(self.pause)

    def _deliver(self, number):
        """As a mail server does: again and again until it is taken or refused for good."""
        to, raw = self.addresses[number % len(self.addresses)], self.letter(number)
        began = time.monotonic()
        while time.monotonic() - began < GIVE_UP_SECONDS:
            outcome = self._by_webhook(to, raw, self.ids[number]) if number % 2 else self._by_smtp(to, raw)
            if outcome == 250:
                return self._write_down(number, time.monotonic() - began)
            if outcome >= 500:
                return self.refused.append((self.ids[number], outcome))
            time.sleep(RETRY_PAUSE)

    def _by_webhook(self, to, raw, key):
        """The code of the answer, as the mail door would say it; 0 when there was none or it was trouble."""
        self.tries += 1
        event = {
            "FromFull": {"Email": "katrin@sender.example"},
            "MessageID": key,
            "OriginalRecipient": to,
            "Headers": [],
        }
        header = {"Content-Type": "application/json", "Host": "localhost"}
        header["Authorization"] = f"Basic {base64.b64encode(SECRET.encode()).decode()}"
        wire = http.client.HTTPConnection("127.0.0.1", self.run.port, timeout=30)
        try:
            wire.request("POST", "/webhooks/mail/postmark/", json.dumps(event | {"RawEmail": raw.decode()}), header)
            code = wire.getresponse().status
            return {200: 250}.get(code, 550 if 400 <= code < 500 else 0)
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            wire.close()

    def _by_smtp(self, to, raw):
        """The code of the answer; 0 when there was none."""
        self.tries += 1
        try:
            with smtplib.SMTP("127.0.0.1", self.run.smtp_port, timeout=30) as wire:
                wire.ehlo()
                steps = (lambda: wire.mail("katrin@sender.example"), lambda: wire.rcpt(to), lambda: wire.data(raw))
                for step in steps:
                    code = step()[0]
                    if code >= 400:
                        return code
                return code
        except smtplib.SMTPResponseException as error:
            return error.smtp_code
        except (OSError, smtplib.SMTPException):
            return 0

    def _write_down(self, number, waited):
        with self._lock:
            self._file.write(f"{self.ids[number]}\n".encode())
            self._file.flush()
            os.fsync(self._file.fileno())
            self.longest_wait = max(self.longest_wait, waited)

    def letter(self, number):
        """Every tenth mail is a large one."""
        mail = EmailMessage()
        mail["From"] = "Katrin <katrin@sender.example>"
        mail["To"] = "agency@agency.example"
        mail["Subject"] = f"Order {number} of {self.name}"
        mail["Date"] = "Thu, 19 Nov 2026 09:12:00 +0100"
        mail["Message-ID"] = self.ids[number]
        size = LARGE if number % 10 == 9 else SMALL
        mail.set_content(("The quick brown fox jumps over the lazy dog.\n" * (size // 45 + 1)) + str(number))
        return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def stored(run, ids):
    """How many rows the tab Mails has for each of these ids."""
    statement = "SELECT message_id, count(*) FROM mailbox_mail WHERE message_id = ANY(%s) GROUP BY 1"
    return dict(run.all_rows(statement, list(ids)))
