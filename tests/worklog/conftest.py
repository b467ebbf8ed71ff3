"""Nora works for Acme."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.models import Member
from tests.clock import the_agencys_clock
from tests.protocols.conftest import _own_storage
from worklog.actions import logging, looking
from worklog.days import Stretch

__all__ = ["_own_storage", "the_agencys_clock"]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def log(cast):
    """Log minutes of a day as somebody: Nora, 90 minutes of today, for Acme, unless told otherwise. Gives the one entry."""

    def log(minutes=90, *, by=None, client=None, day=None, text="Guide: which wood", kind="Content creation", **words):
        client, by = client or cast.acme, by or cast.nora
        stretch = Stretch(day or timezone.localdate(), minutes)
        with tenant(client.agency_id):
            row = logging.log(client, [stretch], by=by, text=text, kind=kind, **words)[0]
            shown_now(row)
        return row

    return log


@pytest.fixture
def for_years(cast):
    """The cast did not begin today, so time was expected of it in weeks that are over."""
    then = timezone.now() - timedelta(days=1000)
    with tenant(cast.north.pk):
        Member.objects.filter(agency=cast.north).update(joined_at=then)
    for member in vars(cast).values():
        if isinstance(member, Member):
            member.joined_at = then


def shown_now(row):
    """What is to be seen at once is, for the database too (the clock of a test's one transaction stands still)."""
    if row.visible_from and row.visible_from <= timezone.now():
        row.visible_from -= MINUTE
        with tenant(row.agency_id):
            row.save(update_fields=["visible_from"])


@pytest.fixture
def entry(log):
    return log()


@pytest.fixture
def seen_by(cast):
    """Somebody of the client looks at its work log."""

    def seen_by(entry, member):
        with tenant(entry.agency_id):
            looking.look(member, entry.client)

    return seen_by
