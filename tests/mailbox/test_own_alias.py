"""A member's own alias of the address: what is sent to it counts as the member's."""

import pytest
from django.db import transaction

from mailbox.models import Mail
from portal.accounts.actions import close
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail import intake, processing
from portal.mail.addresses import current_address
from portal.mail.aliases import alias_of, member_behind
from portal.mail.personal import unsealed
from tests.browse import browse_as, url
from tests.mail.makers import raw_letter

PHONE = "anna.private@mail.example"


@pytest.fixture
def send(cast):
    """A mail from Anna's phone to an envelope address; To as told."""

    def send(address, *, sender=PHONE, to="", cc=None):
        raw = raw_letter(cc, From=sender, To=to or address, Cc=cc)
        [pk] = intake.accept(raw, intake.Envelope(sender, {address: cast.north.pk}))
        processing.process(cast.north.pk, pk)
        with tenant(cast.north.pk), transaction.atomic():
            return Mail.objects.select_related("author").latest("pk")

    return send


@pytest.fixture
def alias(cast, anna):
    return alias_of(anna, current_address(cast.acme))


def test_a_mail_to_it_alone_is_the_members(cast, anna, send, alias):
    mail = send(alias)

    assert (mail.author, mail.held_at) == (anna, None)
    with tenant(cast.north.pk), transaction.atomic():
        assert Event.objects.get(kind="mail.received").side == "client"
    page = browse_as(anna).get(url("mailbox:detail", cast.acme, mail.pk)).content.decode()
    assert "sent by Anna Example, from another mailbox" in page


def test_no_other_reader_learns_it(cast, nora, anna, send, alias):
    mail = send(alias, to=f'"{alias}" <{alias}>')
    word = alias.partition("+")[2].partition("@")[0]

    assert mail.author == anna
    for member, name in ((nora, "detail"), (anna, "detail"), (anna, "print"), (anna, "raw"), (nora, "index")):
        place = url(f"mailbox:{name}", cast.acme, *([mail.pk] if name != "index" else []))
        answer = browse_as(member).get(place)
        assert answer.status_code == 200
        assert word not in answer.content.decode()
    page = browse_as(nora).get(url("mailbox:detail", cast.acme, mail.pk)).content.decode()
    assert "to the portal, sent by Anna Example" in page


def test_foreign_addresses_are_left_as_they_are():
    for address in ("joe+me-abcdefgh@mail.example", "acme-2345+me-abcdefgh@x.example", "acme-abcdefghj+shop@x.example"):
        assert unsealed(address) == address


def test_so_is_one_with_it_in_bcc(anna, send, alias):
    assert send(alias, to="Customer <customer@x.example>").author == anna


def test_in_cc_others_could_have_read_it_so_it_names_nobody(send, alias):
    mail = send(alias, to="Customer <customer@x.example>", cc=alias)
    assert mail.author is None
    assert mail.held_at


@pytest.mark.parametrize("name", ["bob", "nora", "carl"])
def test_not_when_somebody_else_whom_we_know_wrote_it(cast, send, alias, name):
    assert send(alias, sender=getattr(cast, name).user.email).author is None


def test_not_for_whom_mails_are_closed(cast, carl, bob, send):
    for member in (carl, bob):
        assert send(alias_of(member, current_address(cast.acme))).author is None


def test_a_guess_or_the_alias_of_another_address_is_none(cast, anna, see_aliases):
    acme, bolt = current_address(cast.acme), current_address(cast.bolt)
    tag = alias_of(anna, acme).partition("+")[2].partition("@")[0]

    assert member_behind(tag, acme) == anna
    assert member_behind(tag, bolt) is None
    for wrong in ("", "me-", "me-aaaaaaaa", tag[:-1], tag + "a", tag.removeprefix("me-"), "me-äaaaaaaa"):
        assert member_behind(wrong, acme) is None


def test_it_fits_into_an_address(cast, anna):
    address = current_address(cast.acme)
    address.local_part = "x" * 40 + "-" + "y" * 9
    assert len(alias_of(anna, address).partition("@")[0]) <= 64


def test_whoever_has_left_has_none(cast, anna, see_aliases):
    address = current_address(cast.acme)
    tag = alias_of(anna, address).partition("+")[2].partition("@")[0]
    type(anna).objects.filter(pk=anna.pk).update(ended_at=address.created_at)
    assert member_behind(tag, address) is None


def test_whose_account_is_closed_has_none(cast, anna, see_aliases):
    address = current_address(cast.acme)
    tag = alias_of(anna, address).partition("+")[2].partition("@")[0]
    assert member_behind(tag, address) == anna

    close(anna.user)
    assert member_behind(tag, address) is None


@pytest.fixture
def see_aliases(cast):
    with tenant(cast.north.pk):
        yield
