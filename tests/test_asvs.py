"""Requirements of OWASP ASVS 5.0 that hold for every page: headers, cookies, redirects, hosts, extra and doubled fields."""

import os
import subprocess
import sys
import time

import pytest
from django.db import transaction
from django.test import Client as Browser

from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.people.models import Invitation
from portal.tenancy.models import Role
from protocols.models import Protocol
from tests.asking import browser_of, path_of
from tests.browse import reload
from tests.route_table import TABLE
from tests.route_table_protocols import _protocol
from tests.routes import AGENCY
from tests.scenery import scenery

__all__ = ["scenery"]

EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "///evil.example",
]
STORED = {"brand_css", "brand_logo"}
"""The look of an agency is no secret; browsers may keep it."""
SOME = {"home", "protocols:index", "protocols:download", "people:members"}


def test_v3_4_3_to_6_every_answer_carries_the_guarding_headers(scenery):
    wrong = []
    for row in TABLE[AGENCY]:
        if row.name in ("mailbox:body", "mailbox:pictures") or (
            row.name.startswith("admin:") and "_client_" not in row.name
        ):
            continue
        path = path_of(row, scenery.things["acme"])
        for person in {row.who, "saul" if row.name in SOME else row.who}:
            answer = browser_of(scenery, person).get(path)
            wrong += [
                f"{path} by {person} ({answer.status_code}): {fault}" for fault in _header_faults(answer, row.name)
            ]

    assert not wrong, "\n" + "\n".join(wrong)


def _header_faults(answer, name: str):
    policy = answer.get("Content-Security-Policy", "")
    if "unsafe" in policy or "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
        yield f"policy {policy!r}"
    if "sandbox" not in policy and not ("object-src 'none'" in policy and "base-uri 'none'" in policy):
        yield "policy without object-src or base-uri"
    if answer.get("X-Content-Type-Options") != "nosniff":
        yield "no nosniff"
    if answer.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        yield f"referrer policy {answer.get('Referrer-Policy')}"
    if "no-store" not in answer.get("Cache-Control", "") and not (name in STORED and answer.status_code == 200):
        yield f"cache {answer.get('Cache-Control')}"
    if "Access-Control-Allow-Origin" in answer or not answer.has_header("X-Request-ID"):
        yield "CORS, or no id"


def test_v3_3_1_cookies_and_hsts_under_https():
    names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY CSRF_COOKIE_HTTPONLY SESSION_COOKIE_NAME"
    names += " CSRF_COOKIE_NAME SESSION_COOKIE_SAMESITE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS DEBUG"
    code = f"from portal import settings as s; print([getattr(s, n) for n in {names.split()!r}])"
    env = os.environ | {"BASE_URL": "https://portal.example", "DEBUG": "0", "ALLOWED_HOSTS": "portal.example"}
    shown = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout

    expected = [True, True, True, True, "__Host-session", "__Host-csrf", "Lax", True, 365 * 86400, False]
    assert shown.strip() == str(expected)


@pytest.mark.parametrize("target", EVIL)
def test_v3_7_2_no_redirect_leads_elsewhere(scenery, target):
    browser = browser_of(scenery, "anna")
    answers = [
        browser.get("/north/accounts/login/", {"next": target}),
        browser.get("/north/accounts/session-expired/", {"next": target}),
        browser.post("/north/accounts/login/", {"next": target}),
        browser.post("/north/preferences/theme/", {"theme": "dark", "next": target}),
        browser.post("/north/preferences/language/", {"language": "de", "next": target}),
        browser.post("/north/preferences/language/", {"language": "xx"}, headers={"Referer": target}),
        browser.post("/north/accounts/logout/", {"next": target}),
    ]

    assert [answer.status_code for answer in answers] == [302] * 7
    assert not [answer["Location"] for answer in answers if not _is_local(answer["Location"])]


def _is_local(location: str) -> bool:
    return location.startswith("/") and not location.startswith(("//", "/\\"))


def test_v15_3_3_extra_fields_of_a_protocol_change_nothing_else(scenery):
    acme, bolt = scenery.things["acme"], scenery.things["bolt"]
    extra = {
        "agency": scenery.south.pk,
        "agency_id": scenery.south.pk,
        "client": bolt.client.pk,
        "client_id": bolt.client.pk,
    }
    extra |= {
        "author": acme.staff.pk,
        "side": "agency",
        "number": 1,
        "id": bolt.protocol.pk,
        "created_at": "2001-01-01",
    }
    data = _protocol(acme) | extra | {"title": "Mass", "draft": ""}
    answer = browser_of(scenery, "anna").post(path_of(_row("protocols:create"), acme), data)
    with tenant(scenery.north.pk), transaction.atomic():
        made = Protocol.objects.get(title="Mass")

    assert answer.status_code == 302
    assert (made.agency_id, made.client_id, made.author_id) == (scenery.north.pk, scenery.acme.pk, scenery.anna.pk)
    assert (made.side, made.published_at) == ("client", None)
    assert made.number > 1
    assert made.created_at.year > 2001


def test_v15_3_3_nobody_promotes_himself(scenery):
    before = reload(scenery.anna)
    extra = {"is_staff": "on", "is_superuser": "on", "email": "x@evil.example", "role": _role(scenery, "owner").pk}
    extra |= {"kind": "specialist", "agency": scenery.south.pk, "password": "x", "shared_client_ids": [scenery.bolt.pk]}
    browser_of(scenery, "anna").post("/north/settings/", {"name": "Anna", **extra})
    after = reload(scenery.anna)

    after.user.refresh_from_db()
    assert (after.user.is_staff, after.user.is_superuser, after.user.email) == (False, False, before.user.email)
    for name in ("role_id", "kind", "agency_id", "shared_client_ids"):
        assert getattr(after, name) == getattr(before, name)


