"""Everything of the work log by each wall alone: the querysets with the sight of the whole agency, the database without a queryset."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.tenancy import actions
from portal.tenancy.models import Role
from portal.tenancy.scope import acting_as
from tests.limited import fresh, lena_in
from tests.timeline.conftest import post
from tests.world import person
from worklog import models
from worklog.actions import budgeting, correcting, deciding, explaining, months, proving, rating, timers

__all__ = ["post"]
WORDS = {
    "WorkEntry": "text",
    "WorkCorrection": "reason",
    "WorkNote": "text",
    "WorkResult": "title",
    "Explanation": "entry__text",
    "ExplanationPost": "text",
    "WorkBudget": "minutes",
    "MonthClosing": "client__name",
    "ClientWorkPolicy": "client__name",
    "WorkStatement": "client__name",
    "WorkRate": "amount",
    "Timer": "text",
    "WorkLook": "member__user__name",
}
"""What tells the rows of each model apart."""
OF_AGENCY = {
    "WorkEntry": {"Guide", "Shop", "Leaflet", "Bolt", "Secret"},
    "WorkCorrection": {"Told", "Inside"},
    "WorkNote": {"He pays late"},
    "WorkResult": {"Shown", "Held", "Waits", "Of secret"},
    "Explanation": {"Guide"},
    "ExplanationPost": {"Why?"},
    "WorkBudget": {600, 60},
    **dict.fromkeys(("MonthClosing", "ClientWorkPolicy", "WorkStatement"), frozenset({"Acme", "Bolt"})),
}
OF_ACME = {
    **{name: OF_AGENCY[name] for name in ("Explanation", "ExplanationPost", "WorkBudget")},
    "WorkEntry": {"Guide", "Shop", "Leaflet"},
    "WorkCorrection": {"Told"},
    "WorkResult": {"Shown"},
    **dict.fromkeys(("MonthClosing", "ClientWorkPolicy", "WorkStatement"), frozenset({"Acme"})),
}
RATES = {Decimal(90), Decimal(91), Decimal(92)}
SEEN = {
    "olaf": {**OF_AGENCY, "WorkBudget": {600, 60, None}, "WorkRate": RATES},
    "nora": {**OF_AGENCY, "Timer": {"Runs"}},
    "rita": OF_AGENCY,
    "fred": {},
    "anna": {**OF_ACME, "WorkBudget": {600, 60, None}, "WorkLook": {"Anna Example"}},
    "mia": OF_ACME,
    "lena": {"WorkEntry": {"Shop", "Leaflet"}},
    "carl": {},
    "bob": {
        "WorkEntry": {"Bolt"},
        **dict.fromkeys(("MonthClosing", "ClientWorkPolicy", "WorkStatement"), frozenset({"Bolt"})),
    },
    "pavel": {"WorkEntry": {"Leaflet"}},
    "vera": {},
    "saul": {},
    "sofia": {},
}
"""Mia sees the work of Acme and no sums, Lena its project Shop alone. Whoever is not told of a model sees none of it."""
BY_FIRST_ALONE = ("fred", "nora", "rita")
"""What the agency's people share among themselves is told apart by the first wall."""


@pytest.fixture
def everything(cast, log, post, seen_by):
    with tenant(cast.north.pk), transaction.atomic():
        cast.mia = actions.add_member(cast.north, person("Mia"), kind="contact", role="contact")
        actions.set_access(cast.mia, cast.acme, ["work"])
    cast.mia, cast.lena = fresh(cast.mia), lena_in(cast, cast.shop)
    guide, secret = log(text="Guide", note="He pays late"), log(text="Secret")
    log(text="Shop", project=cast.shop), log(text="Leaflet", by=cast.pavel, project=cast.shop)
    log(text="Bolt", client=cast.bolt)
    _hang(cast, guide, secret, post, seen_by)
    for number, client in enumerate((None, cast.acme, cast.bolt)):
        rating.rate(Decimal(90 + number), "EUR", by=cast.olaf, valid_from=date(2026, 1, 1), client=client)
    for client in (cast.acme, cast.bolt):
        months.close(client, date(2026, 9, 1), by=cast.olaf)
        deciding.set_delay(client, by=cast.olaf, delayed=True)
        with tenant(cast.north.pk):
            models.WorkStatement.objects.create(agency=cast.north, client=client, month=date(2026, 9, 1))
    budgeting.agree(cast.acme, date(2026, 9, 1), 600, by=cast.olaf)
    budgeting.agree(cast.acme, date(2026, 7, 1), 60, by=cast.olaf, project=cast.shop)
    budgeting.agree(cast.acme, date(2026, 8, 1), None, by=cast.olaf, amount=Decimal(1200), project=cast.shop)
    timers.start(by=cast.nora, client=cast.acme, kind="Call", text="Runs")


def _hang(cast, guide, secret, post, seen_by) -> None:
    """On what Acme sees and on what it does not see: results, what was said before, a question."""
    correcting.correct(guide, by=cast.nora, minutes=80, reason="Inside")
    seen_by(guide, cast.anna)
    correcting.correct(guide, by=cast.nora, minutes=70, reason="Told")
    proving.add(guide, by=cast.nora, text="Oak", title="Shown")
    (held,) = proving.add(guide, by=cast.nora, text="Ash", title="Held")
    proving.add(guide, by=cast.nora, text="Elm", title="Waits", event=post().event)
    proving.add(secret, by=cast.nora, text="Fir", title="Of secret")
    explaining.ask(guide, "Why?", by=cast.anna)
    with tenant(cast.north.pk):
        models.WorkEntry.objects.filter(pk=secret.pk).update(visible_from=None)
        models.WorkResult.objects.filter(pk=held.pk).update(held_at=timezone.now())


@pytest.mark.parametrize("name", SEEN)
def test_each_wall_alone_says_who_sees_what(cast, everything, name):
    member, expected = getattr(cast, name), dict.fromkeys(WORDS, frozenset()) | SEEN[name]

    with tenant(cast.north.pk):
        assert _found(lambda rows: rows.visible_to(member)) == expected
    if name not in BY_FIRST_ALONE:
        with acting_as(member):
            second = _found(lambda rows: rows.all())
        own = {"Timer", "WorkLook"} if member.is_specialist else set()
        assert {key: second[key] for key in second if key not in own} == {
            key: expected[key] for key in expected if key not in own
        }


def test_prices_of_other_clients_stay_closed_to_whoever_sees_some(cast, everything):
    with tenant(cast.north.pk), transaction.atomic():
        Role.objects.filter(pk=cast.fred.role_id).update(permissions=["write", "money"])
        actions.share_project(cast.shop, level="manage", member=cast.fred)
        assert set(models.WorkRate.objects.visible_to(fresh(cast.fred)).values_list("amount", flat=True)) == {90, 91}


def _found(rows_of) -> dict[str, set]:
    return {
        name: set(rows_of(getattr(models, name).objects).values_list(word, flat=True)) for name, word in WORDS.items()
    }
