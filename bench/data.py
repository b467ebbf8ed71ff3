"""The bench's world: one agency with one busy client, rows by the hundred thousand, written by the maintenance role."""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import connections, transaction
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
INBOUND = """
INSERT INTO mail_inboundmail (agency_id, raw, envelope_from, recipients, helo, source, size, received_at, attempts,
    processed_at, reason, error)
VALUES (%(agency)s, 'raw', '', '{}', '', 'smtp', 3, now(), 1, now(), '', '') RETURNING id
"""
THREADS = """
INSERT INTO mailbox_thread (agency_id, client_id, last_at, mail_count)
SELECT %(agency)s, %(client)s, now() - n * interval '1 minute', 1 FROM generate_series(1, %(rows)s) n
"""
MAILS = """
INSERT INTO mailbox_mail (agency_id, client_id, thread_id, inbound_id, content_key, message_id, "references", subject, from_name,
    from_address, "to", cc, received_at, snippet, text, html, remote_images, attachment_count, problem)
SELECT %(agency)s, %(client)s, t.id, %(inbound)s, n, n || '@bench.example', '[]', 'Question number ' || n, 'Katrin Vogel',
    'katrin@bench.example', '[]', '[]', now() - n * interval '1 minute', 'We have a question about the shop.',
    repeat('We have a question about the shop. ', 20), '', 0, 0, ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM mailbox_thread WHERE agency_id = %(agency)s) t
"""


@dataclass(frozen=True)
class World:
    """Who looks at what."""

    agency: Agency
    client: Client
    contact: Member
    specialist: Member


def build(rows: int) -> World:
    """An agency whose busy client has `rows` protocols, mails and events."""
    slug = f"bench{rows}"
    with transaction.atomic():
        agency = actions.create_agency(name="Bench", slug=slug, owner=_person("Olaf", slug))
        with tenant(agency.pk):
            client = actions.create_client(agency, name="Busy")
            owner = Member.objects.get(agency=agency)
            contact = actions.add_member(agency, _person("Anna", slug), kind="contact", role="contact")
            actions.set_access(contact, client, ["work", "tickets", "mails", "money", "security"])
    values = {"agency": agency.pk, "client": client.pk, "author": owner.pk, "rows": rows, "slug": client.slug}
    with connections["maint"].cursor() as cursor:
        cursor.execute(INBOUND, values)
        values["inbound"] = cursor.fetchone()[0]
        cursor.execute(THREADS, values)
        cursor.execute(MAILS, values)
        cursor.execute(PROTOCOLS, values)
        cursor.execute(EVENTS, values)
        tickets.fill(cursor, values)
        cursor.execute(
            "UPDATE events_event SET subject_id = p.id FROM protocols_protocol p "
            "WHERE p.agency_id = events_event.agency_id AND p.number = events_event.subject_id AND p.agency_id = %s",
            [agency.pk],
        )
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    return World(agency, client, contact, owner)


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
