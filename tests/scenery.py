"""One of everything for three clients of two agencies, committed for a module; every test is rolled back to it.

It is built once in a process, which takes ten seconds; the next module finds rows and files as they were then.

acme and bolt belong to north, cosmo to south (tests/world.py). Besides the cast: Zoe works for a supplier with whom
nothing is shared, Wanda for one that shares acme's shop and must not learn its name, Gina only reads as a contact of
acme, Lena is one of whose access only the shop is open, Paula looks after the platform.
"""

import pickle
import shutil
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from mailbox import address_test
from mailbox import sending as mail_sending
from mailbox.models import KnownAddress, Mail
from portal.accounts.adapters import CONFIRMED_AT
from portal.accounts.models import Session, TrustedBrowser, User
from portal.core import health, jobs
from portal.core.context import tenant
from portal.events import delivery
from portal.events.models import Event, Revision
from portal.events.record import record
from portal.files.preview_cache import preview_of
from portal.mail import intake, processing, replies
from portal.mail.addresses import address_for
from portal.mail.models import ClientAddress, InboundMail, MailReply, OutgoingMail, ProviderRequest
from portal.mail.seeds import secret_of
from portal.mail.stray_models import Stray
from portal.notifications import actions as notifications
from portal.notifications import bursts, unsubscribing
from portal.notifications.models import Delivery, Notification, Preference
from portal.people.actions import agency as agencies
from portal.people.actions import clients, invitations, keeping, mailboxes, members
from portal.people.models import Invitation
from portal.profile.actions import proposals
from portal.profile.actions import sections as profiles
from portal.profile.models import Change, Field
from portal.search.models import Entry, FileText
from portal.tenancy import actions as places
from portal.tenancy.models import Calendar, CalendarException, ClientAccess, Network, ProjectAccess, Role, Vendor
from portal.tenancy.presets import FIRST_CONTACT_AREAS
from protocols import actions as protocols
from protocols.models import ProtocolFile
from tests import stage, world
from tests.browse import browse_as
from tests.canary import plant, token
from tests.files.makers import picture
from tests.invoice_scenery import invoices
from tests.mail.makers import raw_letter
from tests.meeting_scenery import meetings
from tests.settling_scenery import providers_invoice, settling
from tests.ticket_scenery import tickets
from tests.work_scenery import providers_work, work
from tickets import actions as ticket_actions
from timeline.actions import announcing, deciding, looking, posting
from timeline.models import Activity, ActivityFile, Decision, WeeklyMail

HELD = datetime(2026, 11, 12, 10, 0, tzinfo=UTC)
PEOPLE = "olaf nora rita fred anna carl gina lena bob vera pavel zoe wanda saul sofia paula".split()


_kept: list[tuple[bytes, dict[str, bytes], dict[Path, bytes]]] = []


@pytest.fixture(scope="module")
def scenery(django_db_setup, django_db_blocker):
    """Everything, committed; the tests of a module share it and leave it as it was."""
    media = Path(tempfile.mkdtemp())
    # However long the crawl takes, everybody has just proved to be it.
    settings = {"MEDIA_ROOT": media, "ACCOUNT_REAUTHENTICATION_TIMEOUT": 86400}
    with pytest.MonkeyPatch.context() as patch, override_settings(**settings), django_db_blocker.unblock():
        patch.setattr(jobs, "_publish", lambda task, args: None)
        patch.setattr(health, "MAX_JOB_AGE", 86400)  # nobody works here, however long the crawl takes
        try:
            yield _restored(media) if _kept else _built(media)
        finally:
            stage.clear()
            shutil.rmtree(media)


def _built(media: Path) -> SimpleNamespace:
    w = build()
    plant(w)
    deliver_events(w)
    files = {path.relative_to(media): path.read_bytes() for path in media.rglob("*") if path.is_file()}
    _kept.append((pickle.dumps(w), stage.rows_that_stand(), files))
    return w


def _restored(media: Path) -> SimpleNamespace:
    [(w, rows, files)] = _kept
    stage.clear()
    stage.put_back(rows)
    for path, content in files.items():
        (media / path).parent.mkdir(parents=True, exist_ok=True)
        (media / path).write_bytes(content)
    return pickle.loads(w)


