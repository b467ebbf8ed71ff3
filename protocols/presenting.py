"""Rows and facts of protocols as words, formatted once, because cells formatted by a template are slow."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.formats import format_date, format_datetime, format_hours, format_minutes
from portal.core.markdown import render
from portal.tenancy.models import Client, Member
from protocols.models import Comment, Protocol, ProtocolFile


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
    facts = [protocol.get_kind_display(), duration_of(protocol)]
    if protocol.remarks:
        words = ngettext("%(number)d comment", "%(number)d comments", protocol.remarks)
        facts.append(words % {"number": protocol.remarks})
    return Row(
        url=url,
        title=protocol.title,
        line=" · ".join(filter(None, facts)),
        day=format_date(protocol.held_at),
        author=name_of(protocol.author),
        project=protocol.project.name if protocol.project else "",
        state=state,
        tone=tone,
    )


def state_of(protocol: Protocol) -> tuple[str, str]:
    """State in a word, and its tone; `is_unread` is annotated by `with_marks_for`."""
    if not protocol.is_published:
        return _("Draft"), "mute"
    return (_("New"), "info") if protocol.is_unread else (_("Published"), "ok")


def duration_of(protocol: Protocol) -> str:
    """ "55 min", from an hour on "1:10 h"; "" when nobody noted it."""
    minutes = protocol.duration_minutes
    if not minutes:
        return ""
    return format_hours(minutes) if minutes >= 60 else _("%(number)d min") % {"number": minutes}


def lede_of(protocol: Protocol) -> str:
    """When, how long, where: the line below the title."""
    return ", ".join(filter(None, [format_datetime(protocol.held_at), duration_of(protocol), protocol.place]))


def name_of(member: Member | None) -> str:
    """The person's name; whoever is gone for good stays somebody."""
    return str(member) if member else _("Somebody who has left")


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
    """One comment of the thread."""

    pk: int
    author: str
    house: str
    at: str
    iso: str
    html: str
    files: list[Document]


def posts_of(comments: Iterable[Comment], files: list[ProtocolFile], client: Client, protocol: Protocol) -> list[Post]:
    """The thread; files are those of the whole protocol."""
    return [_post(c, [f for f in files if f.comment_id == c.pk], client, protocol) for c in comments]


def _post(said: Comment, files: list[ProtocolFile], client: Client, protocol: Protocol) -> Post:
    return Post(
        pk=said.pk,
        author=name_of(said.author),
        house=house_of(said.author, client),
        at=format_datetime(said.created_at),
        iso=said.created_at.isoformat(),
        html=render(said.text),
        files=documents_of(files, client, protocol.number),
    )


def house_of(member: Member | None, client: Client) -> str:
    """The company somebody speaks for."""
    if member is None:
        return ""
    if member.is_vendor:
        return member.vendor.name
    return client.name if member.is_contact else client.agency.name


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
