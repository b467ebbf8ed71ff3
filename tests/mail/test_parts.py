"""What else is in a mail: winmail.dat, appointments, mails that are passed on, very many files."""

import struct

import pytest
from django.utils import translation

from portal.mail import tasks
from portal.mail.parsing import parse
from tests.mail.makers import letter, raw_letter
from tests.mail.test_processing import arrive, handed

__all__ = ["arrive", "handed"]

INVITATION = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
METHOD:%s
BEGIN:VEVENT
UID:1@client.example
DTSTAMP:20260201T090000Z
SUMMARY:Jour fixe
LOCATION:Zoom
%s
END:VEVENT
END:VCALENDAR
"""


def wrapped(*objects: tuple[int, int, bytes]) -> bytes:
    """A winmail.dat: signature, key, then level, name, length, content and sum of each object."""
    parts = [struct.pack("<IH", 0x223E9F78, 1)]
    for level, name, content in objects:
        parts.append(
            struct.pack("<BII", level, name, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)
        )
    return b"".join(parts)


BODY = (1, 0x0002800C, b"The terms are attached.\x00")
FILE = [(2, 0x00069002, bytes(14)), (2, 0x00018010, b"terms.pdf\x00"), (2, 0x0006800F, b"%PDF-1.4 terms")]


def test_what_outlook_wrapped_up_is_there():
    raw = raw_letter(text="", files=[("winmail.dat", "application/ms-tnef", wrapped(BODY, *FILE))])
    mail = parse(raw)

    assert [(file.name, file.content) for file in mail.attachments] == [("terms.pdf", b"%PDF-1.4 terms")]
    assert mail.text == "The terms are attached."


@pytest.mark.parametrize(
    "content", [b"", b"\x78\x9f\x3e\x22", wrapped(BODY, *FILE)[:60], b"\x78\x9f\x3e\x22" + b"\xff" * 500]
)
def test_a_damaged_wrapping_is_kept_as_it_is(content):
    mail = parse(raw_letter(files=[("winmail.dat", "application/ms-tnef", content)]))

    assert mail.text.startswith("Dear Bence")
    assert [(file.name, file.content) for file in mail.attachments] == [("winmail.dat", content)]


@pytest.mark.parametrize(
    ("method", "when", "line"),
    [
        (
            b"REQUEST",
            b"DTSTART:20260303T090000Z\nDTEND:20260303T100000Z",
            "Invitation: Jour fixe, Tue, 3 Mar 10:00–11:00, Zoom",
        ),
        (b"CANCEL", b"DTSTART:20260303T090000Z\nDURATION:PT30M", "Cancelled: Jour fixe, Tue, 3 Mar 10:00–10:30, Zoom"),
        (
            b"REQUEST",
            b"DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260304",
            "Invitation: Jour fixe, Tue, 3 Mar, Zoom",
        ),
        (b"REPLY", b"DTSTART:20260303T100000", "Answer to an invitation: Jour fixe, Tue, 3 Mar 10:00, Zoom"),
        (b"REQUEST", b"DTSTART:nonsense", ""),
    ],
)
def test_an_appointment_is_one_line_and_a_file(cast, arrive, handed, method, when, line):
    raw = raw_letter(files=[("invite.ics", "text/calendar", INVITATION % (method, when))])
    tasks.process(cast.north.pk, arrive(raw))

    ((_inbound, mail, _to),) = handed
    assert mail.calendar_line == line
    assert [file.name for file in mail.attachments] == ["invite.ics"]
    assert translation.get_language() == "en"


CLOCK = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:{0}
TZOFFSETTO:{0}
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT"""


def test_what_a_stranger_says_of_a_clock_moves_no_appointment_of_others():
    """One reader reads the mails of all agencies, one after the other."""
    words = INVITATION % (b"REQUEST", b"DTSTART;TZID=W. Europe Standard Time:20261201T100000")
    wrong, right = (
        words.replace(b"BEGIN:VEVENT", CLOCK.format(offset).encode()) if offset else words for offset in ("+0900", "")
    )
    found = [
        parse(raw_letter(files=[("invite.ics", "text/calendar", content)])).appointment.starts
        for content in (wrong, right)
    ]

    assert found == ["2026-12-01T10:00:00+09:00", "2026-12-01T10:00:00+01:00"]


def test_a_mail_inside_is_kept_with_its_name_and_told():
    mail = letter(Subject="Fwd: Offer", text="For your files.\n")
    mail.add_attachment(letter(From="Carla <carla@x.example>", Subject="Offer 7"))
    found = parse(mail.as_bytes())

    assert [file.name for file in found.attachments] == ["Offer 7.eml"]
    assert (found.forwarded.sender.address, found.forwarded.subject) == ("carla@x.example", "Offer 7")


GMAIL = (
    "---------- Forwarded message ---------\n"
    "From: Carla Nowak <carla@x.example>\nDate: Tue, 3 Mar 2026 at 10:00\nSubject: Offer 7\nTo: <k@client.example>\n\nHello\n"
)
OUTLOOK = "Zur Info.\n\nVon: Carla Nowak <carla@x.example>\nGesendet: Dienstag, 3. März 2026 10:00\nAn: Katrin\nBetreff: Offer 7\n\nHallo\n"
APPLE = "Anfang der weitergeleiteten Nachricht:\n\n> Von: Carla Nowak <carla@x.example>\n> Betreff: Offer 7\n> Datum: 3. März 2026\n"
RUSSIAN = (
    "-------- Пересылаемое сообщение --------\nОт кого: Carla Nowak <carla@x.example>\nТема: Offer 7\n\nДобрый день\n"
)


@pytest.mark.parametrize(
    ("subject", "text"),
    [("Fwd: Offer 7", GMAIL), ("WG: Offer 7", OUTLOOK), ("Fwd: Offer 7", APPLE), ("Fwd: Offer 7", RUSSIAN)],
)
def test_a_mail_written_into_another_is_told(subject, text):
    found = parse(raw_letter(Subject=subject, text=text)).forwarded

    assert (found.sender.name, found.sender.address, found.subject) == ("Carla Nowak", "carla@x.example", "Offer 7")


@pytest.mark.parametrize("subject", ["Re: Offer 7", "Offer 7"])
def test_an_answer_is_not_forwarded(subject):
    assert parse(raw_letter(Subject=subject, text=OUTLOOK)).forwarded is None


@pytest.mark.parametrize(("count", "names"), [(100, 100), (101, 1)])
def test_more_than_a_hundred_files_are_kept_as_the_mail_itself(count, names):
    raw = raw_letter(files=[(f"{number}.txt", "text/plain", b"x") for number in range(count)])
    mail = parse(raw)

    assert len(mail.attachments) == names
    assert (mail.attachments[0].content == raw) is (names == 1)
    assert mail.content_key == parse(b"Received: by x\r\n" + raw).content_key