def build() -> SimpleNamespace:
    """The world and one of everything in it."""
    stage.clear()
    w = world.build()
    with tenant(w.north.pk), transaction.atomic():
        _people_of_north(w)
    w.paula = SimpleNamespace(user=User.objects.create_user("paula@platform.example", name="Paula", is_staff=True))
    w.network = Network.objects.using("maint").create(name="Harbour")
    w.stray = Stray.objects.using("maint").create(raw=b"x", size=1, source="webhook", source_key="1")
    w.things = {
        "acme": _things_of(w.acme, w.shop, staff=w.nora, owner=w.olaf, contact=w.anna),
        "bolt": _things_of(w.bolt, _project(w.bolt), staff=w.nora, owner=w.olaf, contact=w.bob),
        "cosmo": _things_of(w.cosmo, w.rocket, staff=w.saul, owner=w.saul, contact=w.sofia),
    }
    providers_work(w)
    providers_invoice(w)
    _share_all_with(w)
    _give_to_wanda(w)
    w.cookies = {None: {}, **{name: _sign_in(getattr(w, name)) for name in PEOPLE}}
    return w


def deliver_events(w) -> None:
    """Tell everybody what has happened: notifications and mails. Called after canaries have been planted."""
    for agency in (w.north, w.south):
        with tenant(agency.pk), transaction.atomic():
            for event in Event.objects.filter(delivered_at=None).order_by("pk"):
                delivery.deliver(event.pk)
            Delivery.objects.update(due_at=timezone.now())
            for pk in Delivery.objects.waiting().values_list("pk", flat=True):
                bursts.send(pk)
            for things in w.things.values():
                if things.client.agency_id == agency.pk:
                    told = Notification.objects.filter(client=things.client)
                    things.notification = told.filter(member=things.contact, kind="mail.received").earliest("pk")
                    things.owner_notification = told.filter(member=things.owner).first()


def _people_of_north(w) -> None:
    idle = Vendor.objects.create(agency=w.north, name="Zeta Works", engagement="supplier")
    w.zoe = places.add_member(w.north, world.person("Zoe"), kind="vendor", role="vendor", vendor=idle)
    hushed = Vendor.objects.create(agency=w.north, name="Hush Hall", engagement="supplier", knows_client=False)
    w.wanda = places.add_member(w.north, world.person("Wanda"), kind="vendor", role="vendor", vendor=hushed)
    places.share_project(w.shop, level="contribute", vendor=hushed)
    w.gina = places.add_member(w.north, world.person("Gina"), kind="contact", role="reader")
    places.set_access(w.gina, w.acme, FIRST_CONTACT_AREAS)
    w.lena = places.add_member(w.north, world.person("Lena"), kind="contact", role="contact")
    places.set_access(w.lena, w.acme, ["work", "tickets", "mails"])
    places.limit_access(w.lena, w.acme, {w.shop: "contribute"}, by=w.olaf)
    for contact in (w.gina, w.lena):
        contact.__dict__.pop("accesses", None)


def _project(client):
    with tenant(client.agency_id), transaction.atomic():
        return places.create_project(client, name="Launch")


def _things_of(client, project, *, staff, owner, contact) -> SimpleNamespace:
    t = SimpleNamespace(client=client, project=project, staff=staff, owner=owner, contact=contact)
    with tenant(client.agency_id), transaction.atomic():
        _protocols(t)
        _profile(t)
        meetings(t)
        tickets(t)
        _happenings(t)
        _activities(t)
        keeping.pin(t.client, by=t.owner), keeping.choose_period(30, by=t.owner)
        _people_and_calendar(t)
        work(t)
        invoices(t)
        settling(t)
    _mails(t)
    _answer(t)
    _waiting_mails(t)
    return t


