"""The button in the mail about an action item: it opens that one thing, for that person, as long as the person may do it."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client as Browser
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy.actions import set_access
from portal.tenancy.models import Client, Member
from protocols.actions.doing import hand_over
from protocols.events import BY_MAIL
from protocols.models import ActionItem


@pytest.fixture
def item(cast, write):
    """Something that Anna has to do for Acme."""
    protocol = write(key_points="@anna fri approve the copy")
    with tenant(cast.north.pk):
        return ActionItem.objects.get(protocol=protocol)


def _path(member, item, salt=BY_MAIL) -> str:
    return f"/north/protocols/done/{signing.dumps([member.pk, item.pk], salt=salt)}/"


def _is_done(item) -> bool:
    with tenant(item.agency_id):
        return ActionItem.objects.get(pk=item.pk).is_done


def _press(path) -> int:
    return Browser().post(path).status_code


def _locked(cast, item):
    cast.anna.user.is_active = False
    cast.anna.user.save()


def _ended(cast, item):
    Member.objects.filter(pk=cast.anna.pk).update(ended_at=timezone.now())


def _without_the_area(cast, item):
    set_access(cast.anna, cast.acme, ["tickets"])


def _handed_over(cast, item):
    hand_over(item, to=cast.olaf)


def _taken_out(cast, item):
    ActionItem.objects.update(dropped_at=timezone.now())


def _closed(cast, item):
    Client.objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())


@pytest.mark.parametrize("change", [_locked, _ended, _without_the_area, _handed_over, _taken_out, _closed])
def test_the_link_opens_nothing_when_the_person_may_not_do_it_any_more(cast, item, change):
    with tenant(cast.north.pk):
        change(cast, item)

    assert _press(_path(cast.anna, item)) == 404
    assert not _is_done(item)


def test_a_link_is_for_one_person_one_purpose_and_ninety_days(cast, item, time_machine):
    for path in (_path(cast.olaf, item), _path(cast.bob, item), _path(cast.anna, item, salt="another purpose")):
        assert _press(path) == 404
    path = _path(cast.anna, item)
    assert Browser().get(path.replace("/north/", "/south/")).status_code == 404

    time_machine.move_to(timezone.now() + timedelta(days=91))
    assert _press(path) == 404 and not _is_done(item)


def test_the_link_works_while_all_is_well(cast, item):
    assert _press(_path(cast.anna, item)) == 200
    assert _is_done(item)
