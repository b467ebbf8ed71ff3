"""The demo world: built by actions, mails through the real SMTP door, loaded once."""

import base64
import io
import json
import re
import stat
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.test import override_settings
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from mailbox.models import Mail, Thread
from portal.accounts.models import User
from portal.core import jobs
from portal.core.context import tenant
from portal.demo import reading, world
from portal.events.models import Event
from portal.mail import processing
from portal.mail.door import Door
from portal.mail.models import InboundMail
from portal.profile.models import Proposal, Section
from portal.search.models import Entry
from portal.tenancy.models import Agency, Client, Member
from portal.tenancy.scope import acting_as
from protocols.models import ActionItem, Meeting, MeetingSeries, Protocol, ProtocolFile, Version
from protocols.versions import snapshot_of
from tests import stage
from tests.mail.conftest import Running
from timeline.models import Activity
from worklog.models import WorkEntry, WorkResult


@pytest.fixture(scope="module")
def home(tmp_path_factory, django_db_setup):
    """A demo installation's own directory and settings."""
    folder = tmp_path_factory.mktemp("demo")
    places = {"DATA_DIR": folder, "MEDIA_ROOT": str(folder / "media"), "OUTBOX_DIR": folder / "outbox"}
    with (
        override_settings(DEMO=True, SMTP_HOST="127.0.0.1", SMTP_PORT=1, **places),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(jobs, "_publish", lambda task, args: None)
        yield folder


@pytest.fixture(scope="module")
def loaded(home, django_db_blocker):
    """The world with its mails filed, as the worker does it. It is large: once for all tests, and they only read it."""
    with django_db_blocker.unblock():
        stage.clear()
        running = Running(Door())
        with override_settings(SMTP_PORT=running.port), pytest.MonkeyPatch.context() as patch:
            patch.setattr(world, "_wait", _file_mails)
            patch.setattr(world, "_wait_until_told", lambda: None)
            world.load()
        running.stop()
        connections["default"].close_pool()
        yield json.loads((home / "demo_world.json").read_text())
        stage.clear()


def _file_mails() -> None:
    for agency_id, pk in list(InboundMail.objects.using("maint").undone().values_list("agency_id", "pk")):
        processing.process(agency_id, pk)


def member(email: str) -> Member:
    agency_id = Member.objects.using("maint").get(user__email=email).agency_id
    with tenant(agency_id), transaction.atomic():
        return Member.objects.select_related("agency", "role", "vendor", "user").get(user__email=email)


def test_world_has_what_it_promises(loaded, home):
    assert {row["slug"] for row in loaded["agencies"]} == {"nordlicht", "lindenhof"}
    assert Counter(row["agency"] for row in loaded["clients"]) == {"nordlicht": 3, "lindenhof": 2}
    kinds = {(row["kind"], row["role"]) for row in loaded["accounts"]}
    staff = {"owner", "manager", "specialist", "freelancer", "bookkeeper", "reader"}
    assert {("specialist", role) for role in staff} <= kinds
    assert {("contact", "contact"), ("contact", "reader"), ("vendor", "vendor"), ("platform", "staff")} <= kinds
    assert Section.objects.using("maint").values("client").distinct().count() == 5
    assert Proposal.objects.using("maint").undecided().count() == 5
    assert Agency.objects.using("maint").exclude(network=None).count() == 2
    for agency in Agency.objects.using("maint"):
        assert min(len(agency.imprint), len(agency.privacy), len(agency.data_processing)) > 300
    for row in loaded["clients"]:
        assert row["mail_address"].startswith(row["slug"])
        assert row["url"].endswith(f"/{row['agency']}/{row['slug']}/")
    assert stat.S_IMODE((home / "demo_world.json").stat().st_mode) == 0o600


def test_half_a_year_of_work(loaded):
    nordlicht = {"agency__slug": "nordlicht"}
    assert Protocol.objects.using("maint").filter(**nordlicht).count() == 60
    assert ProtocolFile.objects.using("maint").count() >= 15
    rows = Event.objects.using("maint").filter(**nordlicht).on_timeline()
    assert rows.count() >= 4000
    assert timedelta(days=150) < timezone.now() - rows.earliest("happened_at").happened_at
    assert not rows.filter(happened_at__gt=timezone.now()).exists()
    assert rows.filter(kind="activity.posted").values("payload__kind").distinct().count() == 7
    assert Activity.objects.using("maint").filter(event=None).count() == 0
    assert WorkEntry.objects.using("maint").filter(**nordlicht).count() >= 1500
    assert WorkResult.objects.using("maint").filter(**nordlicht).values("entry").distinct().count() >= 1500


def test_what_was_written_down_is_understood(loaded):
    texts = [entry.text for row in loaded["clients"] for entry in reading.entries("protocols", row["slug"])]
    tasks = re.findall(r"^@", "\n".join(texts), re.MULTILINE)

    assert ActionItem.objects.using("maint").count() == len(tasks)


def test_archive_holds_what_the_actions_write(loaded):
    """Each protocol, old or new: its first version as it stands, its events with their embargo, its place in the search."""
    for protocol in Protocol.objects.using("maint").select_related("client__agency"):
        client = protocol.client
        versions = Version.objects.using("maint").filter(protocol=protocol)
        with tenant(protocol.agency_id), transaction.atomic():
            assert [row.content for row in versions] == [snapshot_of(protocol)]
        about = {"subject_type": "protocols.protocol", "subject_id": protocol.pk}
        events = Event.objects.using("maint").filter(agency=protocol.agency_id, **about)
        published = events.get(kind="protocol.published")
        assert published.happened_at == protocol.published_at == protocol.created_at
        assert published.payload["number"] == protocol.number
        assert events.filter(kind="protocol.accepted").count() == protocol.is_accepted
        assert all(row.visible_from - row.happened_at == timedelta(days=client.delay_days) for row in events)
    found = Entry.objects.using("maint").filter(kind="protocols")
    assert found.count() == Protocol.objects.using("maint").count()


def test_each_meeting_of_the_past_has_its_protocol_but_one(loaded):
    meetings = Meeting.objects.using("maint")
    for series in MeetingSeries.objects.using("maint"):
        of_client = meetings.filter(client=series.client_id)
        assert of_client.unwritten().count() == 1 and of_client.filter(confirmed_at=None).count() == 1
        assert of_client.coming().filter(moved_at__isnull=False).count() == 1
        assert of_client.filter(series=series.pk).past().count() >= 3


def test_mails_came_through_the_door(loaded):
    everything = Mail._base_manager.using("maint").filter(agency__slug="nordlicht")
    mails = Mail.objects.using("maint").filter(held_at=None)
    bounced = InboundMail.objects.using("maint").exclude(quarantined_at=None).count()
    assert everything.count() + bounced == 121
    assert Mail.held.using("maint").waiting().count() >= 4
    assert mails.exclude(problem="").count() == 1
    assert mails.filter(attachment_count__gt=0).count() >= 30
    assert mails.exclude(html="").count() >= 6
    assert mails.filter(text__contains="große Anrichte").count() == 1
    assert mails.exclude(project=None).count() == 6
    threads = Thread.objects.using("maint").filter(agency__slug="nordlicht")
    assert threads.filter(mail_count=3).count() >= 4


def test_accounts_sign_in_by_password_and_app(loaded):
    for row in loaded["accounts"]:
        user = User.objects.get(email=row["email"])
        device = TOTPDevice.objects.get(user=user)
        assert device.verify_token(totp(base64.b32decode(row["totp_secret"])))
    assert len({row["password"] for row in loaded["accounts"]}) == 1
    assert user.check_password(row["password"])


def test_contact_sees_both_sides_of_the_timeline_and_only_the_own_client(loaded):
    katrin = member("katrin.vogel@hanse-moebelwerk.example")
    with transaction.atomic(), acting_as(katrin):
        rows = Event.objects.visible_to(katrin).on_timeline()
        assert set(rows.values_list("side", flat=True)) == {"agency", "client"}
        assert list(Client.objects.values_list("slug", flat=True)) == ["hanse-moebelwerk"]
        assert Protocol.objects.visible_to(katrin).count() == 28


def test_lindenhof_and_nordlicht_know_nothing_of_each_other(loaded):
    for email, own in (("carla@lindenhof.example", "lindenhof"), ("solveig@nordlicht.example", "nordlicht")):
        owner = member(email)
        with transaction.atomic(), acting_as(owner):
            for model in (Event, Activity, Protocol, Mail, Thread, Section, Meeting, Client):
                assert set(model.objects.values_list("agency__slug", flat=True)) == {own}, model


def test_second_run_changes_nothing(loaded, home):
    before = (home / "demo_world.json").read_text()
    said = io.StringIO()
    call_command("load_demo", stdout=said)
    assert "already" in said.getvalue()
    assert (home / "demo_world.json").read_text() == before
