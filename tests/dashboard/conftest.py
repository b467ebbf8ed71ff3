from itertools import count

import pytest

from portal.core.context import tenant
from portal.profile.actions import sections
from portal.profile.actions.sections import Wish
from portal.profile.models import Section
from tests.clock import the_agencys_clock
from tests.mailbox.conftest import deliver as take_in
from tests.notifications.conftest import deliver
from tests.protocols.conftest import _own_storage, protocol, write
from tests.protocols.meeting_makers import held, plan, plan_series
from tests.timeline.conftest import days_pass

__all__ = [
    "_own_storage",
    "days_pass",
    "deliver",
    "held",
    "plan",
    "plan_series",
    "protocol",
    "take_in",
    "the_agencys_clock",
    "write",
]


@pytest.fixture
def receive(take_in):
    """One more mail to a client."""
    numbers = count()

    def receive(client):
        number = next(numbers)
        return take_in(client=client, Subject=f"Mail {number}", Message_ID=f"<{number}@client.example>")

    return receive


@pytest.fixture
def profile(cast):
    """A section of Acme's profile with one shared field, "Goal"."""
    with tenant(cast.north.pk):
        section = sections.add(cast.acme, by=cast.nora, title="Agreements")
        wishes = [Wish(None, "Goal", "Twelve thousand orders", False, "")]
        sections.save(section, by=cast.nora, title="Agreements", title_was="Agreements", wishes=wishes)
        return Section.objects.select_related("client__agency").get(pk=section.pk)
