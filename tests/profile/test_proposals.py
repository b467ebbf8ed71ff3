"""A contact proposes, a specialist takes it in or declines with a word; both read what became of it."""

import pytest

from portal.core.context import tenant
from portal.events.delivery import deliver
from portal.events.models import Event
from portal.notifications.models import Notification
from portal.profile.actions import proposals, sections
from portal.profile.models import Field, Proposal, Section, version_of
from tests.browse import browse_as, events_of, url
from tests.profile.conftest import SHARED, again, changes_of, page, typed


@pytest.fixture
def proposal(cast, goal):
    """Anna wants nine thousand."""
    data = {"text": "Nine thousand orders", "note": "The board says so"}
    assert browse_as(cast.anna).post(url("profile:propose", cast.acme, goal.pk), data).status_code == 302
    with tenant(cast.north.pk):
        return Proposal.objects.get()


def told(member) -> list[str]:
    """Titles of what the member was told, after all events have been delivered."""
    with tenant(member.agency_id):
        for event in Event.objects.filter(delivered_at=None).order_by("pk"):
            deliver(event.pk)
        return [row.title for row in Notification.objects.filter(member=member).order_by("pk")]


def decide(member, client, proposal, **words):
    form = page(member, client, "proposal", proposal.pk).context["form"]
    return browse_as(member).post(url("profile:proposal", client, proposal.pk), typed(form, **words))


def test_contact_chooses_a_shared_field_and_writes(cast, section, proposal):
    words = page(cast.anna, cast.acme, "choose").content.decode()
    assert "Main goal" in words
    assert "Remark" not in words
    assert (proposal.base, proposal.by_id) == (SHARED, cast.anna.pk)
    assert events_of(proposal) == [("profile.proposed", cast.anna.pk)]
    assert "Change of the profile proposed: Main goal" in told(cast.olaf)


def test_of_a_field_that_is_internal_by_now_outsiders_hear_nothing(cast, goal, proposal):
    with tenant(cast.north.pk):
        Field.objects.filter(pk=goal.pk).update(is_internal=True)
        proposals.take_in(proposal, by=cast.nora, text="Nine thousand orders", version=again(goal).version)
        event = Event.objects.get(kind="profile.taken_in")
    assert event.internal
    assert not [title for title in told(cast.anna) if "taken in" in title]


def test_nothing_changes_until_it_is_taken_in(cast, section, goal, proposal):
    assert again(goal).text == SHARED
    assert "Waits for a decision" in page(cast.anna, cast.acme).content.decode()

    shown = page(cast.nora, cast.acme, "proposal", proposal.pk).content.decode()
    assert "<del>Twelve</del> <ins>Nine</ins> thousand orders" in shown
    assert "The board says so" in shown
    assert decide(cast.nora, cast.acme, proposal).status_code == 302

    assert again(goal).text == "Nine thousand orders"
    assert changes_of(section)[-1] == ("changed", "Main goal", SHARED, "Nine thousand orders", False)
    assert events_of(proposal)[1:] == [("profile.taken_in", cast.nora.pk)]
    assert "Proposal for the profile taken in: Main goal" in told(cast.anna)
    assert (
        "proposed by Anna Example, taken in by Nora Example" in page(cast.anna, cast.acme, "history").content.decode()
    )


def test_the_specialist_may_mend_the_words(cast, goal, proposal):
    decide(cast.nora, cast.acme, proposal, text="Nine to ten thousand orders")
    assert again(goal).text == "Nine to ten thousand orders"


def test_declining_needs_a_word_which_the_contact_reads(cast, goal, proposal):
    assert decide(cast.nora, cast.acme, proposal, decline="1").status_code == 422
    assert decide(cast.nora, cast.acme, proposal, decline="1", answer="Ask Thomas first").status_code == 302

    assert again(goal).text == SHARED
    assert "Ask Thomas first" in page(cast.anna, cast.acme, "proposal", proposal.pk).content.decode()
    assert told(cast.anna)[-1] == "Proposal for the profile declined: Main goal"
    assert events_of(proposal)[-1] == ("profile.declined", cast.nora.pk)


