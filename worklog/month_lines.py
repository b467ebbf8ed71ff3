"""Rows of the client's month: every cell a text, made once per entry (`worklog.hanging.with_hanging`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.core.formats import format_date, format_minutes
from portal.tenancy.models import Member
from worklog.models import WorkEntry
from worklog.month_facts import Facts
from worklog.presenting import changes_of, marks_of, span_of, state_of

MOST_RESULTS = 3
"""So many results of an entry are named in the list; all of them on its page."""
Words = tuple[str, str]
Opened = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. notes: what was corrected; results: (words, address, "here", "away" or "")."""

    url: str
    text: str
    gone: bool
    marks: tuple[Words, ...]
    notes: tuple[str, ...]
    who: str
    kind: str
    project: str
    day: str
    span: str
    results: tuple[Opened, ...]
    time: str


def row_of(entry: Any, base: str, facts: Facts, member: Member) -> Row:
    """base: the address of the client's work log."""
    url = f"{base}entries/{entry.pk}/"
    return Row(
        url=url,
        text=entry.text,
        gone=entry.removed_at is not None,
        marks=tuple(marks_of(entry, member)),
        notes=tuple(map(correction_line, entry.traces)),
        who=facts.name_of("member", entry.member_id),
        kind=facts.name_of("kind", entry.kind_id),
        project=facts.name_of("project", entry.project_id) if entry.project_id else "",
        day=format_date(entry.spent_on, style="short"),
        span=span_of(entry),
        results=links_of(url, entry.found_results),
        time=format_minutes(entry.minutes),
    )


def correction_line(trace: Mapping[str, Any]) -> str:
    """ "90 → 60 min, corrected on 19 Nov by Nora"."""
    what = ", ".join(changes_of(trace["old"], trace["new"]))
    day = format_date(datetime.fromisoformat(trace["at"]), style="short")
    said = _("%(what)s, corrected on %(day)s by %(name)s") if trace["by"] else _("%(what)s, corrected on %(day)s")
    line = said % {"what": what, "day": day, "name": trace["by"]}
    return f"{line}: {trace['reason']}" if trace["reason"] else line


def links_of(url: str, results: Sequence[Mapping[str, Any]]) -> tuple[Opened, ...]:
    """Files open in place, links elsewhere, texts on the entry's page."""
    links = [_link(url, result) for result in results[:MOST_RESULTS]]
    left = len(results) - MOST_RESULTS
    return (*links, (_("%(count)d more") % {"count": left}, url, "")) if left > 0 else tuple(links)


def _link(url: str, result: Mapping[str, Any]) -> Opened:
    if result["file"]:
        return title_of(result), f"{url}results/{result['pk']}/preview/", "here"
    return (title_of(result), result["link"], "away") if result["link"] else (title_of(result), url, "")


def title_of(result: Mapping[str, Any]) -> str:
    """What a result is called; a text without a title is a text."""
    return result["title"] or result["file"] or result["link"] or _("Text")


def state_words(entry: WorkEntry) -> str:
    """How final an entry is, and how far a question about it."""
    if entry.removed_at:
        return _("removed")
    state, asked = _("provisional") if entry.invoiced_at is None else _("invoiced"), entry.asked  # type: ignore[attr-defined]
    return f"{state}, {state_of(asked['answered'], asked['released'])[0]}" if asked else state
