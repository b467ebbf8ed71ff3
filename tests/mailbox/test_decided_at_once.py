"""Colleagues decide about one mail of a stranger at the same moment: one of them does, and it is either in the tab or away."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from mailbox import quarantine
from mailbox.models import Mail
from portal.core.context import tenant
from portal.events.models import Event
from tests.mailbox.test_strangers import EVE

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
MANY = 8


@pytest.fixture
def at_once(cast):
    """So many threads of Olaf and Nora, each with its deed; how many did something."""

    def at_once(*deeds):
        def one(number):
            try:
                with tenant(cast.north.pk), transaction.atomic():
                    return bool(deeds[number % len(deeds)](by=(cast.olaf, cast.nora)[number // 2 % 2]))
            finally:
                connections.close_all()

        with ThreadPoolExecutor(MANY) as pool:
            return sum(pool.map(one, range(MANY)))

    return at_once


def test_let_in_or_dismissed_but_once(cast, deliver, at_once):
    held = deliver(**EVE)[-1]
    deeds = [lambda by: quarantine.let_in(held, by=by), lambda by: quarantine.dismiss(held, by=by)]
    assert at_once(*deeds) == 1
    mail = Mail.objects.using("maint").get()
    assert (mail.held_at is None) != (mail.dismissed_at is not None)
    assert (mail.thread_id is None) == (mail.held_at is not None)


def test_taken_back_and_let_in_leaves_one_mail_and_one_event(cast, deliver, at_once):
    held = deliver(**EVE)[-1]
    with tenant(cast.north.pk), transaction.atomic():
        quarantine.dismiss(held, by=cast.nora)
    at_once(lambda by: quarantine.take_back(held, by=by), lambda by: quarantine.let_in(held, by=by))
    mail = Mail.objects.using("maint").get()
    told = Event.objects.using("maint").filter(kind="mail.received").count()
    assert (mail.dismissed_at, told) == (None, int(mail.held_at is None))
