"""Reading mails: ordinary, wrong and hostile ones; nothing raises, nothing is lost, nothing takes long."""

import time
from datetime import UTC, datetime

import pytest

from portal.mail.parsing import parse
from portal.mail.text import clean, decode, decode_header
from tests.mail.makers import letter, raw_letter


def test_an_ordinary_mail():
    mail = parse(
        raw_letter(
            to="acme@in.localhost", html="<p>Dear <b>Bence</b></p>", files=[("Ü.pdf", "application/pdf", b"%PDF")]
        )
    )

    assert (mail.subject, mail.sender.name, mail.sender.address) == (
        "Terms of delivery",
        "Katrin Vogel",
        "katrin@client.example",
    )
    assert [(one.name, one.address) for one in mail.to + mail.cc] == [
        ("Bence", "nora@nora.example"),
        ("", "acme@in.localhost"),
    ]
    assert mail.sent_at == datetime(2026, 11, 19, 8, 12, tzinfo=UTC)
    assert (mail.text, mail.html) == ("Dear Bence, the terms are attached.", "<p>Dear <b>Bence</b></p>\n")
    assert [(file.name, file.content_type, file.content) for file in mail.attachments] == [
        ("Ü.pdf", "application/pdf", b"%PDF")
    ]
    assert mail.problem == ""


def test_a_mail_with_html_alone_gets_readable_text():
    raw = b"From: a@b.example\nContent-Type: text/html\n\n<style>p{}</style><p>One &amp; two</p><p>Three<br>four</p><script>x</script>"

    assert parse(raw).text == "One & two\nThree\nfour"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?8J+Y?= =?UTF-8?B?gA==?= x", "\N{GRINNING FACE} x"),
        ("=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        ("=?koi8-r?Q?=F0=D2=C9=D7=C5=D4?=", "Привет"),
        ("=?windows-1251?B?z/Do4uXy?=", "Привет"),
        ("=?nonsense-8?q?plain=FC?=", "plainü"),
        ("=?utf-8?q?two words inside?=", "two words inside"),
        ("=?utf-8*de?q?language?=", "language"),
        ("=?utf-8?x?untouched?=", "=?utf-8?x?untouched?="),
        ("folded\r\n\tline", "folded line"),
        ("nul\x00 and \ud800 surrogate", "nul and \N{REPLACEMENT CHARACTER} surrogate"),
        ("raw 8-bit \udcfc", "raw 8-bit ü"),
    ],
)
def test_header_words(written, read):
    assert decode_header(written) == read


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße"),
        ("“quoted”".encode("cp1252"), "us-ascii", "“quoted”"),
        ("Привет".encode("koi8-r"), '"KOI8-R"', "Привет"),
        ("中文".encode("gb18030"), "gb2312", "中文"),
        ("Grüße".encode(), "x-unknown", "Grüße"),
        ("Grüße".encode(), "iso-2022-jp", "Grüße"),
        (b"abc", "punycode", "abc"),
        (b"abc", "zlib", "abc"),
        (b"a\x00b\r\nc\rd", "ascii", "ab\nc\nd"),
        (b"\xff\xfe\xfd", "", "ÿþý"),
    ],
)
def test_charsets(data, charset, text):
    assert decode(data, charset) == text


def test_nothing_that_postgresql_refuses_is_left():
    assert clean("a\x00b\ud83dc\x07") == "ab\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("header", "people"),
    [
        ('"Vogel, Katrin" <k@x.example>', [("Vogel, Katrin", "k@x.example")]),
        (
            "=?utf-8?q?Vogel=2C_Katrin?= <k@x.example>, b@y.example",
            [("Vogel, Katrin", "k@x.example"), ("", "b@y.example")],
        ),
        ("Undisclosed recipients:;", []),
        ("Team: a@x.example, b@x.example;", [("", "a@x.example"), ("", "b@x.example")]),
        ("((((((" * 500 + " a@x.example", [("", "a@x.example")]),
        ("a@x.example " * 3, None),
    ],
)
def test_lists_of_people(header, people):
    found = [(one.name, one.address) for one in parse(f"From: x@y.example\nTo: {header}\n\nx".encode()).to]

    assert found == people if people is not None else all("@" in address for _name, address in found)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Thu, 99 Nov 2026 99:99:99",
        "Thu, 1 Jan 1950 00:00:00 +0000",
        "Thu, 1 Jan 2026 00:00:00 +9999999999",
    ],
)
def test_absurd_dates_are_none(date):
    assert parse(f"From: a@b.example\nDate: {date}\n\nx".encode()).sent_at is None


def test_an_enclosed_mail_is_kept_as_a_file():
    mail = letter(text="See below")
    mail.add_attachment(letter(Subject="Inner/one", text="inside"))

    parsed = parse(mail.as_bytes())

    assert parsed.text == "See below"
    assert [(file.name, file.content_type) for file in parsed.attachments] == [("Inner/one.eml", "message/rfc822")]
    assert b"inside" in parsed.attachments[0].content


def test_a_calendar_and_a_nameless_picture_are_files():
    mail = letter(files=[(None, "text/calendar", b"BEGIN:VCALENDAR"), (None, "image/png", b"\x89PNG")])

    assert [file.name for file in parse(mail.as_bytes()).attachments] == ["attachment.ics", "attachment.png"]


def test_parts_without_a_boundary_are_read_as_text():
    mail = parse(b"From: a@b.example\nContent-Type: multipart/mixed\n\nstill readable")

    assert (mail.text, mail.attachments) == ("still readable", [])


