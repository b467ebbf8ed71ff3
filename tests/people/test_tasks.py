"""What runs out by itself: the task is a wake-up, and may come twice."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.people import tasks
from portal.people.models import Invitation
from portal.tenancy.models import Client, Role
from tests import stage
from tests.browse import reload


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_what_has_run_out_ends_in_every_agency(monkeypatch):
    cast = stage.cast()
    _make_late(cast)
    woken = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, *args: woken.append((task, args)))

    tasks.end_what_has_run_out()
    for task, args in woken * 2:
        task(*args)

    assert {args[0] for _task, args in woken} == {cast.north.pk, cast.south.pk}
    assert reload(cast.acme).archived_at is not None
    assert reload(cast.cosmo).archived_at is not None
    with tenant(cast.north.pk), transaction.atomic():
        assert Invitation.objects.get().revoked_at is not None


def _make_late(cast) -> None:
    for client in (cast.acme, cast.cosmo):
        with tenant(client.agency_id), transaction.atomic():
            Client.objects.filter(pk=client.pk).update(access_until=timezone.localdate() - timedelta(days=2))
    with tenant(cast.north.pk), transaction.atomic():
        Invitation.objects.create(
            agency=cast.north,
            email="late@n.example",
            name="Late",
            kind="specialist",
            role=Role.objects.get(kind="specialist", code="reader"),
            invited_by=cast.olaf,
            expires_at=timezone.now() - timedelta(days=1),
        )
