"""Everything that reads outside text, on text that is made to cost time: the time grows with the text and not faster."""

import gc
import time
from contextlib import suppress
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from mailbox import frames, people
from portal.core import logs, markdown
from portal.mail import (
    calendars,
    forwarded,
    headers,
    intake_routes,
    originals,
    parsing,
    quotes,
    sanitising,
    senders,
    signs,
    text,
)
from portal.mail.parsed import Attachment
from protocols import shorthand

SIZE = 6_000
MOST_TIMES = 12
"""Four times as long with room for a busy machine; quadratic would be sixteen."""
QUICK_SECONDS = 0.15
"""Below this nobody has to wait, whatever the shape of the curve."""
UNITS = [
    *"a \n\t<>\"'(\\@=;:-_*,.&#|`[",
    "> ", "</", "<br", "<img src=\"", "<blockquote>", "<!--", "a@", "<a@b", "=?", "=?utf-8?q?", "?= ", "((", "\\\"", "a: ", "-- ",
    "\n\n ", "\n \n", "On 2024 12:00 a@b wrote", "wrote:\n", "From: a\nSent: b\n", "-----Original Message-----", "Am 1. schrieb ",
    "Message-ID: <", "Action: failed\n", "5.1.1 ", "boundary=", "--q\n", "! ", "@a fri ", "[a](", "**", "\N{ZERO WIDTH SPACE}",
]  # fmt: skip


def in_header(name):
    """As the value of this header, folded where it has line ends."""
    return lambda words: parsing.parse(f"From: a@b.c\r\n{name}: {_folded(words)}\r\n\r\nx".encode("utf-8", "replace"))


def in_body(kind):
    head = f"From: MAILER-DAEMON@b.c\r\nSubject: Undeliverable\r\nContent-Type: {kind}\r\n\r\n"
    return lambda words: parsing.parse((head + words).encode("utf-8", "replace"))


def of_head(read, name="To"):
    return lambda words: read(f"{name}: {_folded(words)}\r\n\r\n".encode("utf-8", "replace"))


def _folded(words):
    return words.replace("\r", " ").replace("\n", "\n ")


def calendar(words):
    lines = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:{words}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return calendars.appointment_in([Attachment("a.ics", "text/calendar", lines.encode("utf-8", "replace"))])


READERS = {
    "quotes": quotes.cut,
    "quotes of a mail": lambda words: quotes.cut(words, words),
    "pieces": quotes.pieces,
    "headers": lambda words: text.decode_header(words, headers.MAX_HEADER),
    "addresses": of_head(lambda raw: headers.people(headers.headers_of(raw), "to")),
    "routes": of_head(intake_routes.addresses_in),
    "signs": of_head(lambda raw: signs.signs_of(raw, "a@b.c"), "Subject"),
    "results": senders.without_comments,
    "our results": of_head(lambda raw: senders.told_by(headers.headers_of(raw), "mx"), "From: a@b\r\nAuthentication-Results"),
    "forwarded": lambda words: forwarded.forwarded_in("Fwd: x", words, []),
    "HTML": lambda words: sanitising.is_wild(words) or sanitising.text_of(words),
    "pictures": sanitising.with_remote,
    "folds": frames.folded,
    "folds in elements": lambda words: frames.folded(f"<p>x</p><p>{words.replace('<', '<br>')}</p>"),
    "typed addresses": lambda words: people.read(words, []),
    "text": in_body("text/plain"),
    "HTML mail": in_body("text/html"),
    "parts": in_body("multipart/mixed; boundary=q"),
    "appointment": calendar,
    "references": in_header("References"),
    "content type": in_header("Content-Type"),
    "date": in_header("Date"),
    "file name": in_header("Content-Disposition"),
    "original": lambda words: originals.for_outsiders(words.encode("utf-8", "replace")),
    "shorthand": lambda words: shorthand.parse(words, [], on=date(2026, 11, 27)),
    "markdown": markdown.render,
    "log line": lambda words: logs.SECRET.sub("x", words),
}  # fmt: skip


def seconds(read, words) -> float:
    gc.disable()  # what other tests have left in memory is not this text's fault
    began = time.process_time()
    with suppress(ValidationError, sanitising.TooWild):  # refused counts as read
        read(words)
    took = time.process_time() - began
    gc.enable()
    return took


def slow_units(read, size, units=UNITS) -> list[tuple]:
    """Units of which four times as many take much more than four times as long: (unit, seconds, seconds)."""
    with suppress(ValidationError):
        read("warm")
    slow = []
    for unit in units:
        short_text, long_text = (f"x{unit * (length // len(unit))} y" for length in (size // 4, size))
        if seconds(read, long_text) > QUICK_SECONDS:
            short, long = (min(seconds(read, words) for _again in range(2)) for words in (short_text, long_text))
            if long > max(QUICK_SECONDS, MOST_TIMES * short):
                slow.append((unit, round(short, 3), round(long, 3)))
    return slow


@pytest.mark.parametrize("name", READERS)
def test_time_grows_with_the_text_and_not_faster(name):
    """bin/soak does the same with ten times as much."""
    assert slow_units(READERS[name], SIZE) == []


def test_what_grows_too_fast_would_be_seen():
    def quadratic(words):
        return [words.count(words[place:]) for place in range(len(words))]

    # On a busy machine the shorter text may take longer than its due; not three times in a row.
    assert any(slow_units(quadratic, 3 * SIZE, ["a"]) for _again in range(3))
