"""Five protocols with documents and comments, held in the last weeks, so that the timeline has rows of both sides."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from portal.demo import documents
from portal.demo.past import set_back, set_back_event
from portal.demo.places import TEXTS, Place
from portal.tenancy.models import Member
from protocols import actions
from protocols.models import Protocol

Files = tuple[UploadedFile, ...]
PUBLISHED_AFTER = timedelta(hours=2)


@dataclass(frozen=True)
class Minutes:
    """A protocol: who wrote it how many days ago, and the comments (hours after publishing, who, what, files).

    In its text a line that begins with "# " opens an agenda item. done: the people who have done what they had to.
    """

    client: str
    project: str
    author: str
    days_ago: int
    kind: str
    title: str
    text: str
    duration: int
    place: str
    files: Callable[[], Files]
    comments: tuple[tuple[int, str, str], ...] = ()
    added: tuple[int, str, Callable[[], Files]] | None = None
    present: tuple[str, ...] = ()
    accepted_by: str = ""
    done: tuple[str, ...] = ()


def _nothing() -> Files:
    return ()


def _of_jour_fixe() -> Files:
    lines = [
        "Sessions from search: 48,210 (+12.4 %)",
        "Orders from search: 1,184 (+6.1 %)",
        "Cost per order: 18.40 EUR",
    ]
    plan: documents.Rows = [
        ["Channel", "From", "To", "Budget in EUR"],
        ["Search", "23 Nov", "30 Nov", 2400],
        ["Social", "25 Nov", "29 Nov", 1600],
    ]
    return (
        documents.pdf("Results last month.pdf", "Results of last month", lines),
        documents.xlsx("Media plan Black Friday.xlsx", plan),
        documents.png("Oak series design v3.png", "Oak series, design v3"),
    )


def _photos() -> Files:
    return tuple(documents.png(f"Skagen {n}.png", f"Skagen, Massivholz-Eiche, {n}", "#9a7449") for n in (1, 2))


def _terms() -> Files:
    lines = ["Sylt, Föhr, Amrum: 14,90 EUR je Paket", "Über 31,5 kg: Spedition"]
    return (documents.pdf("Lieferbedingungen Inseln.pdf", "Lieferbedingungen für die Inseln", lines),)


def _cars() -> Files:
    rows: documents.Rows = [["Fahrzeug", "Preis in EUR"], ["Kombi, 2021", 18900], ["Kleinwagen, 2019", 9450]]
    return (documents.xlsx("Gebrauchtwagen ohne Fotos.xlsx", rows),)


MINUTES = (
    Minutes(
        "hanse-moebelwerk", "online-shop", "Mira Lindqvist", 26, "jour_fixe", "Jour fixe: results, oak series, islands",
        "jour_fixe.md", 55, "Video call", _of_jour_fixe,
        ((5, "Katrin Vogel", "Item 4: we said all 210 products until Christmas. Could you add that?"),
         (6, "Mira Lindqvist", "You are right, I have added it. Thank you for reading so carefully.")),
        (30, "Lena Hofmann", _photos),
        ("Jonas Reuter", "Katrin Vogel", "Thomas Brandt", "Lena Hofmann"), "Thomas Brandt", ("Jonas Reuter",),
    ),
    Minutes(
        "hanse-moebelwerk", "", "Katrin Vogel", 19, "meeting", "Showroom: what customers ask",
        "showroom.md", 90, "Lübeck, showroom", _nothing,
        ((20, "Jonas Reuter", "The photographer is free on Thursday. Shall we take the darker oak first?"),),
    ),
    Minutes(
        "autohaus-petersen", "winteraktion", "Malte Jansen", 16, "jour_fixe", "Jour fixe: Winteraktion und Gebrauchtwagen",
        "winteraktion.md", 40, "Husum, Autohaus", _cars,
        ((4, "Silke Petersen", "Zwei der Fahrzeuge sind seit gestern verkauft, es sind also nur noch zwölf."),),
        None, ("Silke Petersen", "Uwe Petersen"), "Uwe Petersen", ("Malte Jansen",),
    ),
    Minutes(
        "hanse-moebelwerk", "online-shop", "Jonas Reuter", 13, "call", "Call: shipping costs for islands",
        "islands_call.md", 20, "Telephone", _terms,
        ((3, "Lena Hofmann", "The terms are attached now. Please note the limit of 31.5 kg – größere Möbel gehen per Spedition."),),
    ),
    Minutes(
        "fjordlys-smykker", "spring-catalogue", "Ingrid Solberg", 3, "meeting", "Spring catalogue, kick-off",
        "vaarkatalog.md", 75, "Bergen and video call", _nothing,
        ((2, "Marte Haugen", "Søsteren min foreslår «Bris» og «Skjær». What do you think?"),
         (5, "Eirik Dahl", "We can start with the cut-outs on Monday.")),
    ),
)  # fmt: skip


def write_all(place: Place) -> None:
    """Those of this agency's clients."""
    for minutes in MINUTES:
        if minutes.client in place.clients:
            _write(place, minutes)


