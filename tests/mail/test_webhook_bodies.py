"""Malformed forms at the webhook: answered within a second, kept or refused as trouble, and nothing is left on the disk."""

import gzip
import tempfile
import time

import pytest
from django.test import Client as Browser

from portal.mail.intake_routes import keeper_of_strays
from tests.mail.makers import raw_letter
from tests.mail.test_door import stored
from tests.mail.test_webhooks import form, post, secret

__all__ = ["secret"]

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
FORM = "multipart/form-data; boundary="


def part(name: bytes, content=b"x", boundary=b"cut", more=b"") -> bytes:
    return b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (boundary, name, more, content)


def named(filename: bytes) -> bytes:
    return b'; filename="%s"' % filename


LONG = b"b" * 10_000
MANY_FILES = b"".join(part(b"attachment%d" % number, more=named(b"a.txt")) for number in range(1001))
BODIES = {
    "no closing boundary": (part(b"email", raw_letter()), FORM + "cut"),
    "a boundary of 10 kB": (part(b"email", boundary=LONG) * 50 + b"--%s--" % LONG, FORM + LONG.decode()),
    "no boundary": (part(b"email") + b"--cut--", "multipart/form-data"),
    "a boundary that is never there": (part(b"email") * 50_000, FORM + "other"),
    "10,000 fields": (b"".join(part(b"f%d" % number) for number in range(10_000)) + b"--cut--", FORM + "cut"),
    "1,001 files": (MANY_FILES + b"--cut--", FORM + "cut"),
    "a name with CRLF": (part(b"attachment1", more=named(b"a\r\nSet-Cookie: b.txt")) + b"--cut--", FORM + "cut"),
    "a name with NUL": (part(b"attachment1", more=named(b"../../a\x00.txt")) + b"--cut--", FORM + "cut"),
    "a header without end": (b"--cut\r\nContent-Disposition: form-data; name=" + b"a" * 5_000_000, FORM + "cut"),
    "100,000 lines of header": (b"--cut\r\n" + b"X: y\r\n" * 100_000 + b"\r\nx\r\n--cut--", FORM + "cut"),
    "only boundaries": (b"--cut\r\n" * 500_000, FORM + "cut"),
    "a form in a form": (part(b"email", part(b"email", boundary=b"in") * 100), FORM + "cut"),
    "compressed": (gzip.compress(part(b"email") * 1000), FORM + "cut"),
    "quotes without end": (b'--cut\r\nContent-Disposition: form-data; name="' + b'\\"' * 8_000, FORM + "cut"),
    "10,000 fields of another form": (b"&".join(b"f%d=%%" % number for number in range(10_000)), "application/x-www-form-urlencoded"),
    "deep JSON": (b"[" * 100_000, "application/json"),
}  # fmt: skip


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """Where temporary files would lie."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("provider", ["sendgrid", "postmark"])
def test_malformed_bodies_cost_no_time_and_leave_no_files(cast, settings, scratch, provider, name):
    settings.MAIL_STRAYS = cast.north.slug
    assert keeper_of_strays() == cast.north.pk
    body, kind = BODIES[name]
    began = time.process_time()

    code = post(provider, body, kind)

    assert time.process_time() - began < 1
    assert code == 200, "kept, for the provider would drop it at a 4xx and send it for hours at a 5xx"
    assert len(stored(cast.north)) >= 1
    assert list(scratch.iterdir()) == []


def test_a_length_that_is_a_lie_takes_no_more_than_there_is(cast, acme_address, scratch):
    envelope = b'{"from": "k@c.example", "to": ["%s"]}' % acme_address.encode()
    body, kind = form(email=raw_letter(to=acme_address), envelope=envelope)
    header = {"Authorization": "Basic aG9va3M6YS1sb25nLXNlY3JldA=="}
    told = {"content_type": kind, "headers": header}
    codes = [
        Browser().post("/webhooks/mail/sendgrid/", body, **told, CONTENT_LENGTH=length).status_code
        for length in (65 * 1024 * 1024, "", str(len(body)))
    ]

    assert codes == [413, 503, 200]
    assert [bytes(mail.raw) for mail in stored(cast.north)] == [raw_letter(to=acme_address)]
    assert list(scratch.iterdir()) == []
