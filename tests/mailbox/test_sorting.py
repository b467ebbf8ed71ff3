"""Who decides about a mail that waits, and how often: the actions themselves, asked with the sight of the whole agency."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from mailbox import quarantine as placing
from mailbox.models import Mail
from portal.audit.models import AuditEvent
from portal.core.context import tenant
from portal.mail import quarantine
from portal.tenancy.models import Client
from tests.browse import browse_as, url
from tests.mailbox.test_quarantine import arrive, post, unplaced
from tests.mailbox.test_strangers import EVE

__all__ = ["arrive", "unplaced"]


@pytest.fixture
def decide(cast):
    """One verb after another; what each says."""

    def decide(row, *verbs, by):
        with tenant(cast.north.pk), transaction.atomic():
            return [verb(row, by=by) for verb in verbs]

    return decide


def test_only_who_may_sort_in_this_agency_decides(cast, unplaced, decide):
    for member in (cast.rita, cast.fred, cast.saul):
        for verb in (quarantine.retry, quarantine.discard, quarantine.take_back, to(cast.acme)):
            with pytest.raises(PermissionDenied):
                decide(unplaced, verb, by=member)


def test_each_decision_counts_once(cast, unplaced, decide):
    verbs = [quarantine.discard] * 2 + [quarantine.take_back] * 2
    assert decide(unplaced, *verbs, to(cast.cosmo), by=cast.nora) == [True, False, True, False, False]
    assert decide(unplaced, to(cast.acme), to(cast.bolt), quarantine.retry, by=cast.nora) == [True, False, False]
    assert decide(unplaced, quarantine.discard, by=cast.nora) == [False]
    with tenant(cast.north.pk):
        assert Mail.objects.get().client_id == cast.acme.pk


def test_what_is_empty_is_neither_read_nor_filed_nor_taken_back(cast, unplaced, decide):
    with tenant(cast.north.pk), transaction.atomic():
        quarantine.empty(unplaced)
    assert decide(unplaced, quarantine.retry, quarantine.take_back, to(cast.acme), by=cast.nora) == [False] * 3


def test_a_client_that_is_archived_gets_no_more_mails(cast, unplaced):
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.bolt.pk).update(archived_at=timezone.now())
    assert post(cast.nora, cast, assign=f"{unplaced.pk}:bolt").status_code == 404


def test_what_is_held_is_the_agencys_alone_and_its_download_leaves_a_trace(cast, deliver):
    held = deliver(**EVE)[-1]
    assert browse_as(cast.nora).get(url("quarantine:original", cast.north, held.inbound_id)).status_code == 200
    with tenant(cast.north.pk), transaction.atomic():
        assert AuditEvent.objects.get(kind="mail.downloaded").detail["inbound"] == held.inbound_id
        assert Mail.held.visible_to(cast.nora).exists()
        for member in (cast.anna, cast.pavel, cast.vera, cast.bob):
            assert not Mail.held.visible_to(member).exists(), member


def to(client):
    return lambda row, *, by: placing.assign(row, client, by=by)