def test_a_field_that_changed_meanwhile_is_shown_before_it_is_overwritten(cast, section, goal, proposal):
    form = page(cast.olaf, cast.acme, "proposal", proposal.pk).context["form"]
    edit = page(cast.nora, cast.acme, "edit", section.pk).context["form"]
    path = url("profile:edit", cast.acme, section.pk)
    browse_as(cast.nora).post(path, typed(edit, **{f"text_{goal.pk}": "Ten thousand orders"}))

    answer = browse_as(cast.olaf).post(url("profile:proposal", cast.acme, proposal.pk), typed(form))

    assert answer.status_code == 409
    assert "<del>Ten</del> <ins>Nine</ins> thousand orders" in answer.content.decode()
    assert again(goal).text == "Ten thousand orders"
    again_sent = browse_as(cast.olaf).post(
        url("profile:proposal", cast.acme, proposal.pk), typed(answer.context["form"])
    )
    assert again_sent.status_code == 302
    assert again(goal).text == "Nine thousand orders"


def test_the_second_decision_comes_too_late(cast, goal, proposal):
    form = page(cast.olaf, cast.acme, "proposal", proposal.pk).context["form"]
    decide(cast.nora, cast.acme, proposal)
    path = url("profile:proposal", cast.acme, proposal.pk)

    answer = browse_as(cast.olaf).post(path, typed(form, decline="1", answer="No"))

    assert (answer.status_code, answer.url) == (302, path)
    assert again(proposal).declined_at is None


def test_who_may_not(cast, goal, remark, proposal):
    path = url("profile:propose", cast.acme, goal.pk)
    assert browse_as(cast.vera).post(path, {"text": "x"}).status_code == 403
    assert browse_as(cast.nora).post(path, {"text": "x"}).status_code == 403
    assert browse_as(cast.anna).post(url("profile:propose", cast.acme, remark.pk), {"text": "x"}).status_code == 404
    decision = url("profile:proposal", cast.acme, proposal.pk)
    assert browse_as(cast.anna).post(decision, {"text": "x"}).status_code == 403
    assert browse_as(cast.rita).post(decision, {"text": "x"}).status_code == 403
    assert browse_as(cast.vera).get(decision).status_code == 404
    assert browse_as(cast.bob).get(decision).status_code == 404


@pytest.mark.parametrize("text", [SHARED, "x" * 10_001])
def test_proposals_that_are_none_are_named(cast, goal, text):
    assert browse_as(cast.anna).post(url("profile:propose", cast.acme, goal.pk), {"text": text}).status_code == 422


@pytest.fixture
def new_one(cast, section):
    """Anna misses something."""
    data = {"label": "Fairs", "text": "Hanover in May", "note": "We are away then"}
    assert browse_as(cast.anna).post(url("profile:propose_new", cast.acme), data).status_code == 302
    with tenant(cast.north.pk):
        return Proposal.objects.get()


def test_where_nothing_is_shared_yet_a_contact_proposes_all_the_same(cast):
    """Who decides is told to begin the profile, and finds the proposal there."""
    proposing = url("profile:propose_new", cast.acme)
    assert proposing in page(cast.anna, cast.acme).content.decode()
    assert browse_as(cast.anna).post(proposing, {"label": "Fairs", "text": "Hanover in May"}).status_code == 302
    with tenant(cast.north.pk):
        wish = Proposal.objects.get()

    assert "The profile has no section yet" in page(cast.nora, cast.acme, "proposal", wish.pk).content.decode()
    assert browse_as(cast.nora).post(url("profile:begin", cast.acme)).status_code == 302
    assert "Fairs" in page(cast.nora, cast.acme).content.decode()
    with tenant(cast.north.pk):
        first = Section.objects.of(cast.acme).in_order().first()
    decision = page(cast.nora, cast.acme, "proposal", wish.pk).content.decode()
    assert "The profile has no section yet" not in decision
    assert decide(cast.nora, cast.acme, wish, section=first.pk, label="Fairs").status_code == 302


