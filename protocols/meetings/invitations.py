"""The mails about meetings: what is planned, moved, called off, each with an iCalendar part that calendar programs take over."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.core.zones import zone
from portal.events.models import Event
from portal.mail.sending import queue
from portal.notifications import late, unsubscribing
from portal.notifications.audience import may_know
from portal.notifications.models import Preference
from portal.tenancy.models import Agency, Member
from portal.tenancy.scope import agency_urls
from protocols.addresses import in_parts, in_words
from protocols.meetings import ical, presenting
from protocols.models import Meeting, MeetingGuest, MeetingSeries
from protocols.models.meetings import Answer

HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True)
class News:
    """One event and what it is about; `series` only when it concerns all of it."""

    event: Event
    meeting: Meeting
    series: MeetingSeries | None

    @property
    def is_off(self) -> bool:
        return self.event.kind == "meeting.cancelled" or self.is_taken_back

    @property
    def is_taken_back(self) -> bool:
        """It takes place without the person."""
        return self.event.kind == "meeting.uninvited"

    @property
    def ends_old_plan(self) -> bool:
        """The meetings before the change keep the uid under which calendars know them; the others have a new one."""
        return self.series is not None and "old" in self.event.payload


def send(event: Event) -> None:
    """Reader of all events: queue the mails of those about meetings that guests are told of. Runs once per event."""
    if not event.kind.startswith("meeting.") or not event.declared.has_own_mail:
        return
    news = _news_of(event)
    if news is None:
        return
    told = [m for m in event.declared.told(event) if m.pk != event.actor_id and may_know(m, event)]  # type: ignore[misc]
    wishes = Preference.objects.filter(member__in=told, kind=event.kind, email=False)
    silent = set(wishes.values_list("member_id", flat=True))
    for member in told:
        if member.pk not in silent:
            _write(news, member)


def _news_of(event: Event) -> News | None:
    rows = Meeting.objects.filter(agency_id=event.agency_id).select_related("client", "series__client", "leader__user")
    meeting = rows.filter(pk=event.payload["meeting"]).first()
    if meeting is None:
        return None
    return News(event, meeting, meeting.series if "series" in event.payload else None)


def _write(news: News, member: Member) -> None:
    agency = member.agency
    clock = zone(member.user.time_zone or agency.time_zone)
    language = member.user.language or agency.language
    with translation.override(language), timezone.override(clock), agency_urls(agency) as base:
        desk = _desk(news, member, base)
        _queue(news, desk, news.event.title, _calendar(news, desk))
        if news.series and news.ends_old_plan and not news.is_taken_back:
            title = _("The old dates end: %(title)s") % {"title": news.series.title}
            _queue(news, desk, title, _calendar_of_old(news, desk))


def _queue(news: News, desk: ical.Desk, subject: str, calendar: str) -> None:
    off_url = desk.base + unsubscribing.path_for(desk.member, {news.event.kind})
    words = _words(news, desk, subject, off_url)
    headers = HEADERS | unsubscribing.headers(off_url)
    text = render_to_string("protocols/meetings/email/invitation.txt", words)
    html = render_to_string("protocols/meetings/email/invitation.html", words)
    more: Any = {"headers": headers, "calendar": calendar, "only_if": (late.KNOWN, [desk.member.pk, news.event.pk])}
    queue(desk.agency, desk.member.user.email, subject, text, html, **more)


def _words(news: News, desk: ical.Desk, subject: str, off_url: str) -> dict[str, Any]:
    page = desk.page_of(news.meeting)
    to_all = "&series=1" if news.series else ""
    answers = [{"url": f"{page}?answer={code}{to_all}", "label": label} for code, label in Answer.choices]
    facts = presenting.facts_for_mail(news.meeting, news.series)
    return {
        "agency": desk.agency,
        "subject": subject,
        "line": " · ".join(str(part) for part in (news.event.actor, news.meeting.client) if part),
        "facts": [(label, in_words(said)) for label, said in facts],
        "rows": [(label, in_parts(said)) for label, said in facts],
        "answers": [] if news.is_off else answers,
        "action_url": page,
        "action_label": _("Open it in the portal"),
        "why": _why(news, desk.agency),
        "links": [
            {"url": off_url, "label": _("Switch these mails off")},
            {"url": desk.base + reverse("notifications:preferences"), "label": _("Choose what we tell you")},
        ],
    }


def _why(news: News, agency: Agency) -> str:
    if news.is_taken_back:
        return _("You get this mail because you were invited before.")
    if agency.sender_address:
        return _("You get this mail because you are invited. Answer in your calendar or on the page.")
    return _(
        "You get this mail because you are invited. Answer in your calendar or on the page; "
        "what you write back to this mail reaches nobody."
    )


def _desk(news: News, member: Member, base: str) -> ical.Desk:
    mine = MeetingGuest.objects.filter(agency_id=member.agency_id, meeting=news.meeting, member=member)
    return ical.Desk(member.agency, member, base, dict(mine.values_list("meeting_id", "answer")))


def _calendar(news: News, desk: ical.Desk) -> str:
    """A series as a whole, one meeting of a series, or a meeting that stands alone."""
    meeting, method = news.meeting, "CANCEL" if news.is_off and not news.series else "REQUEST"
    if news.is_taken_back:
        return _calendar_of_old(news, desk) if news.ends_old_plan else _calendar_of_left_out(news, desk)
    if news.series:
        method = "CANCEL" if ical.is_void(news.series) else method
        return ical.calendar_of([ical.whole(news.series, desk)], method=method)
    if meeting.series and ical.belongs_to_plan(meeting, meeting.series):
        return ical.calendar_of([ical.occurrence(meeting, meeting.series, desk)], method=method)
    return ical.calendar_of([ical.single(meeting, desk)], method=method)


def _calendar_of_left_out(news: News, desk: ical.Desk) -> str:
    """Out of this person's calendar. RFC 5546, 3.2.5: without a status, for it takes place with the others."""
    event = ical.whole(news.series, desk) if news.series else ical.single(news.meeting, desk)
    event.pop("status")
    return ical.calendar_of([event], method="CANCEL")


def _calendar_of_old(news: News, desk: ical.Desk) -> str:
    """The plan that was: the same uid, and an end."""
    old, now = news.event.payload["old"], news.series
    assert now is not None  # only events about a whole series come here
    series = MeetingSeries(
        pk=now.pk,
        agency_id=now.agency_id,
        client=now.client,
        title=now.title,
        place=now.place,
        created_at=now.created_at,
        edited_at=now.edited_at,
        uid=old["uid"],
        sequence=old["sequence"],
        rhythm=old["rhythm"],
        first_on=date.fromisoformat(old["first_on"]),
        last_on=date.fromisoformat(old["last_on"]),
        starts_at_time=time.fromisoformat(old["starts_at_time"]),
        time_zone=old["time_zone"],
        duration_minutes=old["duration_minutes"],
    )
    return ical.calendar_of([ical.whole(series, desk)], method="REQUEST")
