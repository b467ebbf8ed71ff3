"""What a leaving specialist has begun goes to somebody else."""

from portal.core.context import tenant
from portal.events.models import Event
from portal.people import handover
from portal.people.actions import members
from protocols import actions
from protocols.models import ActionItem
from tests.browse import browse_as, reload, url


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


def _item(text, protocol):
    with tenant(protocol.agency_id):
        return ActionItem.objects.valid().get(protocol=protocol, text=text)


def _edit(by, protocol, key_points):
    with tenant(protocol.agency_id):
        actions.edit(protocol, by=by, seen_at=reload(protocol).edited_at, key_points=key_points)
