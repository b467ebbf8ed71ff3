"""What is old goes when it is asked to, and a former member is forgotten while the work stays."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.models import SET_NULL
from django.utils import timezone

from invoices.models import BankContent, BankFile
from mailbox import sending
from mailbox.models import KnownAddress, Mail
from mailbox.people import Addressee
from portal.accounts.models import User
from portal.core.context import tenant
from portal.events.models import Event, Revision
from portal.mail.models import OutgoingMail
from portal.mail.sending import queue
from portal.operation.erasure import OWN
from portal.people.actions import members
from portal.people.models import Invitation
from portal.search.asking import understood
from portal.search.finding import find
from portal.tenancy import actions as places
from portal.tenancy.models import Client, Member
from protocols import actions as protocols
from protocols.actions import talking
from protocols.actions.writing import Contents
from protocols.models import Comment, Participation, Version
from tests import stage
from tickets.models import SavedView

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
HELD = timezone.now()
KEPT = {
    "tenancy.ClientAccess": "what the place could see",
    "tenancy.ProjectAccess": "what the place could see",
    "people.Invitation": "whom the place invited; the person's own invitation is found by address",
    "invoices.InvoiceRead": "that the client had the invoice",
    "protocols.ProtocolRead": "that the client had the protocol",
    "protocols.MeetingGuest": "that one place more was invited",
    "worklog.WorkEntry": "the work, and what was charged for it",
    "worklog.WorkLook": "what the client had seen before it was corrected",
}
"""Rows about one place that stay, by then without a name, and why."""


@pytest.fixture
def cast(transactional_db):
    """Committed, so that the maintenance role's own connection sees it."""
    return stage.cast()


def left(model) -> int:
    return model.objects.using("maint").count()


def test_nothing_goes_before_its_time_and_nothing_without_apply(cast, settings, capsys):
    old = timezone.now() - timedelta(days=200)
    with tenant(cast.north.pk), transaction.atomic():
        for sent_at in (old, timezone.now(), None):
            mail = queue(cast.north, "a@b.example", "Hello", "Text")
            OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=sent_at)

    call_command("retention")
    assert left(OutgoingMail) == 3
    assert "1 sent mails, older than 180 days (KEEP_SENT_MAIL_DAYS)" in capsys.readouterr().out

    settings.KEEP_SENT_MAIL_DAYS = 0
    call_command("retention", "--apply")
    assert left(OutgoingMail) == 3

    settings.KEEP_SENT_MAIL_DAYS = 180
    call_command("retention", "--apply")
    assert left(OutgoingMail) == 2
    assert "retention.applied" in audited()


def letter_of(cast, *people) -> Mail:
    """A letter that Nora wrote in the tab; it has left."""
    to = [Addressee(str(person), person.user.email) for person in people]
    mail = sending.send(cast.acme, by=cast.nora, letter=sending.Letter(to, "Oak", "Dear all"))
    OutgoingMail.objects.filter(pk=mail.outgoing_id).update(sent_at=timezone.now())
    return mail


def test_letters_of_the_tab_stay_however_old_their_sending_is(cast):
    """They are what people wrote to each other, and the page tells from their sending whether they arrived."""
    with tenant(cast.north.pk), transaction.atomic():
        mail = letter_of(cast, cast.anna)
        notice = queue(cast.north, "a@b.example", "Hello", "Text")
        OutgoingMail.objects.update(sent_at=timezone.now() - timedelta(days=200))

    call_command("retention", "--apply")

    kept = set(OutgoingMail.objects.using("maint").values_list("pk", flat=True))
    assert (mail.outgoing_id in kept, notice.pk in kept) == (True, False)


def test_bank_files_are_kept_for_ten_years_and_their_lines_for_ever(cast):
    with tenant(cast.north.pk), transaction.atomic():
        for age in (3650, 3654):
            file = BankFile.objects.create(agency=cast.north, name="old.xml", sha256=f"{age:064}", form="mt940")
            kept_at = timezone.now() - timedelta(days=age)
            BankContent.objects.create(agency=cast.north, file=file, content=b"Thanks", kept_at=kept_at)

    call_command("retention", "--apply")

    assert (left(BankContent), left(BankFile)) == (1, 2)