def test_the_html_of_office_programs_is_not_taken_for_a_bomb():
    lists = "<!--[if gte mso 9]><xml>" + '<w:LsdException Locked="false"/>' * 380 + "</xml><![endif]-->"
    mail = parse(
        raw_letter(html=f"<html><head>{lists}</head><body><p class=MsoNormal>Hello<o:p></o:p></p></body></html>")
    )

    assert (mail.html.strip(), mail.problem) == ("<p>Hello</p>", "")


def test_the_key_is_that_of_the_mail_not_of_its_way():
    plain = raw_letter(files=[("a.csv", "text/csv", b"a;b\n1;2\n")])
    other_way = b"Received: from x\nReturn-Path: <a@b>\nDelivered-To: c\nX-Spam: 3\n" + plain

    keys = {parse(raw).content_key for raw in (plain, other_way, plain.replace(b"\n", b"\r\n"), plain + b"\r\n")}

    assert len(keys) == 1


@pytest.mark.parametrize(
    "change", [{"text": "Other\n"}, {"Subject": "Other"}, {"files": [("a", "text/x", b"1")]}, {"From": "x@y"}]
)
def test_another_mail_with_the_same_id_has_another_key(change):
    assert parse(raw_letter(**change)).content_key != parse(raw_letter()).content_key


def nested(depth: int) -> bytes:
    head = b"From: a@b.example\nSubject: deep\n"
    for level in range(depth):
        head += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
    return head + b"\nend"


BOMBS = {
    "60 levels": nested(60),
    "5,000 levels": nested(5000),
    "enclosed mails": b"From: a@b.example\n" + b"Content-Type: message/rfc822\n\n" * 20_000,
    "300 parts": b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\npart\n" * 300,
    "200,000 parts": b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n\n" * 200_000,
    "report": b"From: a@b.example\nContent-Type: message/delivery-status\n\n" + b"a: b\n\n" * 300_000,
    "header of 5 MB": b"From: a@b.example\nSubject: " + b"x" * 5_000_000 + b"\n\nx",
    "100,000 headers": b"From: a@b.example\n" + b"X-A: b\n" * 100_000 + b"\nx",
    "encoded words": b"From: a@b.example\nSubject: " + b"=?a?q?" * 100_000 + b"\n\nx",
    "recipients": b"From: a@b.example\nTo: " + b"<a@b.example>," * 100_000 + b"\n\nx",
    "brackets": b"From: a@b.example\nTo: " + b"(<" * 100_000 + b"\n\nx",
    "html": b"From: a@b.example\nContent-Type: text/html\n\n" + b"<div><table><b>" * 100_000,
    "html attributes": b"From: a@b.example\nContent-Type: text/html\n\n<p " + b"a=b " * 300_000,
    "unclosed comment": b"From: a@b.example\nContent-Type: text/html\n\n" + b"<!--<br" * 200_000,
    "quoted-printable": b"From: a@b.example\nContent-Transfer-Encoding: quoted-printable\n\n" + b"=" * 3_000_000,
    "base64": b"From: a@b.example\nContent-Transfer-Encoding: base64\n\n" + b"!" * 3_000_000,
    "uuencode": b"From: a@b.example\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n" + b"M" * 1_000_000,
    "boundary without end": b'From: a@b.example\nContent-Type: multipart/mixed; boundary="' + b"x" * 1_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_take_no_time_and_are_still_mails(name):
    began = time.process_time()
    mail = parse(BOMBS[name])

    assert time.process_time() - began < 5
    assert mail.sender.address == "a@b.example"
    assert len(mail.attachments) <= 200


@pytest.mark.parametrize("name", ["60 levels", "5,000 levels", "300 parts", "200,000 parts", "report"])
def test_what_was_not_read_is_named(name):
    assert parse(BOMBS[name]).problem


@pytest.mark.parametrize("raw", [b"", b"\n", b"\x00" * 100, b"\xff\xfe", b"no headers at all", b": \n\nx", b"\r\r\r"])
def test_what_is_no_mail_says_so(raw):
    mail = parse(raw)

    assert mail.problem == "no_headers"
    assert mail.content_key


@pytest.mark.parametrize("unit", ["\xa0", "&", "& < "], ids=["nbsp", "ampersand", "with signs between"])
def test_signs_that_are_written_as_entities_cost_no_minutes(unit):
    """The library takes quadratic time over them: a megabyte took a minute."""
    raw = raw_letter(html=f"<p>Dear Bence</p>{unit * (800_000 // len(unit))}", text="Dear Bence\n")
    begun = time.process_time()

    mail = parse(raw)

    assert time.process_time() - begun < 3
    assert mail.text.startswith("Dear Bence")


def test_an_enclosed_mail_is_kept_as_it_was_written_and_costs_no_minutes():
    """Folding 60 KB of header anew took more than a minute."""
    inner = f"From: {'A: ' * 20_000}\nSubject: =?utf-8?q?=C3=BC?= {'long ' * 40}\n\tand folded\nX-Old: a\n\nHello\n"
    raw = (
        "From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\nHi\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    )
    begun = time.process_time()

    mail = parse(raw.encode())

    assert time.process_time() - begun < 3
    assert mail.attachments[-1].content.decode().rstrip("\n") == inner.rstrip("\n")


def test_a_report_of_empty_lines_costs_no_minutes():
    """Each blank line begins a block of a report, also between bare returns."""
    head = "From: MAILER-DAEMON@x.example\nSubject: x\nContent-Type: multipart/report; boundary=b\n\n--b\n"
    begun = time.process_time()

    mail = parse(f"{head}Content-Type: message/delivery-status\n\n{chr(13) * 1_000_000}\n--b--\n".encode())

    assert time.process_time() - begun < 3
    assert mail.problem == "too_many_parts"
