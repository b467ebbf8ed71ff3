"""What a leaving specialist has begun goes to somebody else."""

from portal.core.context import tenant
from portal.people import handover
from tests.browse import reload


def test_drafts_find_a_new_author_and_published_ones_keep_theirs(cast, write):
    draft, published = write(publish=False), write()

    with tenant(cast.north.pk):
        assert ("Drafts of protocols", 1) in [
            (str(label), count) for label, count in handover.open_things_of(cast.nora)
        ]
        handover.hand_over(cast.nora, cast.olaf)

    assert reload(draft).author_id == cast.olaf.pk
    assert reload(published).author_id == cast.nora.pk
