"""Entries with what hangs on them, in one query: results, questions, and what was corrected after the client had seen it."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from portal.tenancy.models import Client, Member
from worklog.models import Explanation, WorkCorrection, WorkEntry, WorkEntryQuerySet, WorkResult

TRACE = JSONObject(old="old", new="new", reason="reason", at="corrected_at", by="corrected_by__user__name")


def entries_of(member: Member, client: Client) -> WorkEntryQuerySet:
    """What of the client's work log is open to the member: page, exports, statement and start page begin here."""
    return WorkEntry.objects.visible_to(member).of(client)


def with_hanging(rows: QuerySet[WorkEntry], member: Any) -> QuerySet[WorkEntry]:
    """Adds `asked`, and of dictionaries the lists `found_results` and `traces`."""
    of_entry: dict[str, Any] = {"agency_id": OuterRef("agency_id"), "entry": OuterRef("pk")}
    results = WorkResult.objects.visible_to(member).filter(**of_entry).order_by("pk")
    result = JSONObject(pk="pk", title="title", link="link", file="file__name")
    traces = WorkCorrection.objects.visible_to(member).filter(**of_entry, is_internal=False)
    return (
        with_question(rows, member)
        .select_related("vendor")
        .annotate(
            found_results=ArraySubquery(results.values(json=result)),
            traces=ArraySubquery(traces.order_by("corrected_at", "pk").values(json=TRACE)),
        )
    )


def with_question(rows: QuerySet[WorkEntry], member: Any) -> Any:
    """Adds `asked`: how far a question about the entry is, None without one."""
    of_entry: dict[str, Any] = {"agency_id": OuterRef("agency_id"), "entry": OuterRef("pk")}
    asked = Explanation.objects.visible_to(member).filter(**of_entry)
    state = JSONObject(answered="answered_at", released="released_at")
    return rows.annotate(asked=Subquery(asked.values(json=state)[:1]))


def with_corrections(rows: QuerySet[WorkEntry], member: Member) -> QuerySet[WorkEntry]:
    """Adds `corrections_found`: all that the member may know of, the newest first, of dictionaries."""
    mine = {"agency_id": OuterRef("agency_id"), "entry": OuterRef("pk")}
    found = WorkCorrection.objects.visible_to(member).filter(**mine).order_by("-corrected_at", "-pk")
    return rows.annotate(corrections_found=ArraySubquery(found.values(json=TRACE)))
