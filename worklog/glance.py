"""A client's month in a few lines, for the agency's page of the client: hours, budget, what was logged last."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone

from portal.core.formats import format_date, format_minutes
from portal.tenancy.asking import Question
from portal.tenancy.models import Client, Member
from worklog.budgets import standings_of
from worklog.choosing import Place
from worklog.filtering import MEMBER, View
from worklog.hanging import entries_of
from worklog.models import can_be_logged_by
from worklog.month_facts import FIRST, LAST, facts_in, facts_question
from worklog.month_page import Budget, budget_of
from worklog.months import Month
from worklog.sums import Counted, Sums

FEW = 5


@dataclass(frozen=True, slots=True)
class Last:
    """One of the entries that were logged last."""

    url: str
    text: str
    who: str
    day: str
    time: str


@dataclass(frozen=True)
class Glance:
    """total: hours and minutes of this month; log_url: where time is logged for this client, "" for who may not."""

    month: Month
    total: str
    budgets: list[Budget]
    lines: list[Last]
    log_url: str


def glance_of(member: Member, client: Client) -> Glance:
    """Needs the client with its agency. One query."""
    today = timezone.localdate()
    view = View(Month.of(today), MEMBER, {})
    (row,) = QUESTION.ask(member, client, first=view.month.first, last=view.month.last)
    facts, counted = facts_in(row, member, client, view.month), [Counted(**part) for part in row.counted or []]
    sums = Sums(minutes=sum(part.minutes for part in counted), counted=counted)
    standings = standings_of(facts, sums, client.agency, view.month, today)
    may_log = can_be_logged_by(member, client) and client.read_only_at is None
    return Glance(
        view.month,
        format_minutes(sums.minutes),
        [budget_of(standing, client, facts, view) for standing in standings],
        [_last(entry, client) for entry in row.latest or []],
        f"{reverse('my_work:index')}?new=1&place={Place(client).key}" if may_log else "",
    )


def _last(entry: dict[str, Any], client: Client) -> Last:
    url = reverse("worklog:entry", args=[client.slug, entry["pk"]])
    day = format_date(date.fromisoformat(entry["day"]), style="short")
    return Last(url, entry["text"], entry["who"], day, format_minutes(entry["minutes"]))


def _build(reader, client) -> QuerySet:
    rows = entries_of(reader, client)
    of_month = rows.filter(spent_on__gte=FIRST, spent_on__lte=LAST).order_by()
    parts = of_month.values("charge", "project_id", "vendor_id")
    counted = JSONObject(
        charge="charge", project_id="project_id", vendor_id="vendor_id", minutes=Sum("minutes"), count=Count("pk")
    )
    latest = JSONObject(pk="pk", text="text", who="member__user__name", day="spent_on", minutes="minutes")
    return facts_question(reader, client).annotate(
        counted=ArraySubquery(parts.values(json=counted)),
        latest=ArraySubquery(rows.standing().newest_first().values(json=latest)[:FEW]),
    )


QUESTION = Question(_build)
