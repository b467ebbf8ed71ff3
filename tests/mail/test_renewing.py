"""A client gets a new address; the old one is taken for a while, then its mails wait to be sorted."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from mailbox import letter, renewing
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail.addresses import address_for, recipients_among, route_of
from portal.mail.models import ClientAddress
from portal.notifications.models import Notification
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, url
from tests.notifications.conftest import tell_all


def renew(cast, member, **words):
    with acting_as(member):
        return str(renewing.renew(cast.acme, by=member, **words))


@pytest.mark.parametrize("name", ["olaf", "anna"])
def test_staff_with_the_right_and_contacts_for_security_renew(cast, name):
    old, now = address_for(cast.acme), timezone.now()
    new = renew(cast, getattr(cast, name))

    assert new == address_for(cast.acme) != old
    assert new.startswith("acme-")
    with tenant(cast.north.pk), transaction.atomic():
        for day, taken in ((29, True), (31, False)):
            found = recipients_among(cast.north.pk, [old], at=now + timedelta(days=day))
            assert [one.client for one in found] == ([cast.acme] if taken else [])
    assert route_of(old) == route_of(new) == cast.north.pk, "the door knows old addresses for ever"


@pytest.mark.parametrize("name", ["nora", "rita", "fred", "carl", "bob", "pavel", "vera", "saul"])
def test_others_do_not(cast, name):
    old = address_for(cast.acme)
    with pytest.raises(PermissionDenied):
        renew(cast, getattr(cast, name))
    assert address_for(cast.acme) == old


@pytest.mark.parametrize("days", [-1, 91])
def test_the_time_of_grace_has_bounds(cast, days):
    with pytest.raises(ValueError, match="0 to 90"):
        renew(cast, cast.olaf, days=days)


def test_without_grace_the_old_one_ends_at_once(cast):
    old = address_for(cast.acme)
    renew(cast, cast.olaf, days=0)
    with tenant(cast.north.pk), transaction.atomic():
        assert not recipients_among(cast.north.pk, [old], at=timezone.now())


def test_the_clients_people_are_told_and_the_audit_log_knows(cast, anna):
    old = address_for(cast.acme)
    renew(cast, cast.olaf)
    tell_all(cast.north)

    with tenant(cast.north.pk), transaction.atomic():
        assert Event.objects.get(kind="address.renewed").actor == cast.olaf
        told = {row.member for row in Notification.objects.filter(kind="address.renewed")}
        assert ClientAddress.objects.get(retired_at=None).local_part not in old
    assert told == {cast.anna, cast.pavel}
    page = browse_as(anna).get(url("notifications:index", cast.north)).content.decode()
    assert "Acme has a new mail address; the old one is taken until" in page


def test_the_page_renews_and_says_so(cast, anna, django_capture_on_commit_callbacks):
    old, browser = address_for(cast.acme), browse_as(anna)
    assert "Get a new address" in browser.get(url("mailbox:address", cast.acme)).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        page = browser.post(url("mailbox:renew_address", cast.acme), {"days": "7"}, follow=True).content.decode()

    assert "There is a new address" in page
    assert old not in page
    assert letter._addresses.get((cast.north.pk, cast.acme.pk)) is None


def test_a_wrong_number_of_days_is_said_at_the_field(cast, anna):
    old = address_for(cast.acme)
    page = browse_as(anna).post(url("mailbox:renew_address", cast.acme), {"days": "100"}).content.decode()

    assert "less than or equal to 90" in page
    assert address_for(cast.acme) == old
