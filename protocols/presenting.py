"""Rows and facts of protocols as words, formatted once, because cells formatted by a template are slow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.core.formats import format_date, format_datetime, format_hours, format_minutes
from portal.core.markdown import render
from portal.tenancy.models import Client, Member
from portal.tenancy.naming import house_of, name_of
from protocols.models import Comment, Kind, Meeting, Protocol, ProtocolFile
from protocols.reading import PROJECTS, WRITERS
from worklog.models import WorkEntry

# Django's get_kind_display makes this dictionary for each row.
KINDS = dict(Kind.choices)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    url: str
    title: str
    line: str
    day: str
    author: str
    project: str
    state: str
    tone: str


def rows_of(protocols: Iterable[Protocol], client: Client) -> list[Row]:
    """Lines of the list; the protocols come `with_marks_for` the reader."""
    base = reverse("protocols:index", args=[client.slug])
    return [_row(protocol, f"{base}{protocol.number}/") for protocol in protocols]


def _row(protocol: Protocol, url: str) -> Row:
    state, tone = state_of(protocol)
    return Row(
        url=url,
        title=protocol.title,
        line=_line(get_language(), protocol.kind, protocol.duration_minutes, protocol.remarks),
        day=format_date(protocol.held_at),
        author=name_of(protocol.author),
        project=protocol.project.name if protocol.project else "",
        state=state,
        tone=tone,
    )


@lru_cache(maxsize=1000)
def _line(language: str, kind: str, minutes: int | None, remarks: int) -> str:
    """What it was, how long, how many comments: many protocols say the same."""
    facts = [str(KINDS[kind]), length_of(minutes)]
    if remarks:
        facts.append(ngettext("%(number)d comment", "%(number)d comments", remarks) % {"number": remarks})
    return " · ".join(filter(None, facts))


def state_of(protocol: Protocol) -> tuple[str, str]:
    """State in a word, and its tone; `is_unread` is annotated by `with_marks_for`."""
    if not protocol.is_published:
        return _("Draft"), "mute"
    if protocol.is_unread:
        return _("New"), "info"
    return (_("Agreed"), "ok") if protocol.is_accepted else (_("Published"), "mute")


def length_of(minutes: int | None) -> str:
    """ "55 min", from an hour on "1:10 h"; "" when nobody noted it."""
    if not minutes:
        return ""
    return format_hours(minutes) if minutes >= 60 else _("%(number)d min") % {"number": minutes}


def lede_of(protocol: Protocol) -> str:
    """When, how long, where: the line below the title."""
    length = length_of(protocol.duration_minutes)
    return ", ".join(filter(None, [format_datetime(protocol.held_at), length, protocol.place]))


def seen_by(protocol: Protocol, member: Member) -> str:
    """Who can see it, in words."""
    names = {"client": protocol.client.name, "agency": member.agency.name}
    if not protocol.is_published:
        return _("Draft: only %(agency)s sees it") % names if protocol.side == "agency" else _("Draft: only you see it")
    if protocol.project_id:
        return _("Visible to %(client)s, %(agency)s and the vendors of the project") % names
    return _("Visible to %(client)s and %(agency)s") % names


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the page; `preview` is the page that shows it."""

    url: str
    preview: str
    name: str
    size: int
    icon: str


def documents_of(links: Iterable[ProtocolFile], client: Client, number: int) -> list[Document]:
    """Files with their addresses."""
    base = reverse("protocols:detail", args=[client.slug, number])
    return [
        Document(f"{base}files/{x.pk}/", f"{base}files/{x.pk}/preview/", x.file.name, x.file.size, x.file.icon)
        for x in links
    ]


@dataclass(frozen=True, slots=True)
class Post:
    """One comment of the thread. settled: how a correction ended; may_settle: whether the reader can end it."""

    pk: int
    author: str
    house: str
    at: str
    iso: str
    html: str
    files: list[Document]
    is_correction: bool
    about: str
    settled: str
    answer: str
    by_mail: bool
    may_settle: bool


def posts_of(
    comments: Iterable[Comment], files: list[ProtocolFile], client: Client, protocol: Protocol, member: Member
) -> list[Post]:
    """The thread; files are those of the whole protocol."""
    return [_post(c, [f for f in files if f.comment_id == c.pk], client, protocol, member) for c in comments]


def _post(said: Comment, files: list[ProtocolFile], client: Client, protocol: Protocol, member: Member) -> Post:
    said.protocol = protocol
    return Post(
        pk=said.pk,
        author=name_of(said.author),
        house=house_of(said.author, client),
        at=format_datetime(said.created_at),
        iso=said.created_at.isoformat(),
        html=render(said.text),
        files=documents_of(files, client, protocol.number),
        is_correction=said.is_correction,
        about=said.about,
        settled=ending_of(said),
        answer=said.answer,
        by_mail=said.by_mail,
        may_settle=said.can_be_settled_by(member),
    )


def ending_of(said: Comment) -> str:
    """How a correction ended, and when; "" as long as it is open."""
    if said.settled_at is None:
        return ""
    words = {"name": name_of(said.settled_by), "day": format_datetime(said.settled_at), "version": said.settled_version}
    if said.settled_version:
        return _("%(name)s took it in, version %(version)d. %(day)s") % words
    return _("%(name)s answered. %(day)s") % words


def facts_of(protocol: Protocol) -> list[tuple[str, Any]]:
    """Who wrote it and when; label and words."""
    facts = [(_("Written by"), name_of(protocol.author))]
    if protocol.published_at:
        facts.append((_("Published"), format_datetime(protocol.published_at)))
    if protocol.published_at is None or protocol.edited_at > protocol.published_at:
        facts.append((_("Changed"), format_datetime(protocol.edited_at)))
    if protocol.project:
        facts.append((_("Project"), protocol.project.name))
    if protocol.duration_minutes:
        facts.append((_("Time"), format_minutes(protocol.duration_minutes)))
    return facts


def first_words_of(meeting: Meeting) -> dict[str, Any]:
    """What the form of a new protocol takes from the meeting."""
    names = ("title", "kind", "place", "duration_minutes", "project")
    return {"held_at": meeting.starts_at, **{name: getattr(meeting, name) for name in names}}


def first_words_of_talk(entry: WorkEntry) -> dict[str, Any]:
    """What it takes from the time that was logged for it."""
    noon = datetime.combine(entry.spent_on, time(12), timezone.get_current_timezone())
    words = {"title": entry.text, "project": entry.project, "duration_minutes": entry.minutes}
    return {"held_at": timezone.localtime(entry.started_at) if entry.started_at else noon, **words}


def points_of(protocol: Protocol | None, meeting: Meeting | None) -> list[dict[str, Any]]:
    """The rows of the agenda in the form: those of the protocol, else of the meeting's agenda."""
    if protocol:
        return [{"pk": item.pk, "title": item.title, "notes": item.notes} for item in protocol.items.all()]
    return [{"title": topic.text} for topic in meeting.topics.all()] if meeting else []


def choices_for(member: Member, client: Client) -> dict[str, list[tuple[int, str]]]:
    """What the list can be narrowed to: projects, and who has written."""
    projects = [(project.pk, project.name) for project in PROJECTS.ask(member, client)]
    authors = [(writer.pk, writer.user.name) for writer in WRITERS.ask(member, client)]
    return {"projects": projects, "authors": authors}