def _protocols(t) -> None:
    words = {"held_at": HELD, "kind": "call", "duration_minutes": 30}
    files = [text_file(content=text_of(t)), SimpleUploadedFile("Look.png", picture(), "image/png")]
    notes = f"! Oak stays\n@{t.contact.user.name} tomorrow look at it\n? Who pays"
    contents = protocols.Contents(
        points=[protocols.Point("Wood", notes)], present=[t.staff, t.contact], internal_note="He hesitated"
    )
    t.protocol = protocols.write(
        t.client,
        by=t.staff,
        publish=True,
        title="Kick-off",
        uploads=files,
        key_points="**Oak**",
        contents=contents,
        **words,
    )
    t.item, t.action = t.protocol.items.get(), t.protocol.action_items.get()
    t.draft = protocols.write(t.client, by=t.staff, publish=False, title="Not yet", key_points="Later", **words)
    t.shared = protocols.write(t.client, by=t.staff, publish=True, title="Shop talk", project=t.project, **words)
    t.correction = protocols.comment(t.shared, by=t.contact, text="Pine, not oak", is_correction=True, about="Wood")
    notes = text_file("Notes.txt", token(t.client.agency.slug, f"own{t.client.slug}", "files_file").encode())
    t.own_draft = protocols.write(
        t.client, by=t.contact, publish=False, title="My notes", uploads=[notes], key_points="Mine", **words
    )
    t.own_link = ProtocolFile.objects.select_related("file").get(protocol=t.own_draft)
    t.comment = protocols.comment(
        t.protocol, by=t.contact, text="One more thing", uploads=[text_file("More.txt", text_of(t))]
    )
    links = list(ProtocolFile.objects.filter(protocol=t.protocol, comment=None).select_related("file").order_by("pk"))
    t.link, t.picture_link = links
    t.file_text = FileText.objects.create(agency=t.client.agency, file=t.link.file, text="Oak and ash")
    t.entry = Entry.objects.get(kind="protocols", subject_id=t.protocol.pk)


def _profile(t) -> None:
    """A section of which outsiders see one field, one that is internal, and one that is empty."""
    made = [profiles.add(t.client, by=t.staff, title=title) for title in ("Agreements", "Inside", "Empty")]
    t.section, t.internal_section, t.empty_section = made
    for section, is_internal in ((t.section, False), (t.section, True), (t.internal_section, True)):
        wish = profiles.Wish(None, "Goal", "Oak", is_internal, "")
        words = {"title": section.title, "title_was": section.title}
        profiles.save(section, by=t.staff, wishes=[wish], **words)
    fields = Field.objects.filter(client=t.client).select_related("client", "section").order_by("pk")
    t.field, t.internal_field = fields[0], fields[2]
    t.section.refresh_from_db()
    t.change = Change.objects.filter(client=t.client).earliest("pk")
    t.proposal = proposals.propose(t.field, by=t.contact, text="Oak and ash", note="Both sell")


def _happenings(t) -> None:
    clients.change_client(t.client, by=t.owner, name=t.client.name)
    record("protocol.published", t.protocol, by=t.staff, internal=True, number=t.protocol.number, title="Inside")
    shown = Event.objects.filter(client=t.client, internal=False)
    shown.filter(kind="protocol.published").update(visible_from=timezone.now() - timedelta(days=1))
    t.event = shown.filter(kind="protocol.published").earliest("pk")
    t.hidden_event = shown.filter(kind="protocol.commented").earliest("pk")
    t.internal_event = Event.objects.filter(client=t.client, internal=True).latest("pk")


def _activities(t) -> None:
    """Work that the client sees, with other words than at first; and some, with a file, that is held back."""
    words = {"kind": "Backlink built", "happened_at": timezone.now() - timedelta(days=20)}
    texts = {"title": "Links", "text": "Three", "link": "https://links.example/"}
    t.activity = posting.post(t.client, by=t.staff, uploads=[text_file("Sheet.txt", text_of(t))], **words, **texts)
    Event.objects.filter(pk=t.activity.event_id).update(visible_from=timezone.now() - timedelta(days=2))
    t.activity.refresh_from_db()
    posting.edit(t.activity, by=t.staff, **words, **{**texts, "text": "Four"})
    t.activity = Activity.objects.select_related("kind", "event").get(pk=t.activity.pk)
    secret = text_file("Secret.txt", token(t.client.agency.slug, "internal", "files_file").encode())
    words["happened_at"] = timezone.now()
    t.held_activity = posting.post(t.client, by=t.staff, uploads=[secret], **words, **{**texts, "title": "Secret"})
    deciding.hold(t.held_activity.event, by=t.staff, reason="Not yet")
    t.activity_link, t.held_link = ActivityFile.objects.filter(activity__client=t.client).order_by("pk")
    t.decision, t.revision = Decision.objects.latest("pk"), Revision.objects.latest("pk")
    looking.look(t.contact, t.client), looking.look(t.staff, t.client)
    announcing.choose_weekday(t.contact, 2)
    WeeklyMail.objects.create(agency=t.client.agency, member=t.contact, week=HELD.date(), until=timezone.now())


