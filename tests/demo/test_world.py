"""The demo world: built by actions, mails through the real SMTP door, loaded once."""

import base64
import io
import json
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from mailbox.models import Mail
from portal.accounts.models import User
from portal.core import jobs
from portal.core.context import tenant
from portal.demo import world
from portal.events.models import Event
from portal.mail import processing
from portal.mail.door import Door
from portal.mail.models import InboundMail
from portal.profile.models import Proposal, Section
from portal.tenancy.models import Agency, Client, Member
from portal.tenancy.scope import acting_as
from protocols.models import Meeting, MeetingSeries, Protocol, ProtocolFile
from tests.mail.conftest import Running

pytestmark = [pytest.mark.django_db(transaction=True, databases="__all__"), pytest.mark.empty_house]


@pytest.fixture(autouse=True)
def _place(settings, tmp_path, monkeypatch):
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    settings.MEDIA_ROOT, settings.OUTBOX_DIR = str(tmp_path / "media"), tmp_path / "outbox"
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", 1
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)


@pytest.fixture
def door(settings):
    running = Running(Door())
    settings.SMTP_PORT = running.port
    yield running
    running.stop()
    connections["default"].close_pool()


@pytest.fixture
def loaded(door, monkeypatch, settings):
    """The world with its mails filed, as the worker does it."""
    monkeypatch.setattr(world, "_wait", _file_mails)
    world.load()
    return json.loads((settings.DATA_DIR / "demo_world.json").read_text())


def _file_mails() -> None:
    for agency_id, pk in list(InboundMail.objects.using("maint").values_list("agency_id", "pk")):
        processing.process(agency_id, pk)


def member(email: str) -> Member:
    agency_id = Member.objects.using("maint").get(user__email=email).agency_id
    with tenant(agency_id), transaction.atomic():
        return Member.objects.select_related("agency", "role", "vendor", "user").get(user__email=email)


def test_world_has_what_it_promises(loaded, settings):
    assert {row["slug"] for row in loaded["agencies"]} == {"nordlicht", "lindenhof"}
    assert {row["slug"] for row in loaded["clients"]} == {"hanse-moebelwerk", "fjordlys-smykker", "autohaus-petersen"}
    kinds = {(row["kind"], row["role"]) for row in loaded["accounts"]}
    staff = {"owner", "manager", "specialist", "freelancer", "bookkeeper", "reader"}
    assert {("specialist", role) for role in staff} <= kinds
    assert {("contact", "contact"), ("contact", "reader"), ("vendor", "vendor"), ("platform", "staff")} <= kinds
    assert Protocol.objects.using("maint").count() == 5
    assert Section.objects.using("maint").values("client").distinct().count() == 3
    assert Proposal.objects.using("maint").undecided().count() == 3
    assert ProtocolFile.objects.using("maint").count() >= 6
    meetings = Meeting.objects.using("maint")
    for series in MeetingSeries.objects.using("maint"):
        of_client = meetings.filter(client=series.client_id)
        assert of_client.unwritten().count() == 1 and of_client.filter(confirmed_at=None).count() == 1
        assert of_client.coming().filter(moved_at__isnull=False).count() == 1
        assert of_client.filter(series=series.pk).past().count() >= 3
    assert Agency.objects.using("maint").exclude(network=None).count() == 2
    for agency in Agency.objects.using("maint"):
        assert min(len(agency.imprint), len(agency.privacy), len(agency.data_processing)) > 300
    for row in loaded["clients"]:
        assert row["mail_address"].startswith(row["slug"])
        assert row["url"].endswith(f"/{row['agency']}/{row['slug']}/")
    path = settings.DATA_DIR / "demo_world.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_ten_mails_came_through_the_door(loaded):
    mails = Mail.objects.using("maint").filter(held_at=None)
    assert mails.count() == 10
    assert Mail.held.using("maint").waiting().count() == 1
    assert mails.exclude(problem="").count() == 1
    assert mails.filter(attachment_count__gt=0).count() >= 5
    assert mails.exclude(html="").count() >= 3
    assert mails.filter(text__contains="große Anrichte").count() == 1
    assert mails.exclude(project=None).count() == 1


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
        assert Protocol.objects.visible_to(katrin).count() == 3


def test_second_run_changes_nothing(loaded, settings):
    before = (settings.DATA_DIR / "demo_world.json").read_text()
    said = io.StringIO()
    call_command("load_demo", stdout=said)
    assert "already" in said.getvalue()
    assert (settings.DATA_DIR / "demo_world.json").read_text() == before


def test_without_a_door_the_world_stands_and_says_what_is_missing(settings):
    said, complained = io.StringIO(), io.StringIO()
    call_command("load_demo", stdout=said, stderr=complained)
    assert "took no mail" in complained.getvalue()
    assert Agency.objects.using("maint").count() == 2
    assert (settings.DATA_DIR / "demo_world.json").exists()


def test_never_without_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("load_demo")