def test_a_contact_proposes_something_new_which_stands_there_once_it_is_taken_in(cast, section, new_one):
    assert events_of(new_one) == [("profile.proposed", cast.anna.pk)]
    assert "Change of the profile proposed: Fairs" in told(cast.olaf)
    assert "Hanover in May" not in page(cast.vera, cast.acme).content.decode()
    assert "Fairs" in page(cast.anna, cast.acme).content.decode()

    shown = page(cast.nora, cast.acme, "proposal", new_one.pk).content.decode()
    assert "<ins>Hanover in May</ins>" in shown
    assert decide(cast.nora, cast.acme, new_one).status_code == 422, "into which section?"
    assert decide(cast.nora, cast.acme, new_one, section=section.pk, label="Trade fairs").status_code == 302

    assert changes_of(section)[-1] == ("added", "Trade fairs", "", "Hanover in May", False)
    assert "Hanover in May" in page(cast.vera, cast.acme).content.decode()
    assert "Proposal for the profile taken in: Trade fairs" in told(cast.anna)
    assert (
        "proposed by Anna Example, taken in by Nora Example" in page(cast.anna, cast.acme, "history").content.decode()
    )


def test_a_wish_outlives_its_field_and_is_decided_as_something_new(cast, section, goal, proposal):
    """Anna was promised to hear what becomes of it."""
    decided = page(cast.nora, cast.acme, "proposal", proposal.pk).context["form"]
    with tenant(cast.north.pk):
        gone = sections.Wish(goal.pk, goal.label, goal.text, False, goal.version, is_gone=True)
        sections.save(section, by=cast.nora, title=section.title, title_was=section.title, wishes=[gone])

    assert again(goal) is None
    assert "Main goal" in page(cast.nora, cast.acme).content.decode()
    assert "The field was removed" in page(cast.nora, cast.acme, "proposal", proposal.pk).content.decode()
    late = browse_as(cast.nora).post(url("profile:proposal", cast.acme, proposal.pk), typed(decided))
    assert late.status_code == 422, "into which section?"
    with tenant(cast.north.pk), pytest.raises(proposals.Decided):
        proposals.take_in(proposal, by=cast.nora, text="x", version=goal.version)

    assert decide(cast.nora, cast.acme, proposal, decline="1", answer="We count otherwise now").status_code == 302
    assert "We count otherwise now" in page(cast.anna, cast.acme, "proposal", proposal.pk).content.decode()
    assert told(cast.anna)[-1] == "Proposal for the profile declined: Main goal"


def test_with_a_field_that_became_internal_its_wishes_go(cast, section, goal, proposal):
    with tenant(cast.north.pk):
        for wish in (
            sections.Wish(goal.pk, goal.label, goal.text, True, goal.version),
            sections.Wish(goal.pk, goal.label, goal.text, True, version_of(goal.label, goal.text, True), is_gone=True),
        ):
            sections.save(section, by=cast.nora, title=section.title, title_was=section.title, wishes=[wish])
    assert again(goal) is None and again(proposal) is None


def test_something_new_is_declined_with_a_word_which_the_contact_reads(cast, section, new_one):
    assert decide(cast.nora, cast.acme, new_one, decline="1", answer="It is in the calendar").status_code == 302

    assert "It is in the calendar" in page(cast.anna, cast.acme, "proposal", new_one.pk).content.decode()
    assert told(cast.anna)[-1] == "Proposal for the profile declined: Fairs"
    assert len(changes_of(section)) == 2


def test_who_may_not_propose_or_put_something_new(cast, section, new_one, write):
    path, data = url("profile:propose_new", cast.acme), {"label": "x", "text": "x"}
    for member, status in ((cast.nora, 403), (cast.vera, 403), (cast.bob, 404)):
        assert browse_as(member).post(path, data).status_code == status
    assert browse_as(cast.anna).post(path, {"label": "", "text": "x"}).status_code == 422
    for outsider in (cast.vera, cast.bob):
        assert browse_as(outsider).get(url("profile:proposal", cast.acme, new_one.pk)).status_code == 404
    elsewhere = write("Of others", client=cast.bolt)
    assert decide(cast.nora, cast.acme, new_one, section=elsewhere.pk).status_code == 422


def test_a_proposal_that_was_sent_twice_is_one(cast, goal):
    browser, wish = browse_as(cast.anna), {"label": "Fairs", "text": "Hanover in May", "form_key": "pressed-twice"}
    for path in (url("profile:propose", cast.acme, goal.pk), url("profile:propose_new", cast.acme)):
        assert browser.get(path).content.decode().count('name="form_key"') == 1
        assert [browser.post(path, wish).status_code for _twice in range(2)] == [302, 302]

    with tenant(cast.north.pk):
        assert sorted(wish.title for wish in Proposal.objects.all()) == ["Fairs", "Main goal"]
