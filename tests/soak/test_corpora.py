"""Whole mail corpora through the real SMTP door: all kept byte for byte, all filed, and a bad one never stops the next."""

import hashlib
import time
from collections import Counter

import pytest

from portal.mail.parsing import parse
from tests.mail.test_corpora import corpora
from tests.soak.recorder import stored
from tests.soak.rig import wait_until
from tests.soak.wire import Wire, letter

FILED_SECONDS = 900
PARSE_SECONDS = 5
NEXT_SECONDS = 10
EVERY = 10
STATE = """SELECT encode(sha256(i.raw), 'hex'), i.processed_at IS NOT NULL, i.reason, m.problem
FROM mail_inboundmail i LEFT JOIN mailbox_mail m ON m.inbound_id = i.id WHERE i.id > %s"""


def on_the_wire(raw):
    """Lines end as the protocol wants it; a mail that already has such ends is left as it is, wild ones included."""
    raw = raw if b"\r\n" in raw else raw.replace(b"\n", b"\r\n")
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def digest(raw):
    return hashlib.sha256(raw).hexdigest()


class Sender:
    """Puts mails through the door and remembers what the door said to each."""

    def __init__(self, run):
        self.run = run
        self.to = run.demo["clients"][1]["mail_address"]
        self.codes = Counter()
        self.sums = set()
        self.good = []
        self.slow = []
        self.waits = []

    def send(self, raw):
        with Wire(self.run) as wire:
            code = wire.put(self.to, raw)
        self.codes[code] += 1
        if code == 250:
            self.sums.add(digest(raw))

    def send_file(self, path, number):
        """After each mail that cannot be read, and after every tenth, a good one; some are delivered twice."""
        raw = on_the_wire(path.read_bytes())
        began = time.monotonic()
        is_bad = bool(parse(raw).problem)
        if time.monotonic() - began > PARSE_SECONDS:
            self.slow.append(path.name)
        if is_bad:  # nothing else is in the queue, so that what the next one waits for is this one
            wait_until(self.run.is_idle, FILED_SECONDS, "all filed before")
        self.send(raw)
        if number % EVERY == 0:
            self.send(b"Received: from elsewhere by here; Thu, 19 Nov 2026 09:12:00 +0100\r\n" + raw)
        if is_bad or number % EVERY == 0:
            subject = f"good {number} {time.time_ns()}"
            self.good.append(f"<{subject.replace(' ', '-')}@sender.example>")
            self.send(letter(subject))
        if is_bad:
            filed = wait_until(lambda: stored(self.run, self.good[-1:]), FILED_SECONDS, f"the mail after {path.name}")
            self.waits.append(filed)


@pytest.mark.skipif(not corpora(), reason="no corpora here")
def test_every_mail_is_kept_and_filed(portal, say):
    last = portal.rows("SELECT coalesce(max(id), 0) FROM mail_inboundmail")
    sender, began = Sender(portal), time.monotonic()
    for number, path in enumerate(corpora()):
        sender.send_file(path, number)
    sent = time.monotonic() - began
    done = wait_until(portal.is_idle, FILED_SECONDS, "all filed")

    rows = portal.all_rows(STATE, last)
    assert set(sender.codes) == {250}
    assert sender.sums == {sum_ for sum_, *_rest in rows}
    left = [row for row in rows if not row[1]]
    kinds = Counter(problem or "mail" for _sum, _done, _reason, problem in rows if problem is not None)
    doubles = sum(1 for row in rows if row[1] and row[3] is None)
    say(
        f"{sender.codes.total()} mails in {sent:.0f} s, all filed {done:.0f} s later: {dict(kinds)}, "
        f"{doubles} delivered again, {len(left)} in quarantine; a good one after each of {len(sender.waits)} bad ones, "
        f"in the tab after {max(sender.waits):.1f} s at most"
    )
    assert not left, Counter(reason for _sum, _done, reason, _problem in left)
    assert not sender.slow
    assert max(sender.waits) < NEXT_SECONDS
    assert stored(portal, sender.good) == dict.fromkeys(sender.good, 1)
    assert (
        portal.rows(
            "SELECT count(*) FROM (SELECT 1 FROM mailbox_mail GROUP BY client_id, content_key HAVING count(*) > 1) d"
        )
        == 0
    )
