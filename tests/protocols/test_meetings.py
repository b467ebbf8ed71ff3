"""Planning, proposing, moving, calling off and answering: who may, and what it leads to."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.actions import add_member
from portal.tenancy.models import Member, Project
from portal.tenancy.scope import acting_as
from protocols.meetings import actions
from protocols.models import Meeting, MeetingGuest, MeetingSeries
from tests.browse import browse_as, events_of, reload, url
from tests.counting import queries_of
from tests.protocols.meeting_makers import held, mails_sent, plan, plan_series, rows_of, words
from tests.world import person

__all__ = ["held", "mails_sent", "plan", "plan_series", "words"]


def guests_of(meeting) -> set[str]:
    with tenant(meeting.agency_id):
        return set(MeetingGuest.objects.filter(meeting=meeting).values_list("member__user__name", flat=True))


def only(cast) -> Meeting:
    with tenant(cast.north.pk):
        return Meeting.objects.select_related("client", "leader").get()


def test_specialist_plans_and_the_guests_are_invited(cast, words):
    answer = browse_as(cast.nora).post(url("protocols:plan_meeting", cast.acme), words)

    meeting = only(cast)
    assert answer.status_code == 302 and answer.url == url("protocols:meeting", cast.acme, meeting.pk)
    assert meeting.confirmed_at and meeting.duration_minutes == 90 and meeting.leader == cast.nora
    assert guests_of(meeting) == {"Nora Example", "Olaf Example", "Anna Example"}
    assert events_of(meeting) == [("meeting.planned", cast.nora.pk)]


def test_contact_proposes_and_the_agency_confirms(cast, words):
    browse_as(cast.anna).post(url("protocols:plan_meeting", cast.acme), words)
    meeting = only(cast)
    assert meeting.confirmed_at is None and meeting.leader == cast.olaf  # the account manager
    assert "Proposed" in browse_as(cast.anna).get(url("protocols:meetings", cast.acme)).content.decode()

    browse_as(cast.nora).post(url("protocols:confirm_meeting", cast.acme, meeting.pk))

    assert reload(meeting).confirmed_at
    assert events_of(meeting) == [("meeting.proposed", cast.anna.pk), ("meeting.confirmed", cast.nora.pk)]


def test_contact_makes_no_series_and_confirms_nothing(cast, words, plan):
    browse_as(cast.anna).post(url("protocols:plan_meeting", cast.acme), {**words, "rhythm": "WEEKLY/1"})

    with tenant(cast.north.pk):
        assert not MeetingSeries.objects.exists()
    assert only(cast).confirmed_at is None
    path = url("protocols:confirm_meeting", cast.acme, only(cast).pk)
    assert browse_as(cast.anna).post(path).status_code == 403


def test_the_next_meeting_says_that_it_is_only_proposed(cast, plan):
    meeting, path = plan("Visit", by=cast.anna), url("protocols:meetings", cast.acme)
    assert _next_card(browse_as(cast.anna).get(path)).count("Proposed") == 1

    browse_as(cast.nora).post(url("protocols:confirm_meeting", cast.acme, meeting.pk))

    assert "Proposed" not in _next_card(browse_as(cast.anna).get(path))


def _next_card(page) -> str:
    return page.content.decode().partition('id="h-next"')[2].partition("</section>")[0]


def test_agency_declines_a_proposal(cast, plan, mails_sent):
    meeting = plan("Spontaneous", by=cast.anna)
    mails_sent()

    browse_as(cast.nora).post(url("protocols:call_off_meeting", cast.acme, meeting.pk))

    assert reload(meeting).is_cancelled
    (mail,) = mails_sent()["anna@anna.example"]
    assert "Does not take place: Spontaneous" in mail.subject


def test_people_of_other_clients_are_never_offered_nor_invited(cast, words):
    browser = browse_as(cast.nora)
    page = browser.get(url("protocols:plan_meeting", cast.acme)).content.decode()
    assert "Anna Example" in page
    for name in ("Bob", "Carl", "Saul", "Fred"):  # another client, without the area, another agency, without the client
        assert f"{name} Example" not in page

    refused = browser.post(url("protocols:plan_meeting", cast.acme), {**words, "theirs": [cast.bob.pk]})
    assert refused.status_code == 422
    with tenant(cast.north.pk):
        meeting = actions.plan(
            cast.acme, by=cast.nora, guests=[cast.bob.pk, cast.carl.pk, cast.saul.pk, cast.anna.pk], title="X", kind="call",
            place="", starts_at=timezone.now() + timedelta(days=1), duration_minutes=30, leader=cast.nora,
        )  # fmt: skip
    assert guests_of(meeting) == {"Nora Example", "Anna Example"}


def test_vendor_is_invited_through_the_shared_project_only(cast, words):
    browser, path = browse_as(cast.nora), url("protocols:plan_meeting", cast.acme)
    words["ours"] = [cast.vera.pk]  # her studio was engaged by the agency

    alone = browser.post(path, words)
    assert alone.status_code == 422 and "choose a project" in alone.content.decode()
    assert browser.post(path, {**words, "project": cast.shop.pk}).status_code == 302

    meeting = only(cast)
    assert browse_as(cast.vera).get(url("protocols:meeting", cast.acme, meeting.pk)).status_code == 200
    assert browse_as(cast.vera).get(url("protocols:plan_meeting", cast.acme)).status_code == 403


def test_vendor_sees_no_other_meetings_and_changes_none(cast, plan, plan_series):
    whole, shared = plan("Whole client"), plan("Shop only", project=cast.shop, guests=[cast.vera])
    weekly = plan_series(project=cast.shop)
    browser = browse_as(cast.vera)

    assert "Whole client" not in browser.get(url("protocols:meetings", cast.acme)).content.decode()
    assert browser.get(url("protocols:meeting", cast.acme, whole.pk)).status_code == 404
    assert browser.post(url("protocols:edit_meeting", cast.acme, shared.pk)).status_code == 403
    assert browser.post(url("protocols:add_topic", cast.acme, shared.pk), {"text": "Mine"}).status_code == 403
    assert browser.get(url("protocols:edit_series", cast.acme, weekly.pk)).status_code == 404
    assert (
        browser.post(url("protocols:answer_meeting", cast.acme, shared.pk), {"answer": "ACCEPTED"}).status_code == 302
    )


@pytest.mark.parametrize("who", ["bob", "carl", "saul", "sofia", "fred"])
def test_others_find_nothing(cast, plan, plan_series, who):
    meeting, weekly = plan(), plan_series()
    browser = browse_as(getattr(cast, who))

    assert browser.get(url("protocols:meetings", cast.acme)).status_code == 404
    for name in ("meeting", "edit_meeting", "call_off_meeting"):
        assert browser.get(url(f"protocols:{name}", cast.acme, meeting.pk)).status_code == 404
    for name in ("confirm_meeting", "answer_meeting", "waive_minutes", "add_topic", "call_off_meeting"):
        assert browser.post(url(f"protocols:{name}", cast.acme, meeting.pk)).status_code == 404
    assert browser.post(url("protocols:edit_series", cast.acme, weekly.pk)).status_code == 404


def test_second_wall_holds_when_the_first_is_forgotten(cast, plan, plan_series):
    plan("Whole client"), plan("Shop", project=cast.shop), plan_series(), plan("Bolt's", client=cast.bolt, guests=[])

    with acting_as(cast.bob):
        assert [meeting.title for meeting in Meeting.objects.all()] == ["Bolt's"]
        assert not MeetingSeries.objects.exists()
    with acting_as(cast.vera):
        assert [meeting.title for meeting in Meeting.objects.all()] == ["Shop"]
        assert set(MeetingGuest.objects.values_list("meeting__title", flat=True)) == {"Shop"}
    with acting_as(cast.carl):
        assert not Meeting.objects.exists() and not MeetingGuest.objects.exists()


def test_who_only_reads_plans_nothing(cast, plan, words):
    meeting = plan()
    browser = browse_as(cast.rita)

    assert browser.get(url("protocols:meeting", cast.acme, meeting.pk)).status_code == 200
    assert browser.post(url("protocols:plan_meeting", cast.acme), words).status_code == 403
    for name in ("edit_meeting", "call_off_meeting", "confirm_meeting", "add_topic"):
        assert browser.post(url(f"protocols:{name}", cast.acme, meeting.pk), words).status_code == 403


def test_of_a_closed_client_nothing_is_planned(cast, plan, plan_series, words):
    meeting = plan()
    with tenant(cast.north.pk):
        type(cast.acme).objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())
    browser = browse_as(cast.nora)

    assert browser.post(url("protocols:plan_meeting", cast.acme), words).status_code == 403
    assert browser.post(url("protocols:edit_meeting", cast.acme, meeting.pk), words).status_code == 403
    assert browser.post(url("protocols:add_topic", cast.acme, meeting.pk), {"text": "Late"}).status_code == 403
    assert "Plan a meeting" not in browser.get(url("protocols:meetings", cast.acme)).content.decode()


def test_moving_asks_again_and_tells_guests(cast, plan, words):
    meeting = plan()
    browse_as(cast.anna).post(url("protocols:answer_meeting", cast.acme, meeting.pk), {"answer": "ACCEPTED"})

    browse_as(cast.nora).post(url("protocols:edit_meeting", cast.acme, meeting.pk), words)

    moved = reload(meeting)
    assert moved.moved_at and moved.sequence == 1 and moved.place == "Kanalstraße 48"
    with tenant(cast.north.pk):
        answers = dict(MeetingGuest.objects.filter(meeting=meeting).values_list("member_id", "answer"))
    assert answers == {cast.anna.pk: "", cast.nora.pk: "ACCEPTED", cast.olaf.pk: ""}
    assert ("meeting.moved", cast.nora.pk) in events_of(meeting)


def test_another_title_alone_tells_nobody(cast, plan, words):
    meeting = plan(minutes=90)
    with tenant(cast.north.pk):
        actions.change(
            meeting, by=cast.nora, title="Better words", kind="call", starts_at=meeting.starts_at, duration_minutes=90,
            place=meeting.place, leader=cast.nora,
        )  # fmt: skip

    assert events_of(meeting) == [("meeting.planned", cast.nora.pk)]
    assert reload(meeting).title == "Better words"


def test_a_changed_meeting_stays_in_its_project_after_that_has_ended(cast, plan, plan_series):
    meeting, weekly = plan(project=cast.shop), plan_series(project=cast.shop)
    with tenant(cast.north.pk):
        Project.objects.filter(pk=cast.shop.pk).update(archived_at=timezone.now())

    for name, pk in (("edit_meeting", meeting.pk), ("edit_series", weekly.pk)):
        page = browse_as(cast.nora).get(url(f"protocols:{name}", cast.acme, pk)).content.decode()
        assert (name, f'<option value="{cast.shop.pk}" selected>Shop</option>' in page) == (name, True)


def test_whoever_changes_a_meeting_is_offered_as_leader_when_the_old_one_has_left(cast, plan, plan_series):
    """Not the first of the list, whom nobody chose."""
    meeting, weekly = plan(by=cast.nora), plan_series()
    with tenant(cast.north.pk):
        Member.objects.filter(pk=cast.nora.pk).update(ended_at=timezone.now())
        rolf = add_member(cast.north, person("Rolf"), kind="specialist", role="specialist")

    for name, pk in (("edit_meeting", meeting.pk), ("edit_series", weekly.pk)):
        form = browse_as(rolf).get(url(f"protocols:{name}", cast.acme, pk)).context["form"]
        assert form["leader"].value() == rolf.pk, name


def test_contact_changes_the_own_proposal_only_before_it_begins(cast, plan):
    own, others = plan("Mine", by=cast.anna), plan("Theirs")
    browser = browse_as(cast.anna)

    assert browser.get(url("protocols:edit_meeting", cast.acme, own.pk)).status_code == 200
    assert browser.get(url("protocols:edit_meeting", cast.acme, others.pk)).status_code == 403
    assert browser.post(url("protocols:call_off_meeting", cast.acme, others.pk)).status_code == 403
    with tenant(cast.north.pk):
        Meeting.objects.filter(pk=own.pk).update(starts_at=timezone.now() - timedelta(minutes=5))
    assert browser.get(url("protocols:edit_meeting", cast.acme, own.pk)).status_code == 403


def test_what_a_contact_moves_after_the_agencys_yes_is_a_proposal_again(cast, plan, words):
    meeting = plan("Mine", by=cast.anna)
    browse_as(cast.nora).post(url("protocols:confirm_meeting", cast.acme, meeting.pk))
    assert not reload(meeting).is_proposal

    browse_as(cast.anna).post(url("protocols:edit_meeting", cast.acme, meeting.pk), words)

    assert reload(meeting).is_proposal
    assert {("meeting.moved", cast.anna.pk), ("meeting.proposed", cast.anna.pk)} <= set(events_of(meeting))
    assert "Confirm" in browse_as(cast.nora).get(url("protocols:meeting", cast.acme, meeting.pk)).content.decode()
    browse_as(cast.nora).post(url("protocols:confirm_meeting", cast.acme, meeting.pk))
    assert not reload(meeting).is_proposal
    assert reload(meeting).place == words["place"]


def test_other_words_of_a_contact_and_moves_of_the_agency_need_no_new_yes(cast, plan, words):
    meeting = plan("Mine", by=cast.anna)
    browse_as(cast.nora).post(url("protocols:confirm_meeting", cast.acme, meeting.pk))
    with tenant(cast.north.pk):
        same = {"kind": meeting.kind, "place": meeting.place, "leader": cast.nora}
        minutes, when = meeting.duration_minutes, meeting.starts_at
        actions.change(meeting, by=cast.anna, title="Better words", starts_at=when, duration_minutes=minutes, **same)
        assert not reload(meeting).is_proposal
    browse_as(cast.nora).post(url("protocols:edit_meeting", cast.acme, meeting.pk), words)

    assert not reload(meeting).is_proposal


def test_called_off_leaves_the_list_and_cannot_be_answered(cast, plan):
    meeting = plan("Cancelled one")
    browse_as(cast.nora).post(url("protocols:call_off_meeting", cast.acme, meeting.pk))
    browser = browse_as(cast.anna)

    assert "Cancelled one" not in browser.get(url("protocols:meetings", cast.acme)).content.decode()
    assert "called it off" in browser.get(url("protocols:meeting", cast.acme, meeting.pk)).content.decode()
    assert (
        browser.post(url("protocols:answer_meeting", cast.acme, meeting.pk), {"answer": "ACCEPTED"}).status_code == 403
    )


def test_answer_is_preselected_by_the_link_and_noted_by_one_post(cast, plan):
    meeting = plan()
    browser, path = browse_as(cast.anna), url("protocols:meeting", cast.acme, meeting.pk)

    page = browser.get(path, {"answer": "DECLINED"}).content.decode()
    with tenant(cast.north.pk):
        assert MeetingGuest.objects.get(meeting=meeting, member=cast.anna).answer == ""  # a link alone says nothing
    assert 'value="DECLINED"' in page and page.split('value="DECLINED"')[1].split(">")[0].count("checked") == 1
    browser.post(url("protocols:answer_meeting", cast.acme, meeting.pk), {"answer": "DECLINED"})

    assert "Anna Example" in (leader := browse_as(cast.nora).get(path).content.decode()) and ">No</span>" in leader
    assert ("meeting.answered", cast.anna.pk) in events_of(meeting)
    assert (
        browser.post(url("protocols:answer_meeting", cast.acme, meeting.pk), {"answer": "PERHAPS"}).status_code == 422
    )


def test_the_same_answer_again_is_no_news(cast, plan):
    meeting = plan()
    browser, path = browse_as(cast.anna), url("protocols:answer_meeting", cast.acme, meeting.pk)
    for said in ("ACCEPTED", "ACCEPTED", "ACCEPTED", "DECLINED"):
        assert browser.post(path, {"answer": said}).status_code == 302
    assert [kind for kind, _who in events_of(meeting)].count("meeting.answered") == 2


def test_a_series_does_not_last_to_the_end_of_time(cast, words):
    answer = browse_as(cast.nora).post(
        url("protocols:plan_meeting", cast.acme), {**words, "rhythm": "WEEKLY/1", "last_on": "9999-12-31"}
    )
    assert answer.status_code == 422 and "last_on" in answer.context["form"].errors


def test_who_is_not_invited_has_nothing_to_answer(cast, plan):
    meeting = plan()
    with pytest.raises(PermissionDenied), tenant(cast.north.pk):
        actions.answer(meeting, by=cast.olaf, answer="ACCEPTED")


def test_answer_for_the_whole_series(cast, plan_series):
    weekly = plan_series()
    first, second, *_rest = rows_of(weekly)

    browse_as(cast.anna).post(
        url("protocols:answer_meeting", cast.acme, second.pk), {"answer": "TENTATIVE", "series": "on"}
    )

    with tenant(cast.north.pk):
        mine = MeetingGuest.objects.filter(member=cast.anna)
        assert mine.get(meeting=first).answer == ""
        assert set(mine.exclude(meeting=first).values_list("answer", flat=True)) == {"TENTATIVE"}


def test_page_shows_next_month_series_and_address(cast, plan, plan_series, held):
    plan_series(), plan("Visit", starts_in=timedelta(hours=3)), held()
    page = browse_as(cast.anna).get(url("protocols:meetings", cast.acme))
    html = page.content.decode()

    assert page.context["following"]["meeting"].title == "Visit"
    assert "every week" in html and "/c/" in html and "Call about the carrier" in html
    assert [m.title for m in page.context["without"]] == ["Call about the carrier"]
    other = browse_as(cast.anna).get(url("protocols:meetings", cast.acme), {"month": "2031-02", "show": "past"})
    assert "February 2031" in other.content.decode()
    for odd in ("2031-13", "9999-99", "x", "0000-01", "2031-02-01"):
        assert browse_as(cast.anna).get(url("protocols:meetings", cast.acme), {"month": odd}).status_code == 200


@pytest.mark.parametrize(("show", "sign"), [("", 1), ("past", -1)])
def test_pages_follow_each_other_without_a_gap(cast, plan, show, sign):
    for number in range(25):
        plan(f"M{number:02}", starts_in=sign * timedelta(days=1 + number // 3), guests=[])
    browser, path = browse_as(cast.nora), url("protocols:meetings", cast.acme)

    first = browser.get(path, {"show": show})
    second = browser.get(path + first.context["more"])
    third = browser.get(path + second.context["more"], headers={"HX-Request": "true"})

    titles = [[row.title for row in page.context["rows"]] for page in (first, second, third)]
    assert [len(page) for page in titles] == [10, 10, 5]
    assert len({title for page in titles for title in page}) == 25
    assert third.context["more"] == "" and third.templates[0].name == "protocols/meetings/_more.html"


@pytest.mark.parametrize("who", ["anna", "nora"])
@pytest.mark.parametrize("name", ["meetings", "meeting"])
def test_pages_ask_little_of_the_database(cast, plan, plan_series, held, who, name):
    first = plan()
    args = [first.pk] if name == "meeting" else []
    browser, path = browse_as(getattr(cast, who)), url(f"protocols:{name}", cast.acme, *args)
    one = queries_of(browser, path)
    plan("Second", guests=[cast.anna, cast.olaf]), plan("Third"), held(), plan_series(), plan_series(title="Other")

    three = queries_of(browser, path)

    assert len(one) == len(three) <= 12, "\n".join(three)