def _people_and_calendar(t) -> None:
    agency, words = t.client.agency, {"by": t.owner, "language": ""}
    roles = {role.kind: role for role in Role.objects.filter(agency=agency, code__in=("contact", "specialist"))}
    contact = {"kind": "contact", "role": roles["contact"], "client": t.client, "areas": ["work"]}
    address = f"new@{t.client.slug}.example"
    t.invitation = invitations.invite(agency, email=address, name="Newcomer", **contact, **words)
    staff = {"kind": "specialist", "role": roles["specialist"]}
    t.staff_invitation = invitations.invite(agency, email=f"staff-{address}", name="Hire", **staff, **words)
    t.contact_role = roles["contact"]
    notifications.choose(t.owner, "protocol.extended", in_app=True, email=False)
    t.preference = Preference.objects.get(member=t.owner)
    now = timezone.now()
    period = {"starts_at": now, "ends_at": now + timedelta(days=3)}
    t.absence = members.add_absence(t.staff, by=t.owner, stand_in=None, reason="Holiday", **period)
    calendar = Calendar.objects.get(agency=agency)
    day = now.date() + timedelta(days=len(t.client.name) + CalendarException.objects.count())
    t.day = agencies.set_day(calendar, by=t.owner, day=day, name="Party", windows=[])
    t.calendar, t.token = calendar, _token_of(t.invitation)
    _sign_ins(t)


def _token_of(invitation: Invitation) -> str:
    """The secret part of the link, which is made when the mail is sent."""
    return secret_of(OutgoingMail.objects.get(to=[invitation.email]).seed)


def _sign_ins(t) -> None:
    """Another browser of the contact, signed in and trusted."""
    life = {"user": t.contact.user, "expires_at": timezone.now() + timedelta(days=3), "user_agent": "Elsewhere"}
    t.session = Session.objects.create(key_hash=f"key-{t.client.pk}", data="", **life)
    t.trust = TrustedBrowser.objects.create(
        token_hash=f"key-{t.client.pk}", device_id="none", password_stamp="none", **life
    )


def _share_all_with(w) -> None:
    for t in w.things.values():
        with tenant(t.client.agency_id), transaction.atomic():
            t.vendor = w.supplier if t.client.agency == w.north else _vendor(t)
            if t.client != w.acme:
                places.share_project(t.project, level="view", vendor=_own_vendor(t))
            preview_of(t.picture_link.file), preview_of(t.picture_attachment.file)
            t.network, t.stray, t.colleague = w.network, w.stray, w.carl if t.client == w.acme else t.contact
            t.access = ClientAccess.objects.get(member=t.contact, client=t.client)
            t.share = ProjectAccess.objects.filter(project=t.project).earliest("pk")


def _give_to_wanda(w) -> None:
    """What lies on her desk, and one mail about it."""
    with tenant(w.north.pk), transaction.atomic():
        ticket = w.things["acme"].shared_ticket
        ticket_actions.comment(ticket, by=w.anna, text="Also for the hall")
        ticket_actions.assign(ticket, by=w.nora, to=w.wanda)
        ticket_actions.mute(ticket, by=w.wanda)  # several would be one mail whose subject has no word of a row


def _vendor(t) -> Vendor:
    return Vendor.objects.create(agency=t.client.agency, name="South Supplies", engagement="supplier")


def _own_vendor(t) -> Vendor:
    return Vendor.objects.create(
        agency=t.client.agency, name=f"{t.client} Print", engagement="provider", client=t.client
    )


