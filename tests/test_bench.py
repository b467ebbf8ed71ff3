"""The bench's world fits the tables as they are now; what the pages cost is measured by bin/bench alone."""

import pytest

from bench import data, pages
from portal.core.context import tenant
from protocols.models import Protocol
from worklog.models import WorkEntry


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_world_of_the_bench_can_be_built():
    world = data.build(3)

    with tenant(world.agency.pk):
        assert world.client.name == "Busy"
    assert Protocol.objects.using("maint").filter(client=world.client).count() == 3
    assert WorkEntry.objects.using("maint").filter(client=world.client).count() == 3
    assert len({target.path for target in pages.targets([("3", world)], 1, 1)}) > 5
