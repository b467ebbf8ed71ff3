"""A contact to whom only some projects of the client are open: both walls, each by itself, and each area by itself."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event
from portal.files.models import File
from portal.tenancy import actions as places
from portal.tenancy.models import ClientAccess, Project, ProjectAccess
from portal.tenancy.scope import acting_as
from protocols import actions as protocols
from protocols.models import Protocol
from tests.browse import browse_as, reload, url
from tests.clock import says
from tests.limited import fresh, lena_in
from tests.protocols.conftest import _own_storage
from tests.tickets.makers import deliver, mails_to, open_for, type_of
from tests.worklog.conftest import log
from tickets import actions as tickets
from tickets import mail_in, replying
from tickets.actions.editing import WiderCircle
from tickets.models import Ticket
from worklog.models import WorkEntry

__all__ = ["_own_storage", "log"]
PLACES = ("shop", "blog", None)


@pytest.fixture
def things(cast, log):
    """Of each project, and of none, a protocol, a ticket, its event and an hour."""
    for name in PLACES:
        project, title = name and getattr(cast, name), f"About {name}"
        words = {"held_at": timezone.now(), "kind": "call", "duration_minutes": 30, "key_points": "**Oak**"}
        with tenant(cast.north.pk):
            protocols.write(cast.acme, by=cast.nora, publish=True, title=title, project=project, **words)
        open_for(cast.acme, cast.nora, title=title, project=project)
        log(60, text=title, project=project)
    with tenant(cast.north.pk):
        Event.objects.update(visible_from=timezone.now() - timezone.timedelta(days=1))


READ = {Protocol: "title", Ticket: "title", WorkEntry: "text"}


def _seen(member, *, walls=("first", "second")) -> dict:
    """What she reads of each kind, and of events by area."""
    with acting_as(member), transaction.atomic():
        found = {
            model.__name__: set(_rows(model, member, walls).values_list(word, flat=True))
            for model, word in READ.items()
        }
        events = _rows(Event, member, walls).exclude(client=None).values_list("area", "project__slug")
        return found | {"events": set(events)}


def _rows(model, member, walls):
    return model.objects.visible_to(member) if "first" in walls else model._base_manager.all()


@pytest.mark.parametrize("walls", [("first", "second"), ("first",), ("second",)], ids="-".join)
@pytest.mark.parametrize("areas", [["work", "tickets", "mails"], ["tickets"], ["work"]], ids="-".join)
def test_only_the_shared_project_and_only_its_open_areas(cast, things, areas, walls):
    lena = lena_in(cast, cast.shop, areas=areas)
    hers = {"work": {"Protocol", "WorkEntry"}, "tickets": {"Ticket"}}

    if walls == ("first",):
        with tenant(cast.north.pk), transaction.atomic():
            for model, word in READ.items():
                found = set(model.objects.visible_to(lena).values_list(word, flat=True))
                is_open = any(model.__name__ in hers.get(area, ()) for area in areas)
                assert found == ({"About shop"} if is_open else set())
            assert set(Event.objects.visible_to(lena).values_list("project", flat=True)) == {cast.shop.pk}
        return
    seen = _seen(lena, walls=walls)
    for area, names in hers.items():
        for name in names:
            assert seen[name] == ({"About shop"} if area in areas else set()), name
    assert seen["events"] and all(area in areas and slug == "shop" for area, slug in seen["events"])


def test_a_contact_with_the_whole_client_sees_all_and_one_area_stays_one_area(cast, things):
    everything = {f"About {name}" for name in PLACES}

    assert _seen(cast.anna)["Protocol"] == _seen(cast.anna, walls=("second",))["Protocol"] == everything
    assert _seen(cast.carl, walls=("second",))["Protocol"] == set()
    assert _seen(cast.carl)["Ticket"] == everything


def test_project_names_and_sharing_of_others_stay_closed(cast):
    lena = lena_in(cast, cast.shop)

    with acting_as(lena), transaction.atomic():
        assert list(Project._base_manager.values_list("name", flat=True)) == ["Shop"]
        assert set(ProjectAccess._base_manager.values_list("member_id", flat=True)) == {lena.pk}
        assert set(ClientAccess._base_manager.values_list("member_id", flat=True)) == {lena.pk}
    with acting_as(cast.anna), transaction.atomic():
        assert set(Project._base_manager.values_list("name", flat=True)) == {"Shop", "Blog"}


def test_pages_count_and_offer_only_what_is_hers(cast, things):
    lena = browse_as(lena_in(cast, cast.shop))

    home = lena.get(url("client_home", cast.acme)).content.decode()
    month = lena.get(url("worklog:index", cast.acme))
    board = lena.get(url("tickets:index", cast.acme)).content.decode()

    assert "About shop" in home and "About blog" not in home and "About None" not in home
    assert says(month.content.decode(), "1:00") and not says(month.content.decode(), "3:00")
    for page in (home, month.content.decode()):
        assert "the projects that are open to you" in page
    assert "About shop" in board and "Blog" not in board and "About None" not in board
    for name in (
        "profile:index",
        "profile:history",
        "profile:choose",
        "invoices:index",
        "people:team",
        "mailbox:address",
    ):
        assert lena.get(url(name, cast.acme)).status_code == 404, name
    assert url("profile:index", cast.acme) not in home


def test_what_one_reader_saw_of_an_empty_month_is_not_what_the_next_one_reads(cast):
    """Both see the same figures, and are told different things about them."""
    month, whole, limited = url("worklog:index", cast.acme), "None was agreed.", "It is agreed for the whole client."
    lena, anna = browse_as(lena_in(cast, cast.shop)), browse_as(cast.anna)
    pages = [browser.get(month).content.decode() for browser in (anna, lena, anna)]

    assert [(whole in page, limited in page) for page in pages] == [(True, False), (False, True), (True, False)]


def test_database_keeps_sums_and_access_out_of_a_limited_row(cast):
    lena = lena_in(cast, cast.shop)

    with tenant(cast.north.pk), pytest.raises(IntegrityError, match="limited_areas"), transaction.atomic():
        ClientAccess.objects.filter(member=lena).update(areas=["work", "money"])
    with tenant(cast.north.pk), transaction.atomic():
        places.set_access(lena, cast.acme, ["work", "money", "security"])
    assert fresh(lena).clients_of("money") == () and fresh(lena).accesses[0].areas == ["work"]


def test_limiting_and_widening_count_from_the_next_request(cast, things):
    lena = lena_in(cast, cast.shop)
    blog, browser = _number(cast, "About blog"), browse_as(lena)
    assert browser.get(url("tickets:detail", cast.acme, blog)).status_code == 404

    with tenant(cast.north.pk), transaction.atomic():
        places.widen_access(lena, cast.acme)
    assert browser.get(url("tickets:detail", cast.acme, blog)).status_code == 200
    assert fresh(lena).project_ids == () and not fresh(lena).goes_by_projects(cast.acme.pk)

    with tenant(cast.north.pk), transaction.atomic():
        places.limit_access(lena, cast.acme, {cast.shop: "view"}, by=cast.olaf)
        places.unshare_project(cast.shop, member=lena)
    assert browser.get(url("tickets:detail", cast.acme, _number(cast, "About shop"))).status_code == 404
    assert browser.get(url("client_home", cast.acme)).status_code == 200


def test_without_any_area_nothing_of_the_sharing_is_left(cast):
    lena = lena_in(cast, cast.shop)

    with tenant(cast.north.pk), transaction.atomic():
        places.set_access(lena, cast.acme, [])
        assert not ProjectAccess.objects.filter(member=lena).exists()
    assert reload(lena).shared_client_ids == []


def test_last_day_of_the_client_counts_for_her_too(cast):
    lena = lena_in(cast, cast.shop)
    with tenant(cast.north.pk), transaction.atomic():
        type(cast.acme).objects.filter(pk=cast.acme.pk).update(access_until="2020-01-01")

    assert fresh(lena).project_ids == fresh(lena).projects_of("work") == ()


# --- What she may do there goes by the level ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "may"),
    [("view", (False, False, False)), ("comment", (True, False, False)), ("contribute", (True, True, True))],
)
def test_level_says_what_she_may_do(cast, level, may):
    lena = lena_in(cast, cast.shop, level=level)
    ticket = open_for(cast.acme, cast.nora, project=cast.shop)
    with tenant(cast.north.pk):
        protocol = protocols.write(
            cast.acme,
            by=cast.nora,
            publish=True,
            title="Kick-off",
            project=cast.shop,
            held_at=timezone.now(),
            kind="call",
            duration_minutes=30,
            key_points="Oak",
        )
    browser, ticket_page = browse_as(lena), url("tickets:detail", cast.acme, ticket.number)

    with acting_as(lena):
        found = Ticket.objects.select_related("client", "type", "status").get(pk=ticket.pk)
        comments, closes = found.can_be_commented_by(lena), found.can_be_closed_by(lena)
    opens = browser.get(url("tickets:create", cast.acme)).status_code == 200

    assert browser.get(ticket_page).status_code == 200
    assert (comments, closes, opens) == may
    assert protocol.can_be_commented_by(lena) == protocol.can_be_accepted_by(lena) == may[0]
    assert not found.can_be_changed_by(lena)
    assert browser.post(url("tickets:comment", cast.acme, ticket.number), {"text": "Yes"}).status_code == (
        302 if may[0] else 403
    )


def test_what_she_adds_lies_in_her_project(cast):
    lena = lena_in(cast, cast.shop)
    browser, kind = browse_as(lena), type_of(cast.north)
    words = {"type": kind.pk, "title": "Wrong price", "description": "On Sylt"}

    none = browser.post(url("tickets:create", cast.acme), words)
    other = browser.post(url("tickets:create", cast.acme), words | {"project": cast.blog.pk})
    own = browser.post(url("tickets:create", cast.acme), words | {"project": cast.shop.pk})

    assert (none.status_code, other.status_code, own.status_code) == (422, 422, 302)
    with tenant(cast.north.pk):
        assert [row.project_id for row in Ticket.objects.all()] == [cast.shop.pk]
    for project in (None, cast.blog):
        with acting_as(lena), pytest.raises(PermissionDenied), transaction.atomic():
            tickets.open_ticket(cast.acme, by=lena, type=kind, title="x", project=project)
        with acting_as(lena), pytest.raises(PermissionDenied), transaction.atomic():
            words = {"held_at": timezone.now(), "kind": "call", "duration_minutes": 30, "key_points": ""}
            protocols.write(cast.acme, by=lena, publish=False, title="x", project=project, **words)
    assert browser.get(url("protocols:plan_meeting", cast.acme)).status_code in (403, 404)
    assert browser.get(url("mailbox:write", cast.acme)).status_code in (403, 404)
    with tenant(cast.north.pk):
        assert not mail_in.opens_tickets(lena, cast.acme) and mail_in.opens_tickets(cast.anna, cast.acme)


def test_her_words_bring_files_along(cast, things):
    lena = browse_as(lena_in(cast, cast.shop, level="comment"))
    upload = lambda: SimpleUploadedFile("Look.txt", b"31.5 kg", "text/plain")  # noqa: E731
    with tenant(cast.north.pk), transaction.atomic():
        numbers = {row.project_id: row.number for row in Protocol.objects.all()}

    said = lena.post(
        url("tickets:comment", cast.acme, _number(cast, "About shop")), {"text": "See", "uploads": upload()}
    )
    noted = lena.post(url("protocols:comment", cast.acme, numbers[cast.shop.pk]), {"text": "See", "uploads": upload()})
    lost = lena.post(url("protocols:comment", cast.acme, numbers[cast.blog.pk]), {"text": "See", "uploads": upload()})

    assert (said.status_code, noted.status_code, lost.status_code) == (302, 302, 404)
    with tenant(cast.north.pk), transaction.atomic():
        assert set(File.objects.values_list("name", "project")) == {("Look.txt", cast.shop.pk)}
        assert File.objects.count() == 2


@pytest.mark.parametrize(("level", "waits"), [("view", False), ("comment", True)])
def test_what_waits_for_her_is_what_she_may_answer(cast, things, level, waits):
    lena = lena_in(cast, cast.shop, level=level)
    with tenant(cast.north.pk), transaction.atomic():
        Protocol.objects.update(correct_until=timezone.now() + timezone.timedelta(days=3))

    home = browse_as(lena).get(url("client_home", cast.acme)).content.decode()

    assert "About shop" in home and ("Accept until" in home) is waits


# --- Who is told, and who loses what --------------------------------------------------------------------------------------


def test_she_is_told_of_her_project_alone(cast):
    lena = lena_in(cast, cast.shop)
    for project in (cast.shop, cast.blog, None):
        with tenant(cast.north.pk):
            protocols.write(
                cast.acme,
                by=cast.nora,
                publish=True,
                title=f"About {project}",
                project=project,
                held_at=timezone.now(),
                kind="call",
                duration_minutes=30,
                key_points="Oak",
            )

    told = "\n".join(mail.text + mail.subject for mail in mails_to(deliver(cast.north), lena))

    assert "About Shop" in told and "About Blog" not in told and "About None" not in told


def test_ticket_that_leaves_her_project_leaves_her_and_comes_back_with_a_yes(cast):
    lena = lena_in(cast, cast.shop)
    ticket = open_for(cast.acme, cast.nora, project=cast.shop)
    with tenant(cast.north.pk):
        assert tickets.add_followers(ticket, [lena], by=cast.nora) == [lena]
        deliver(cast.north)
        tickets.change(ticket, by=cast.nora, project=cast.blog)
        tickets.comment(reload(ticket), by=cast.nora, text="Zobel pays late")

    assert browse_as(lena).get(url("tickets:detail", cast.acme, ticket.number)).status_code == 404
    assert not mails_to(deliver(cast.north), lena)
    assert not replying.may(fresh(lena), ticket.pk)
    with tenant(cast.north.pk), pytest.raises(WiderCircle) as asked, transaction.atomic():
        tickets.change(reload(ticket), by=cast.nora, project=cast.shop)
    assert lena in asked.value.people


def test_nobody_names_her_where_she_does_not_see_it(cast):
    lena = lena_in(cast, cast.shop)
    elsewhere = open_for(cast.acme, cast.nora, project=cast.blog)

    with tenant(cast.north.pk):
        assert tickets.add_followers(elsewhere, [lena], by=cast.nora) == []
        with pytest.raises(PermissionDenied), transaction.atomic():
            tickets.open_ticket(cast.acme, by=cast.nora, type=type_of(cast.north), title="For her", logger=lena)


def _number(cast, title: str) -> int:
    with tenant(cast.north.pk), transaction.atomic():
        return Ticket.objects.get(title=title).number