def test_a_former_member_is_forgotten_and_the_words_stay(cast, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    with tenant(cast.north.pk), transaction.atomic():
        protocol = protocols.write(
            cast.acme, by=cast.nora, publish=True, title="Jour fixe", held_at=HELD, kind="jour_fixe", key_points="Oak"
        )
        comment = talking.comment(protocol, by=cast.anna, text="Walnut, please")
        Participation.objects.create(agency=cast.north, protocol=protocol, member=cast.anna, name="Anna Example")
        queue(cast.north, cast.anna.user.email, "Hello Anna", "Text")
        members.end(cast.anna, by=cast.olaf)

    call_command("erase_person", " ANNA@anna.example ", agency="north")

    assert not User.objects.filter(email="anna@anna.example").exists()
    with tenant(cast.north.pk), transaction.atomic():
        said = Comment.objects.select_related("author__user").get(pk=comment.pk)
        assert (said.text, str(said.author)) == ("Walnut, please", "Former member")
        assert not Event.objects.filter(payload__icontains="Anna Example").exists()
        assert not Participation.objects.filter(name="Anna Example").exists()
        assert not OutgoingMail.objects.filter(to__contains=["anna@anna.example"]).exists()
        assert not Invitation.objects.filter(email="anna@anna.example").exists()
    assert audited()["person.erased"] == {"member": cast.anna.pk, "account": True}


def test_whoever_looks_after_the_platform_keeps_the_account(cast):
    address = cast.anna.user.email
    User.objects.filter(pk=cast.anna.user_id).update(is_staff=True)
    with tenant(cast.north.pk), transaction.atomic():
        members.end(cast.anna, by=cast.olaf)

    call_command("erase_person", address, agency="north")

    assert User.objects.filter(email=address).exists()
    assert audited()["person.erased"] == {"member": cast.anna.pk, "account": False}


def test_nothing_finds_who_a_former_member_was(cast, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    address = cast.anna.user.email
    with tenant(cast.north.pk), transaction.atomic():
        there = Contents(present=[cast.anna])
        protocols.write(
            cast.acme, by=cast.anna, publish=True, contents=there, title="Oak", held_at=HELD, kind="jour_fixe"
        )
        KnownAddress.objects.create(agency=cast.north, client=cast.acme, address=address)
        queue(cast.north, "nora@nora.example", "Hello", "Text", cc=[address.title()])
        event = Event.objects.filter(kind="protocol.published").latest("pk")
        Revision.objects.create(agency=cast.north, event=event, old={"people": ["Anna Example", f"A <{address}>"]})
        SavedView.objects.create(agency=cast.north, member=cast.anna, name="Mine", query="q=oak")
        assert found_from("anna", cast.nora) == ["Oak"]
        assert "Anna Example" in str(list(Version.objects.values("content")))
        members.end(cast.anna, by=cast.olaf)

    call_command("erase_person", address, agency="north")

    with tenant(cast.north.pk), transaction.atomic():
        assert found_from("anna", cast.nora) == []
        assert found_from("former", cast.nora) == ["Oak"]
        assert not KnownAddress.objects.exists() and not SavedView.objects.exists()
        assert [(mail.to, mail.cc) for mail in OutgoingMail.objects.filter(subject="Hello")] == [
            (["nora@nora.example"], [])
        ]
        assert Revision.objects.get(event=event).old == {"people": ["Former member", "A <Former member>"]}
        assert "Anna Example" not in str(list(Version.objects.values("content")))


def test_who_was_written_to_from_the_tab_is_forgotten_and_the_letters_stay(cast, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    address = cast.anna.user.email
    with tenant(cast.north.pk), transaction.atomic():
        alone, both = letter_of(cast, cast.anna), letter_of(cast, cast.anna, cast.carl)
        members.end(cast.anna, by=cast.olaf)

    call_command("erase_person", address, agency="north")

    with tenant(cast.north.pk), transaction.atomic():
        to = dict(OutgoingMail.objects.values_list("pk", "to"))
        assert (to[alone.outgoing_id], to[both.outgoing_id]) == ([], [cast.carl.user.email])
        assert Mail.objects.filter(pk__in=[alone.pk, both.pk]).count() == 2


@pytest.mark.parametrize("namesake", ["carl", "acme", ""])
def test_words_about_a_namesake_stay(cast, capsys, namesake):
    name, address = cast.anna.user.name, cast.anna.user.email
    with tenant(cast.north.pk), transaction.atomic():
        if namesake == "carl":
            User.objects.filter(pk=cast.carl.user_id).update(name=name)
        if namesake == "acme":
            Client.objects.filter(pk=cast.acme.pk).update(name=name)
        letter_of(cast, cast.carl)
        event = Event.objects.filter(kind="mail.sent").latest("pk")
        Event.objects.filter(pk=event.pk).update(payload={"names": [name, address]})
        members.end(cast.anna, by=cast.olaf)

    call_command("erase_person", address, agency="north")

    with tenant(cast.north.pk), transaction.atomic():
        words = Event.objects.get(pk=event.pk).payload["names"]
    assert words == [name if namesake else "Former member", "Former member"]
    assert ("has the same name" in capsys.readouterr().out) is bool(namesake)


def test_an_address_that_only_ends_or_begins_alike_stays(cast):
    address = cast.anna.user.email
    others = [f"jo{address}", f"x.{address}", f"x-{address}", f"{address}s", f"{address}.org"]
    with tenant(cast.north.pk), transaction.atomic():
        letter_of(cast, cast.carl)
        event = Event.objects.filter(kind="mail.sent").latest("pk")
        Event.objects.filter(pk=event.pk).update(payload={"addresses": others})
        old = {"to": f"{', '.join(others)}, <{address}>."}
        row = Revision.objects.create(agency=cast.north, event=event, old=old)
        members.end(cast.anna, by=cast.olaf)

    call_command("erase_person", address, agency="north")

    with tenant(cast.north.pk), transaction.atomic():
        assert Event.objects.get(pk=event.pk).payload == {"addresses": others}
        assert Revision.objects.get(pk=row.pk).old == {"to": f"{', '.join(others)}, <Former member>."}


def found_from(name: str, member) -> list[str]:
    return [hit.title for group in find(member, understood(f"from:{name}")).groups for hit in group.hits]


def test_each_key_to_a_member_is_forgotten_or_kept_for_a_reason():
    """A key that empties itself says who did something; the others say that the row is about one place."""
    about = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Member and field.remote_field.on_delete is not SET_NULL
    }
    gone = {model._meta.label for model in OWN}

    assert about == gone | KEPT.keys()
    assert not gone & KEPT.keys()


def test_whoever_has_a_place_elsewhere_keeps_the_account(cast):
    with tenant(cast.south.pk), transaction.atomic():
        elsewhere = places.add_member(cast.south, cast.anna.user, kind="contact", role="contact")
    with tenant(cast.north.pk), transaction.atomic():
        members.end(cast.anna, by=cast.olaf)

    call_command("erase_person", "anna@anna.example", agency="north")

    assert Member.objects.using("maint").get(pk=elsewhere.pk).user.email == "anna@anna.example"
    assert str(Member.objects.using("maint").get(pk=cast.anna.pk)) == "Former member"


@pytest.mark.parametrize(
    ("email", "agency"), [("anna", "north"), ("saul", "north"), ("nobody", "north"), ("anna", "x")]
)
def test_members_strangers_and_people_of_others_are_refused(cast, email, agency):
    with pytest.raises(CommandError):
        call_command("erase_person", f"{email}@{email}.example", agency=agency)
    assert User.objects.filter(email="anna@anna.example").exists()


def audited() -> dict:
    with transaction.atomic(using="maint"), connections["maint"].cursor() as cursor:
        cursor.execute("SELECT kind, detail FROM audit.event WHERE tab IS NULL ORDER BY id")
        return {kind: json.loads(detail or "null") for kind, detail in cursor.fetchall()}
