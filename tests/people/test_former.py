"""Those who have left: where they are found, and what became of their work."""

import pytest
from django.core.exceptions import ValidationError

from portal.core.context import tenant
from portal.notifications.models import Notification
from portal.people.actions import clients, members
from portal.people.forms.clients import ClientForm
from portal.people.forms.people import AbsenceForm, EndForm
from portal.tenancy import actions as places
from portal.tenancy.models import Client, Role
from tests.browse import browse_as, reload, url
from tests.people.confirming import confirmed
from tests.tickets.makers import deliver, mails_to


@pytest.fixture
def gone(cast):
    """Nora managed Acme; Olaf ended her place and took it over."""
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(manager=cast.nora)
        return members.end(cast.nora, by=cast.olaf, to=cast.olaf)


def test_the_list_shows_former_members_only_when_asked(cast, gone):
    browser, path = browse_as(cast.olaf), url("people:members", cast.north)

    assert gone not in browser.get(path).context["page"].rows
    assert browser.get(path, {"kind": "former"}).context["page"].rows == [gone]


def test_the_page_says_when_by_whom_and_what_was_handed_over(cast, gone):
    page = browse_as(cast.olaf).get(url("people:member", cast.north, gone.pk))

    text = page.content.decode()
    assert page.status_code == 200
    assert page.context["ending"].actor == cast.olaf
    assert page.context["handed_over"] == [("Clients", 1)]
    assert "Olaf Example has taken it over" in text
    assert gone.ended_at.isoformat() in text


def test_what_was_handed_over_is_said_in_the_readers_language(cast, gone):
    cast.olaf.user.language = "de"
    cast.olaf.user.save()

    assert browse_as(cast.olaf).get(url("people:member", cast.north, gone.pk)).context["handed_over"] == [("Kunden", 1)]


def test_nothing_of_a_former_member_can_be_changed(cast, gone):
    browser = confirmed(cast.olaf)
    role = {"role": gone.role_id, "position": "x"}

    assert browser.post(url("people:member", cast.north, gone.pk), role).status_code == 404
    assert browser.get(url("people:end_member", cast.north, gone.pk)).status_code == 404
    assert browser.get(url("people:absence", cast.north, gone.pk)).status_code == 404
    assert reload(gone).position == ""


@pytest.mark.parametrize("who", ["rita", "anna", "vera", "saul"])
def test_only_who_manages_people_finds_it(cast, gone, who):
    assert browse_as(getattr(cast, who)).get(url("people:member", cast.north, gone.pk)).status_code == 404


def test_who_is_invited_again_is_known(cast, gone):
    page = browse_as(cast.olaf).get(url("people:invite", cast.north, "specialist"), {"again": gone.pk})

    assert page.context["form"]["email"].value() == gone.user.email
    for nonsense in ("x", str(cast.olaf.pk), str(cast.saul.pk), "9" * 40):
        page = browse_as(cast.olaf).get(url("people:invite", cast.north, "specialist"), {"again": nonsense})
        assert page.context["form"]["email"].value() is None


def test_a_place_that_opens_again_counts_from_then_on(cast, gone):
    with tenant(cast.north.pk):
        back = places.add_member(cast.north, gone.user, kind="specialist", role="specialist")

    assert back.pk == gone.pk
    assert back.joined_at > gone.ended_at


def test_work_is_offered_only_to_those_who_write(cast):
    with tenant(cast.north.pk):
        offered = [
            AbsenceForm(member=cast.nora).fields["stand_in"],
            EndForm(member=cast.nora).fields["to"],
            ClientForm(by=cast.olaf).fields["manager"],
        ]

        assert [str(cast.rita.pk) in field.rows for field in offered] == [False] * 3
        assert [str(cast.fred.pk) in field.rows for field in offered] == [True] * 3


def test_nor_does_the_action_give_it_to_others(cast):
    with tenant(cast.north.pk):
        with pytest.raises(ValidationError):
            members.end(cast.nora, by=cast.olaf, to=cast.rita)
        with pytest.raises(ValidationError):
            clients.change_client(cast.acme, by=cast.olaf, name="Acme", manager=cast.rita)
        with pytest.raises(ValidationError):
            clients.create_client(cast.north, by=cast.olaf, name="New", manager=cast.anna)


def test_a_manager_who_no_longer_writes_stays_until_changed(cast):
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(manager=cast.rita)

    browse_as(cast.olaf).post(url("people:client_settings", cast.acme), {"name": "Acme 2", "manager": cast.rita.pk})

    assert (reload(cast.acme).name, reload(cast.acme).manager_id) == ("Acme 2", cast.rita.pk)


def test_a_new_client_leads_to_its_first_contact_who_is_offered_everything(cast):
    browser = browse_as(cast.olaf)
    form = browser.post(url("people:new_client", cast.north), {"name": "Delta"}, follow=True).context["form"]

    with tenant(cast.north.pk):
        assert form["client"].value() == Client.objects.get(name="Delta").pk
    assert set(form["areas"].value()) == {"work", "tickets", "mails", "money", "security"}

    later = browser.get(url("people:invite", cast.north, "contact"), {"client": cast.acme.pk}).context["form"]
    assert set(later["areas"].value()) == {"work", "tickets", "mails"}


def test_who_may_not_invite_comes_to_the_client_instead(cast):
    with tenant(cast.north.pk):
        cast.nora.role = Role.objects.get(agency=cast.north, kind="specialist", code="manager")
        cast.nora.save()

    answer = browse_as(cast.nora).post(url("people:new_client", cast.north), {"name": "Delta"})

    assert answer["Location"].endswith("/delta/settings/")


def test_from_the_clients_people_the_way_leads_back_there(cast):
    path = f"{url('people:invite', cast.north, 'contact')}?client={cast.acme.pk}"
    role = cast.anna.role_id
    person = {"email": "new@new.example", "name": "New", "client": cast.acme.pk, "role": role, "areas": ["work"]}

    assert browse_as(cast.olaf).post(path, person)["Location"] == url("people:team", cast.acme)


@pytest.mark.parametrize("name", ["archive_client", "end_client", "archive_project"])
def test_archiving_asks_first(cast, name):
    args = [cast.shop.slug] if name == "archive_project" else []
    page = confirmed(cast.olaf).get(url(f"people:{name}", cast.acme, *args))

    assert page.status_code == 200
    assert "btn--danger" in page.content.decode()
    assert reload(cast.acme).is_read_only is False
    assert reload(cast.shop).archived_at is None


def test_whoever_takes_over_is_told_what_that_is(cast):
    """Fred, whom no client is open to, hears of it under his bell and by mail, in his language; who ends the place knows."""
    cast.fred.user.language = "de"
    cast.fred.user.save()
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(manager=cast.nora)
        members.end(cast.nora, by=cast.olaf, to=cast.fred)
    (mail,) = mails_to(deliver(cast.north), cast.fred)

    bell = browse_as(cast.fred).get(url("notifications:index", cast.north)).content.decode()
    assert "Sie übernehmen von Nora Example" in bell
    assert "Kunden: 1" in mail.text
    assert "/north/my-day/" in mail.text


def test_nobody_is_told_who_takes_over_by_his_own_hand_or_takes_over_nothing(cast, gone):
    with tenant(cast.north.pk):
        members.end(cast.rita, by=cast.olaf, to=cast.fred)
    deliver(cast.north)

    with tenant(cast.north.pk):
        assert not Notification.objects.filter(kind="work.handed_over").exists()