def test_v8_2_3_a_contact_invites_nobody_as_staff_or_elsewhere(scenery):
    browser, path = browser_of(scenery, "anna"), path_of(_row("people:team_invite"), scenery.things["acme"])
    words = {
        "email": "mass@evil.example",
        "name": "Mass",
        "areas": ["work"],
        "kind": "specialist",
        "client": scenery.bolt.pk,
    }
    as_owner = browser.post(path, words | {"role": _role(scenery, "owner").pk})
    as_contact = browser.post(path, words | {"role": _role(scenery, "contact").pk})
    with tenant(scenery.north.pk), transaction.atomic():
        made = Invitation.objects.get(email="mass@evil.example")

    assert (as_owner.status_code, as_contact.status_code) == (422, 302)
    assert (made.kind, made.client_id) == ("contact", scenery.acme.pk)


def test_v15_3_7_doubled_fields_open_nothing(scenery):
    """The last value counts, and it is judged; a value in the address is none of the form's."""
    acme, bolt = scenery.things["acme"], scenery.things["bolt"]
    browser, path = browser_of(scenery, "anna"), path_of(_row("protocols:create"), acme)
    words = {name: value for name, value in _protocol(acme).items() if name != "project"}
    doubled = browser.post(path, words | {"title": "Twice", "project": [acme.project.pk, bolt.project.pk]})
    in_address = browser.post(f"{path}?project={bolt.project.pk}&client={bolt.client.pk}", words | {"title": "Once"})
    with tenant(scenery.north.pk), transaction.atomic():
        made = Protocol.objects.get(title="Once")
        assert not Protocol.objects.filter(title="Twice").exists()

    assert (doubled.status_code, in_address.status_code) == (422, 302)
    assert (made.client_id, made.project_id) == (scenery.acme.pk, None)


PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\nvalue\r\n'
MULTIPART = {
    "no closing boundary": ("x", PART % (b"title", b"")),
    "boundary of 10 kB": ("x" * 10_000, b"--x--"),
    "no boundary": ("", b"--x--"),
    "10,000 fields": ("x", b"".join(PART % (b"f%d" % n, b"") for n in range(10_000)) + b"--x--"),
    "1,001 files": ("x", b"".join(PART % (b"files", b'; filename="%d.txt"' % n) for n in range(1001)) + b"--x--"),
    "file name with NUL and CRLF": ("x", PART % (b"uploads", b'; filename="a\0\r\nb.txt"') + b"--x--"),
    "nested multipart": ("x", b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n--y--\r\n--x--"),
    "wrong transfer encoding": (
        "x",
        b"--x\r\nContent-Transfer-Encoding: base64\r\n" + PART[5:] % (b"title", b"") + b"--x--",
    ),
}


@pytest.mark.parametrize("case", MULTIPART)
def test_f15_malformed_multipart_is_refused_quickly(scenery, case):
    boundary, body = MULTIPART[case]
    browser = browser_of(scenery, "anna")
    began = time.process_time()
    path = path_of(_row("protocols:create"), scenery.things["acme"])
    answer = browser.post(path, body, content_type=f"multipart/form-data; boundary={boundary}")

    assert answer.status_code in (400, 413, 422) or answer.context["form"].is_bound is False
    assert time.process_time() - began < 1


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Host": "north.evil.example:80"}, {"Host": "x y"}])
def test_v4_1_3_a_forged_host_is_refused(scenery, headers):
    assert Browser().get("/north/accounts/login/", headers=headers).status_code == 400


def test_v4_1_3_forwarded_headers_are_nobodys_word(scenery):
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"}
    forged |= {"X-Real-IP": "6.6.6.6", "Forwarded": "for=6.6.6.6;host=evil.example", "X-Original-URL": "/south/"}
    browser, acme = browser_of(scenery, "anna"), scenery.things["acme"]
    page = browser.get("/north/accounts/login/?next=/north/", headers=forged)
    browser.get(path_of(_row("protocols:download"), acme), headers=forged)
    reset = Browser().post("/north/accounts/password/reset/", {"email": scenery.anna.user.email}, headers=forged)
    with tenant(scenery.north.pk), transaction.atomic():
        event = AuditEvent.objects.filter(kind="file.downloaded").latest("pk")

    assert "evil.example" not in page["Location"] + reset["Location"]
    assert str(event.ip) == "127.0.0.1"


def test_v3_5_3_reading_a_page_with_other_methods_changes_nothing(scenery):
    browser = browser_of(scenery, "olaf")
    for row in (row for row in TABLE[AGENCY] if row.writes and row.who == "olaf" and row.get["insider"] == 405):
        for method in ("head", "options", "put", "delete", "patch"):
            answer = getattr(browser, method)(path_of(row, scenery.things["acme"]))
            assert answer.status_code in (405, 404), (row.name, method)


def _row(name: str):
    return next(row for row in TABLE[AGENCY] if row.name == name)


def _role(w, code: str) -> Role:
    with tenant(w.north.pk), transaction.atomic():
        return Role.objects.filter(agency=w.north, code=code).earliest("pk")