def _mails(t) -> None:
    local, _at, domain = address_for(t.client).partition("@")
    agency = t.client.agency.slug
    files = [("Terms.txt", "text/plain", text_of(t)), ("Pixel.png", "image/png", picture())]
    html = "<p>Dear Bence</p>"
    own, shared = t.client.slug, "shop" if t.client.slug == "acme" else t.client.slug
    for to, place, more in (
        (f"{local}@{domain}", own, {"files": files, "html": html}),
        (f"{local}+{t.project.slug}@{domain}", shared, {}),
    ):
        more["Subject"] = token(agency, place, "mail_inboundmail")
        raw = raw_letter(to=to, Message_ID=f"<{to}>", To=f"Bence <{t.staff.user.email}>", **more)
        envelope = intake.Envelope("katrin@client.example", {to: t.client.agency_id}, "127.0.0.1")
        for inbound_id in intake.accept(raw, envelope):
            processing.process(t.client.agency_id, inbound_id)
    _doors(t, inbound_id)
    with tenant(t.client.agency_id), transaction.atomic():
        found = Mail.objects.select_related("inbound", "thread", "client").filter(client=t.client)
        t.mail, t.shared_mail = found.order_by("pk")
        words = {"to": "x@y.example", "cc": "", "subject": "Not yet", "text": "Half a sentence"}
        mail_sending.keep_draft(t.client, by=t.contact, answers=t.mail, **words)
        t.attachment, t.picture_attachment = t.mail.attachments.select_related("file").order_by("pk")
        t.address = ClientAddress.objects.get(client=t.client)
        t.outgoing = OutgoingMail.objects.filter(agency=t.client.agency).earliest("pk")


def _doors(t, inbound_id: int) -> None:
    """A mailbox at a server that nobody may reach, and what a provider posted."""
    server = {"host": "127.0.0.1", "port": 993, "security": "tls", "user": f"box@{t.client.slug}.example"}
    with tenant(t.client.agency_id), transaction.atomic():
        t.mailbox = mailboxes.add(t.client.agency, by=t.owner, password="p", folder="INBOX", done_folder="", **server)
        body = token(t.client.agency.slug, "internal", "mail_providerrequest").encode()
        t.posted = ProviderRequest.objects.create(
            agency=t.client.agency, inbound_id=inbound_id, body=body, content_type="text/plain"
        )


def _answer(t) -> None:
    """Somebody else answers a mail for the contact; and the link in that mail which ends such mails."""
    with tenant(t.client.agency_id), transaction.atomic():
        to = replies.address_for(t.contact, "protocol", t.protocol.pk)
        t.off_token = unsubscribing.token_for(t.contact, {"protocol.published"})
    raw = raw_letter(to=to, From="eve@x.example", Subject=token(t.client.agency.slug, "internal", "mail_inboundmail"))
    for inbound_id in intake.accept(raw, intake.Envelope("eve@x.example", {to: t.client.agency_id})):
        processing.process(t.client.agency_id, inbound_id)
    with tenant(t.client.agency_id), transaction.atomic():
        t.reply = MailReply.objects.get(member=t.contact)


def _waiting_mails(t) -> None:
    """A mail of a stranger, one for which there is no client any more, a test of the address."""
    agency = t.client.agency
    subject = token(agency.slug, "internal", "mail_inboundmail")
    for to in (address_for(t.client), f"{t.client.slug}-gone@{settings.MAIL_DOMAIN}"):
        raw = raw_letter(to=to, To="eve@x.example", From="eve@x.example", Subject=subject, Message_ID=f"<eve-{to}>")
        for inbound_id in intake.accept(raw, intake.Envelope("eve@x.example", {to: agency.pk})):
            processing.process(agency.pk, inbound_id)
    with tenant(agency.pk), transaction.atomic():
        t.held_mail = Mail.held.get(client=t.client, held_at__isnull=False)
        t.unplaced = InboundMail.objects.defer("raw").in_quarantine().latest("pk")
        t.known_address = KnownAddress.objects.filter(client=t.client).earliest("pk")
        t.address_test = address_test.ask(t.client, by=t.owner)


def text_of(t) -> bytes:
    """What stands in a file of this client."""
    return token(t.client.agency.slug, t.client.slug, "files_file").encode()


def text_file(name: str = "Terms.txt", content: bytes = b"31.5 kg") -> SimpleUploadedFile:
    """A small upload."""
    return SimpleUploadedFile(name, content, "text/plain")


def _sign_in(member) -> dict[str, str]:
    """Cookies of somebody who has just confirmed to be it."""
    browser = browse_as(member)
    session = browser.session
    session[CONFIRMED_AT] = time.time()
    session.save()
    return {name: morsel.value for name, morsel in browser.cookies.items()}
