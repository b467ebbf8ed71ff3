"""What could not be read or placed waits on a page of the agency, until somebody tries again, places or discards it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from mailbox import tasks
from mailbox.models import Mail
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail import intake, processing, quarantine, reading
from portal.mail.addresses import address_for
from portal.mail.models import ClientAddress, InboundMail
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from tests.counting import queries_of
from tests.mail.makers import raw_letter
from tests.notifications.conftest import mail_all, mails_to, tell_all


@pytest.fixture
def arrive(cast):
    """A mail comes in; yields its row as it is after processing."""

    def arrive(raw=None, *, to=None, times=1, **words):
        to = to or address_for(cast.acme)
        [pk] = intake.accept(raw or raw_letter(to=to, **words), intake.Envelope("eve@x.example", {to: cast.north.pk}))
        for _time in range(times):
            processing.process(cast.north.pk, pk)
            with tenant(cast.north.pk), transaction.atomic():
                InboundMail.objects.filter(pk=pk).update(lease_until=None)
        return row_of(cast, pk)

    return arrive


@pytest.fixture
def broken(arrive, monkeypatch):
    """A mail whose reading failed three times; from now on reading works."""

    def trip(raw, envelope_from):
        raise ValueError("tripped")

    with monkeypatch.context() as patch:
        patch.setattr(reading, "read", trip)
        return arrive(Subject="Scan from the warehouse", times=3)


@pytest.fixture
def unplaced(arrive, cast):
    """A mail to an address of Acme that ended yesterday."""
    return arrive(to=old_address(cast), Subject="Wedding rings")


def old_address(cast) -> str:
    address = address_for(cast.acme)
    with tenant(cast.north.pk), transaction.atomic():
        yesterday = timezone.now() - timedelta(days=1)
        ClientAddress.objects.filter(client=cast.acme).update(retired_at=yesterday, valid_until=yesterday)
    return address


def row_of(cast, pk) -> InboundMail:
    with tenant(cast.north.pk), transaction.atomic():
        return InboundMail.objects.get(pk=pk)


def mails_of(client) -> list[Mail]:
    with tenant(client.agency_id), transaction.atomic():
        return list(Mail.objects.filter(client=client).order_by("pk"))


def post(member, cast, name="sort", **data):
    return browse_as(member).post(url(f"quarantine:{name}", cast.north), data)


def test_the_page_says_what_it_is_and_why_it_waits(cast, nora, broken, unplaced):
    browser = browse_as(nora)
    failed = browser.get(url("quarantine:unreadable", cast.north)).content.decode()
    lost = browser.get(url("quarantine:unplaced", cast.north)).content.decode()

    for words in (
        "Scan from the warehouse",
        "Katrin Vogel",
        "It could not be filed.",
        "Tried 3 times",
        broken.recipients[0],
    ):
        assert words in failed
    for words in ("Wedding rings", "Old address", "It was an address of Acme until", "File for Acme"):
        assert words in lost
    assert "Wedding rings" not in failed


def test_the_original_is_there_byte_for_byte(cast, nora, broken):
    answer = browse_as(nora).get(url("quarantine:original", cast.north, broken.pk))

    assert answer.content == bytes(broken.raw)
    assert answer["Content-Type"] == "message/rfc822"


def test_a_filed_mail_is_not_downloaded_here(cast, nora, arrive):
    assert browse_as(nora).get(url("quarantine:original", cast.north, arrive().pk)).status_code == 404


def test_trying_again_really_processes_again(cast, nora, broken, wake_ups):
    post(nora, cast, retry=str(broken.pk))

    again = row_of(cast, broken.pk)
    assert (again.quarantined_at, again.reason, again.attempts) == (None, "", 0)
    processing.process(cast.north.pk, broken.pk)
    assert [mail.subject for mail in mails_of(cast.acme)] == ["Scan from the warehouse"]


def test_the_admin_tries_again_too(cast, olaf, broken):
    path = url("admin:mail_inboundmail_change", cast.north, broken.pk)
    assert "tripped" in browse_as(olaf).get(path).content.decode()

    browse_as(olaf).post(path, {"try_again": "on"})

    assert row_of(cast, broken.pk).quarantined_at is None


def test_what_could_not_be_read_is_filed_whole(cast, nora, broken, monkeypatch):
    monkeypatch.setattr(reading, "read", lambda *_told: pytest.fail("it was read again"))

    post(nora, cast, assign="ticked", client="bolt", mail=[str(broken.pk)])

    [mail] = mails_of(cast.bolt)
    assert (mail.subject, mail.problem, mail.held_at) == ("Scan from the warehouse", "unreadable", None)
    page = browse_as(cast.bob).get(url("mailbox:detail", cast.bolt, mail.pk)).content.decode()
    assert "mail.eml" in page
    assert "damaged" in page
    row = row_of(cast, broken.pk)
    assert row.processed_at
    assert row.quarantined_at is None


def test_a_mail_to_an_old_address_is_filed_with_one_press(cast, nora, unplaced):
    post(nora, cast, assign=f"{unplaced.pk}:acme", back="unplaced")

    [mail] = mails_of(cast.acme)
    assert (mail.subject, mail.text.strip()) == ("Wedding rings", "Dear Bence, the terms are attached.")
    assert "Nothing waits here" in browse_as(nora).get(url("quarantine:unplaced", cast.north)).content.decode()


def test_several_at_once(cast, nora, arrive):
    old = old_address(cast)
    rows = [arrive(to=old, Subject=f"Number {number}", Message_ID=f"<{number}@x>") for number in range(3)]

    answer = browse_as(nora).post(
        url("quarantine:sort", cast.north), {"discard": "ticked", "mail": [row.pk for row in rows[:2]]}, follow=True
    )

    assert "2 mails discarded" in answer.content.decode()
    assert [bool(row_of(cast, row.pk).discarded_at) for row in rows] == [True, True, False]


@pytest.mark.parametrize(
    "data", [{}, {"discard": "ticked"}, {"retry": "x"}, {"assign": "1", "client": "acme"}, {"y": "1"}]
)
def test_nothing_chosen_changes_nothing(cast, nora, data):
    answer = browse_as(nora).post(url("quarantine:sort", cast.north), data, follow=True)
    assert "Nothing was changed" in answer.content.decode()


def test_a_client_of_another_agency_is_none(cast, nora, unplaced):
    assert post(nora, cast, assign=f"{unplaced.pk}:cosmo").status_code == 404
    assert row_of(cast, unplaced.pk).quarantined_at


@pytest.mark.parametrize(
    ("name", "status"), [("rita", 403), ("fred", 404), ("anna", 404), ("vera", 404), ("saul", 404)]
)
def test_others_decide_nothing_and_outsiders_see_nothing(cast, unplaced, name, status):
    member = getattr(cast, name)
    assert post(member, cast, discard=str(unplaced.pk)).status_code == status
    for page, *args in (("index",), ("unplaced",), ("strangers",), ("original", unplaced.pk)):
        seen = browse_as(member).get(url(f"quarantine:{page}", cast.north, *args)).status_code
        assert seen == ((302 if page == "index" else 200) if name == "rita" else 404)
    assert row_of(cast, unplaced.pk).discarded_at is None


def test_what_was_discarded_by_mistake_waits_again(cast, nora, rita, unplaced):
    answer = browse_as(nora).post(
        url("quarantine:sort", cast.north), {"discard": str(unplaced.pk), "back": "unplaced"}, follow=True
    )
    [undo] = [message.extra_tags for message in answer.context["messages"]]

    assert browse_as(rita).post(undo).status_code == 403
    page = browse_as(nora).post(undo, follow=True).content.decode()

    assert "Wedding rings" in page
    assert row_of(cast, unplaced.pk).discarded_at is None
    assert post(nora, cast, "restore").status_code == 302


def test_an_address_that_never_was_is_not_called_an_old_one(cast, nora, arrive):
    local, _at, domain = address_for(cast.acme).partition("@")
    arrive(to=f"{local}x@{domain}", Subject="Slip of the pen")

    page = browse_as(nora).get(url("quarantine:unplaced", cast.north)).content.decode()

    assert "Unknown address" in page
    assert "No client has this address." in page


def test_discarded_mails_keep_their_bytes_for_90_days(cast, nora, unplaced):
    post(nora, cast, discard=str(unplaced.pk), back="unplaced")
    tasks.end_old_of(cast.north.pk)
    row = row_of(cast, unplaced.pk)
    assert (row.discarded_by_id, row.emptied_at) == (nora.pk, None)
    assert bytes(row.raw)

    _make_older(cast, unplaced, days=91)
    tasks.end_old_of(cast.north.pk)

    row = row_of(cast, unplaced.pk)
    assert bytes(row.raw) == b""
    assert row.emptied_at
    with acting_as(nora):
        assert not quarantine.retry(row, by=nora)


def test_what_nobody_touches_goes_after_90_days_and_not_before(cast, broken, deliver):
    held = deliver(From="eve@x.example", To="x@x.example", envelope_from="eve@x.example", Subject="Held")[-1]
    _make_older(cast, broken, days=89)
    tasks.end_old_of(cast.north.pk)
    assert row_of(cast, broken.pk).discarded_at is None

    _make_older(cast, broken, days=2)
    with tenant(cast.north.pk), transaction.atomic():
        Mail.held.filter(pk=held.pk).update(held_at=timezone.now() - timedelta(days=91))
    tasks.end_old_of(cast.north.pk)

    assert row_of(cast, broken.pk).discarded_by_id is None
    assert row_of(cast, broken.pk).emptied_at
    assert row_of(cast, held.inbound_id).emptied_at
    assert held.pk not in [mail.pk for mail in mails_of(cast.acme)]


def _make_older(cast, row, *, days) -> None:
    with tenant(cast.north.pk), transaction.atomic():
        row = InboundMail.objects.defer("raw").get(pk=row.pk)
        InboundMail.objects.filter(pk=row.pk).update(quarantined_at=row.quarantined_at - timedelta(days=days))


@pytest.mark.parametrize("changes", [{"raw": b"other"}, {"raw": b""}, {"raw": b"x", "emptied_at": "now"}])
def test_the_database_lets_a_mail_only_be_emptied(cast, unplaced, changes):
    values = {name: timezone.now() if value == "now" else value for name, value in changes.items()}
    with tenant(cast.north.pk), pytest.raises(DatabaseError), transaction.atomic():
        InboundMail.objects.filter(pk=unplaced.pk).update(**values)


def test_once_a_day_those_who_sort_are_told_and_only_when_something_waits(cast, unplaced):
    for _time in range(2):
        tasks.tell_agency(cast.north.pk)
        tasks.tell_agency(cast.south.pk)
    with tenant(cast.north.pk), transaction.atomic():
        [event] = Event.objects.filter(kind="quarantine.waiting")
        assert event.payload["number"] == 1
    tell_all(cast.north)
    mail_all(cast.north)

    assert "Mails that wait to be sorted: 1" in mails_to(cast.nora)[0].subject
    assert "off/" in mails_to(cast.nora)[0].headers["List-Unsubscribe"]
    for other in (cast.rita, cast.fred, cast.anna, cast.vera):
        assert not mails_to(other)


def test_the_menu_counts_what_waits(cast, nora, rita, anna, unplaced, deliver):
    deliver(From="eve@x.example", To="x@x.example", envelope_from="eve@x.example")
    entry = '<span>Mails to sort</span><span class="count" data-tone="warn">2</span>'
    for member, is_told in ((nora, True), (rita, True), (anna, False)):
        assert (entry in browse_as(member).get(url("notifications:index", cast.north)).content.decode()) is is_told


@pytest.mark.parametrize("name", ["unplaced", "strangers"])
def test_number_of_queries_does_not_grow_with_rows(cast, nora, arrive, deliver, name):
    old, browser = old_address(cast), browse_as(nora)
    path, found = url(f"quarantine:{name}", cast.north), []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            if name == "strangers":
                deliver(From="eve@x.example", To="x@x.example", envelope_from="eve@x.example", Subject=f"No {number}")
            else:
                arrive(to=old, Subject=f"No {number}", Message_ID=f"<{number}@x>")
        found.append(queries_of(browser, path))
    assert [len(queries) for queries in found] == [9, 9], "\n".join(found[1])


def test_pages_follow_each_other(cast, nora, arrive, monkeypatch):
    from mailbox import quarantine_views

    monkeypatch.setattr(quarantine_views, "ROWS", 2)
    old = old_address(cast)
    for number in range(3):
        arrive(to=old, Subject=f"Number {number}", Message_ID=f"<{number}@x>")
    first = browse_as(nora).get(url("quarantine:unplaced", cast.north))
    rest = browse_as(nora).get(url("quarantine:unplaced", cast.north) + first.context["more"])

    assert [line.subject for page in (first, rest) for line in page.context["lines"]] == [
        "Number 2",
        "Number 1",
        "Number 0",
    ]