def _write(place: Place, minutes: Minutes) -> None:
    client, author = place.clients[minutes.client], place.members[minutes.author]
    held_at = (timezone.now() - timedelta(days=minutes.days_ago)).replace(hour=9, minute=0, second=0, microsecond=0)
    text, points = _parts((TEXTS / minutes.text).read_text())
    present = [author, *(place.members[name] for name in minutes.present)]
    protocol = actions.write(
        client,
        by=author,
        publish=True,
        contents=actions.Contents(points=points, present=present),
        uploads=minutes.files(),
        project=place.project(minutes.client, minutes.project) if minutes.project else None,
        kind=minutes.kind,
        title=minutes.title,
        held_at=held_at,
        duration_minutes=minutes.duration,
        place=minutes.place,
        key_points=text,
    )
    published_at = held_at + PUBLISHED_AFTER
    set_back_event(protocol, "protocol.published", published_at)
    set_back(protocol, published_at, "created_at", "edited_at", "published_at")
    for attached in protocol.files.select_related("file"):
        set_back(attached, published_at, "created_at")
        set_back(attached.file, published_at, "created_at")
    for hours, name, text in minutes.comments:
        _comment(protocol, place.members[name], text, published_at + timedelta(hours=hours))
    if minutes.added:
        hours, name, files = minutes.added
        actions.attach(protocol, by=place.members[name], uploads=files())
        set_back_event(protocol, "protocol.extended", published_at + timedelta(hours=hours))
    _agree(protocol, place, minutes, published_at)


def _parts(text: str) -> tuple[str, list[actions.Point]]:
    """What stands before the first agenda item, and the items."""
    intro, *items = re.split(r"^# ", text, flags=re.MULTILINE)
    titled = [item.partition("\n") for item in items]
    return intro.strip(), [actions.Point(title.strip(), notes.strip()) for title, _newline, notes in titled]


def _agree(protocol: Protocol, place: Place, minutes: Minutes, published_at: datetime) -> None:
    """What came of it: who has done what was his, and whether it counts as agreed."""
    for item in protocol.action_items.select_related("assignee__user"):
        set_back(item, published_at, "created_at")
        set_back_event(item, "action.assigned", published_at)
        if str(item.assignee) in minutes.done:
            actions.do(item, by=place.members[str(item.assignee)])
            set_back_event(item, "action.done", published_at + timedelta(days=2))
            set_back(item, published_at + timedelta(days=2), "done_at")
    set_back(protocol, published_at + timedelta(days=7), "correct_until")
    if minutes.accepted_by:
        actions.accept(protocol, by=place.members[minutes.accepted_by])
        set_back(protocol, published_at + timedelta(days=3), "accepted_at")
        set_back_event(protocol, "protocol.accepted", published_at + timedelta(days=3))


def _comment(protocol: Protocol, author: Member, text: str, at: datetime) -> None:
    said = actions.comment(protocol, by=author, text=text)
    set_back(said, at, "created_at")
    set_back_event(protocol, "protocol.commented", at, payload__comment=said.pk)
