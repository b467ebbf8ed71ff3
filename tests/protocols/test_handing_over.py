"""What a leaving specialist has begun goes to somebody else, and the seat of a contact to the other place of that person."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event
from portal.people import handover
from portal.people.actions import members, merging
from protocols import actions
from protocols.meetings import series
from protocols.models import ActionItem, Meeting, MeetingGuest
from tests.browse import browse_as, reload, url
from tests.protocols.meeting_makers import held, plan, plan_series

__all__ = ["held", "plan", "plan_series"]


def test_drafts_find_a_new_author_and_published_ones_keep_theirs(cast, write):
    draft, published = write(publish=False), write()

    with tenant(cast.north.pk):
        assert ("Drafts of protocols", 1) in [
            (str(label), count) for label, count in handover.open_things_of(cast.nora)
        ]
        handover.hand_over(cast.nora, cast.olaf)

    assert reload(draft).author_id == cast.olaf.pk
    assert reload(published).author_id == cast.nora.pk


def test_what_was_to_be_done_is_done_by_somebody_else(cast, write):
    """Nora's items are Olaf's, who is told; the text goes on naming her, for so it was agreed."""
    protocol = write(by=cast.olaf, key_points="@nora order the samples\n@anna send the list")
    with tenant(cast.north.pk):
        assert ("Action items to do", 1) in [(str(label), count) for label, count in handover.open_things_of(cast.nora)]
        members.end(cast.nora, by=cast.olaf, to=cast.olaf)
        told = Event.objects.filter(kind="action.assigned").latest("pk")

    samples = _item("order the samples", protocol)
    assert samples.assignee_id == told.payload["assignee"] == cast.olaf.pk
    page = browse_as(cast.anna).get(url("protocols:detail", cast.acme, protocol.number)).content.decode()
    assert "@nora" not in page, "the page shows an action item, not the line as it was typed"


def test_the_next_save_leaves_it_with_whoever_took_it_over(cast, write):
    protocol = write(by=cast.olaf, key_points="@nora order the samples\n@anna send the list")
    with tenant(cast.north.pk):
        members.end(cast.nora, by=cast.olaf, to=cast.olaf)
        before = Event.objects.filter(kind="action.assigned").count()

    _edit(cast.olaf, protocol, "@nora order all of the samples\n@anna send the list\nA word more")
    samples = _item("order all of the samples", protocol)
    assert (samples.assignee_id, samples.named_id) == (cast.olaf.pk, cast.nora.pk)
    with tenant(cast.north.pk):
        assert Event.objects.filter(kind="action.assigned").count() == before, "nobody is told twice"

    _edit(cast.olaf, protocol, "@anna order all of the samples")
    assert _item("order all of the samples", protocol).assignee_id == cast.anna.pk


def test_a_text_does_not_name_who_has_left_for_the_first_time(cast, write):
    with tenant(cast.north.pk):
        members.end(cast.nora, by=cast.olaf, to=cast.olaf)
    write(by=cast.olaf, key_points="@nora order the samples")
    with tenant(cast.north.pk):
        assert not ActionItem.objects.exists()


def test_protocols_still_to_be_written_need_somebody_who_writes_them(cast, held):
    """Nothing lies ahead of Nora, but a call of hers has no protocol; of it Olaf is reminded anew."""
    call, long_ago = held("Call"), held("Long ago", ago=timedelta(days=100))
    with tenant(cast.north.pk):
        Meeting.objects.update(reminders=2, reminded_at=timezone.now())
        with pytest.raises(ValidationError):
            members.end(cast.nora, by=cast.olaf, to=None)
        members.end(cast.nora, by=cast.olaf, to=cast.olaf)

    call, long_ago = reload(call), reload(long_ago)
    assert (call.leader_id, call.reminders, call.reminded_at) == (cast.olaf.pk, 0, None)
    assert long_ago.leader_id == cast.nora.pk, "nobody asks for it any more"


def _item(text, protocol):
    with tenant(protocol.agency_id):
        return ActionItem.objects.valid().get(protocol=protocol, text=text)


def _edit(by, protocol, key_points):
    with tenant(protocol.agency_id):
        actions.edit(protocol, by=by, seen_at=reload(protocol).edited_at, key_points=key_points)


def test_a_series_goes_on_inviting_whoever_was_merged_with_another_contact(cast, plan_series, time_machine):
    of_both, of_anna = plan_series(guests=[cast.anna, cast.carl]), plan_series(guests=[cast.anna])
    with tenant(cast.north.pk):
        merging.merge(cast.anna, cast.carl, by=cast.olaf)

    time_machine.move_to(timezone.now() + timedelta(days=100))
    with tenant(cast.north.pk):
        assert series.make_ahead(of_anna) > 10
        newest = of_anna.meetings.latest("original_on")
        assert set(MeetingGuest.objects.filter(meeting=newest).values_list("member_id", flat=True)) == {
            cast.carl.pk,
            cast.nora.pk,
        }
    assert reload(of_both).guest_ids == reload(of_anna).guest_ids == sorted([cast.carl.pk, cast.nora.pk])
