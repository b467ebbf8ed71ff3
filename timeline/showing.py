"""The detail of one entry, for the views that show it."""

from django.utils import timezone

from portal.core.formats import format_date
from portal.core.markdown import render
from portal.events.models import Event
from portal.tenancy.models import Client, Member
from timeline import presenting, redline
from timeline.actions.looking import last_visit
from timeline.events import POSTED
from timeline.models import Activity, ActivityFile, Decision, can_be_dated_by


def detail_of(event: Event, member: Member, client: Client) -> dict:
    """Everything that the page and the fragment show."""
    activity, links = _activity_of(event, member, client)
    names = [link.file.name for link in links]
    mark, tone = presenting.mark_of(event, member, timezone.now())
    return {
        "event": event,
        "title": presenting.title_of(event, redline.news_of([event], member, last_visit(member, client))),
        "facts": presenting.facts_of(event, member),
        "mark": mark,
        "tone": tone,
        "gone": presenting.is_taken_back(event),
        "link": "" if event.kind == POSTED else event.path,
        "activity": activity,
        "text": render(activity.text) if activity else "",
        "files": presenting.files_of(activity, links, member, client) if activity else [],
        "may_edit": bool(activity and activity.can_be_edited_by(member)),
        "may_date": _is_open(event) and can_be_dated_by(member, client),
        "decisions": _decisions_of(event, member),
        "changes": redline.changes_of(event, activity, names, member),
    }


def links_of(activity: Activity, member: Member) -> list[ActivityFile]:
    """Its files, in the order in which they came."""
    rows = ActivityFile.objects.visible_to(member).filter(activity=activity).select_related("file")
    return list(rows.order_by("pk"))


def _activity_of(event: Event, member: Member, client: Client) -> tuple[Activity | None, list[ActivityFile]]:
    if event.kind != POSTED:
        return None, []
    activity = Activity.objects.visible_to(member).filter(pk=event.subject_id).select_related("kind").first()
    if activity is None:
        return None, []
    activity.client, activity.event = client, event
    return activity, links_of(activity, member)


def _is_open(event: Event) -> bool:
    return not event.internal and event.visible_from > timezone.now()


def _decisions_of(event: Event, member: Member) -> list[dict]:
    """Who set the day when, to which, and why; for staff."""
    if not member.is_specialist:
        return []
    rows = Decision.objects.visible_to(member).filter(event=event).select_related("by__user")
    return [
        {
            "by": row.by,
            "at": row.decided_at,
            "reason": row.reason,
            "day": "" if row.visible_from.year == presenting.FAR.year else format_date(row.visible_from),
        }
        for row in rows.order_by("-decided_at", "-pk")
    ]
