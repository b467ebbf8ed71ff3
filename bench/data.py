"""The bench's world: one agency with one busy client, rows by the hundred thousand, written by the maintenance role."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.test import Client as Browser

from bench import tickets
from portal.accounts.models import User
from portal.core.context import tenant
from portal.tenancy import actions
from portal.tenancy.models import Agency, Client, Member

PROTOCOLS = """
INSERT INTO protocols_protocol (agency_id, client_id, number, kind, title, held_at, duration_minutes, place, key_points,
    author_id, side, created_at, edited_at, published_at, language, version, accepted_by_silence)
SELECT %(agency)s, %(client)s, n, 'call', 'Jour fixe number ' || n, now() - n * interval '1 minute', 45, 'Video call',
    repeat('We agreed on the next steps for the shop. ', 8), %(author)s, 'agency', now(), now(),
    now() - n * interval '1 minute', 'en', 1, false
FROM generate_series(1, %(rows)s) n
"""
EVENTS = """
INSERT INTO events_event (agency_id, client_id, actor_id, side, kind, area, subject_type, subject_id, payload, internal, recorded_at,
    happened_at, visible_from, delivered_at)
SELECT %(agency)s, %(client)s, %(author)s, CASE n %% 3 WHEN 0 THEN 'client' ELSE 'agency' END, 'protocol.published', 'work',
    'protocols.protocol', n, jsonb_build_object('client', %(slug)s::text, 'number', n, 'title', 'Jour fixe number ' || n), false, now(),
    now() - n * interval '1 minute', now() - n * interval '1 minute', now()
FROM generate_series(1, %(rows)s) n
"""
SUBJECTS = """
UPDATE events_event SET subject_id = p.id FROM protocols_protocol p
WHERE p.agency_id = events_event.agency_id AND p.number = events_event.subject_id AND p.agency_id = %(agency)s
"""
INBOUND = """
INSERT INTO mail_inboundmail (agency_id, raw, envelope_from, recipients, helo, source, size, received_at, attempts,
    processed_at, reason, error)
VALUES (%(agency)s, 'raw', '', '{}', '', 'smtp', 3, now(), 1, now(), '', '') RETURNING id
"""
THREADS = """
INSERT INTO mailbox_thread (agency_id, client_id, last_at, mail_count)
SELECT %(agency)s, %(client)s, now() - n * interval '1 minute', 1 FROM generate_series(1, %(rows)s) n
"""
# Of a million mails, 20 have the word rare1x and 10,000 the word middling1x.
MAILS = """
INSERT INTO mailbox_mail (agency_id, client_id, thread_id, inbound_id, content_key, message_id, "references", subject, from_name,
    from_address, "to", cc, received_at, snippet, text, html, remote_images, attachment_count, problem)
SELECT %(agency)s, %(client)s, t.id, %(inbound)s, n, n || '@bench.example', '[]', 'Question number ' || n, 'Katrin Vogel',
    'katrin@bench.example', '[]', '[]', now() - n * interval '1 minute', 'We have a question about the shop.',
    'rare' || n %% 50000 || 'x middling' || n %% 100 || 'x ' || repeat('We have a question about the shop. ', 20), '', 0, 0, ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM mailbox_thread WHERE agency_id = %(agency)s) t
"""
KIND = "INSERT INTO worklog_workkind (agency_id, name, position, needs_protocol) VALUES (%(agency)s, 'Content', 0, false) RETURNING id"
# 2,000 entries of this month, the rest a hundred or more a day before it; a twentieth of them is the specialist's who looks.
WORK = """
INSERT INTO worklog_workentry (agency_id, client_id, member_id, kind_id, text, spent_on, minutes, charge, source, subject_type,
    logged_at, logged_by_id, visible_from, import_key)
SELECT %(agency)s, %(client)s, (%(people)s::bigint[])[1 + n %% 20], %(kind)s, 'Guide number ' || n,
    CASE WHEN n <= 2000 THEN current_date - (n %% extract(day FROM current_date)::int)
         ELSE date_trunc('month', current_date)::date - 1 - n / %(daily)s END,
    5 + n %% 120, 'billable', 'hand', '', now(), %(author)s, now() - interval '1 minute', ''
FROM generate_series(1, %(rows)s) n
"""
QUIET = "ALTER TABLE worklog_workentry {} TRIGGER USER"
"""A million entries at once are nobody's critical change; the audit log would take longer than they do."""


@dataclass(frozen=True)
class World:
    """Who looks at what."""

    agency: Agency
    client: Client
    contact: Member
    specialist: Member


def build(rows: int, **more: int) -> World:
    """An agency whose busy client has `rows` protocols, mails, tickets, events and work entries; `more` of some: events, mails, entries."""
    slug = "-".join(["bench", str(rows), *(f"{name}{count}" for name, count in more.items())])
    with transaction.atomic():
        agency = actions.create_agency(name="Bench", slug=slug, owner=_person("Olaf", slug))
        with tenant(agency.pk):
            client = actions.create_client(agency, name="Busy")
            owner = Member.objects.get(agency=agency)
            contact = actions.add_member(agency, _person("Anna", slug), kind="contact", role="contact")
            people = [
                actions.add_member(agency, _person(f"P{n}", slug), kind="specialist", role="specialist")
                for n in range(19)
            ]
            actions.set_access(contact, client, ["work", "tickets", "mails", "money", "security"])
    values = {"agency": agency.pk, "client": client.pk, "author": owner.pk, "rows": rows, "slug": client.slug}
    with connections["maint"].cursor() as cursor:
        _mails(cursor, values | {"rows": more.get("mails", rows)})
        cursor.execute(PROTOCOLS, values)
        cursor.execute(EVENTS, values | {"rows": more.get("events", rows)})
        _analyze()  # else each event looks at every protocol
        cursor.execute(SUBJECTS, values)
        tickets.fill(cursor, values)
    _work(values | {"rows": more.get("entries", rows), "people": [owner.pk, *(member.pk for member in people)]})
    _analyze()
    return World(agency, client, contact, owner)


def _analyze() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def _mails(cursor: CursorWrapper, values: dict) -> None:
    """One to a thread."""
    cursor.execute(INBOUND, values)
    inbound = cursor.fetchone()[0]
    cursor.execute(THREADS, values)
    cursor.execute(MAILS, values | {"inbound": inbound})


def _work(values: dict) -> None:
    """The time that people logged for the client."""
    with connections["owner"].cursor() as owner, connections["maint"].cursor() as cursor:
        owner.execute(QUIET.format("DISABLE"))
        cursor.execute(KIND, values)
        daily = max(100, values["rows"] // 10_000)
        cursor.execute(WORK, values | {"kind": cursor.fetchone()[0], "daily": daily})
        owner.execute(QUIET.format("ENABLE"))


def cookie_of(member: Member) -> str:
    """A session that has passed the second factor."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    browser = Browser()
    browser.force_login(member.user)
    device = TOTPDevice.objects.create(user=member.user, name="app", confirmed=True)
    session = browser.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _person(name: str, slug: str) -> User:
    return User.objects.create_user(f"{name}@{slug}.example".lower(), secrets.token_urlsafe(20), name=name)
