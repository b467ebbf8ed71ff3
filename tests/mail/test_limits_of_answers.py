"""How often we answer by ourselves, and what ends a loop whose marks were lost on the way. Every mail comes through the SMTP door."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.mail import answers, regrets, sending
from portal.people.actions import members
from tests.mail.test_replies import answer, asked, queued_since

__all__ = ["answer", "asked"]

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.mark.parametrize(("sent", "regrets_sent"), [(4, 1), (5, 0)])
def test_an_address_gets_five_automatic_answers_an_hour_of_all_agencies_together(
    cast, answer, asked, sent, regrets_sent
):
    with tenant(cast.north.pk), transaction.atomic():
        members.end(cast.anna, by=cast.olaf)
    with tenant(cast.south.pk), transaction.atomic():
        for _number in range(sent):
            sending.queue(cast.south, "anna@anna.example", "Not taken", "-", headers=regrets.AUTOMATIC)
        sending.queue(cast.south, "anna@anna.example", "A letter", "-")

    _comments, kept = answer("Really?")

    assert kept == ["closed"]
    assert len(queued_since(asked, "anna@anna.example")) == regrets_sent
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1)):
        answer("And now?", **{"Message-ID": "<later@anna.example>"})
    assert len(queued_since(asked, "anna@anna.example")) == 1, "an hour later, but once a day"


def flood(answer, count=12):
    """Answers of a program that hides what it is, one after the other."""
    for number in range(count):
        comments, kept = answer(f"I am away, {number}", **{"Message-ID": f"<{number}@anna.example>"})
    return len(comments), kept


def test_after_ten_answers_in_ten_minutes_the_agencys_people_decide(answer):
    assert flood(answer) == (10, ["flood"] * 2)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        comments, _kept = answer("Here I am again.", **{"Message-ID": "<back@anna.example>"})
    assert len(comments) == 11


def test_without_the_breaker_each_would_be_a_comment(answer, monkeypatch):
    monkeypatch.setattr(answers, "MOST_ANSWERS", 100)

    assert flood(answer) == (12, [])
