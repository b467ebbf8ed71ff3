"""What the people of the demo world worked: some fifteen weeks, written at once, most of it with results; today's timer runs."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from django.utils import timezone

from portal.core.zones import zone
from portal.demo import reading
from portal.demo.places import TEXTS, Place
from portal.tenancy.models import Client, Member, Project
from worklog.actions import correcting, kinds, looking, timers
from worklog.models import (
    Charge,
    Explanation,
    ExplanationPost,
    MonthClosing,
    Source,
    WorkBudget,
    WorkEntry,
    WorkKind,
    WorkNote,
    WorkResult,
)

WEEKS = 15
SLOW = {"en": "Took longer than planned.", "de": "Hat länger gedauert als geplant."}
STORY: dict[str, Any] = json.loads((TEXTS / "work.json").read_text())
NORDLICHT_DOES = {
    "Mira Lindqvist": ("Content creation", "Coordination"),
    "Aleksei Sorokin": ("Technical SEO", "Link building"),
    "Ingrid Solberg": ("Paid media", "Consulting"),
    "Jonas Reuter": ("Consulting", "Coordination"),
    "Bence Kovács": ("Development", "Development"),
    "Solveig Omdal": ("Design", "Consulting"),
}
LINDENHOF_DOES = {
    "Malte Jansen": ("Beratung", "Abstimmung"),
    "Carla Behrens": ("Inhalte", "Anzeigen"),
    "Aleksei Sorokin": ("Technik", "Technik"),
}
DOES = {"nordlicht": NORDLICHT_DOES, "lindenhof": LINDENHOF_DOES}
ONLY_AT = {"Bence Kovács": "hanse-moebelwerk"}
MORE_KINDS = {"lindenhof": ("Inhalte", "Technik", "Anzeigen", "Beratung", "Abstimmung")}
WITHOUT_RESULTS = {"Coordination", "Abstimmung"}
"""Kinds of work of which nothing comes that could be opened."""
AGREED = {"hanse-moebelwerk": 0.11}
"""How much of a client's work is in the retainer."""
AGREED_HOURS = 560
"""A month, for Hanse: nearly all that is done there."""
BEGINNING, MINUTE = time(8, 30), timedelta(minutes=1)


def log_all(place: Place) -> None:
    """Call with the agency's sight. The same at every load, but for the day on which it is."""
    story = _Story(place)
    rows = WorkEntry.objects.bulk_create(story.entries(), batch_size=500)
    WorkResult.objects.bulk_create(story.results(rows), batch_size=500)
    WorkNote.objects.bulk_create(
        WorkNote(agency=place.agency, entry=row, text=SLOW[place.agency.language], written_by=row.member)
        for row in rows[::97]
    )
    if place.agency.slug == "nordlicht":
        _agreements(place)
        _talk_about(place, rows)
        _now(place)


class _Story:
    """Entries and results of one agency."""

    def __init__(self, place: Place):
        self.place, self.random = place, Random(place.agency.slug)  # noqa: S311, a story, not a secret
        self.zone = zone(place.agency.time_zone)
        self.languages = {client.pk: reading.language_of(slug) for slug, client in place.clients.items()}
        kinds.begin(place.agency)
        for name in MORE_KINDS.get(place.agency.slug, ()):
            WorkKind.objects.get_or_create(agency=place.agency, name=name)
        self.kinds = {kind.name: kind for kind in WorkKind.objects.filter(agency=place.agency)}
        self.projects = {
            slug: list(Project.objects.filter(client=client).order_by("pk")) for slug, client in place.clients.items()
        }

    def entries(self) -> Iterator[WorkEntry]:
        today = timezone.localdate(timezone=self.zone)
        for back in range(WEEKS * 7, -1, -1):
            day = today - timedelta(days=back)
            if day.weekday() < 5:
                for name, does in DOES[self.place.agency.slug].items():
                    yield from self._day(self.place.members[name], does, day)
        yield from self._provider(today)

    def _day(self, member: Member, does: tuple[str, str], day: date) -> Iterator[WorkEntry]:
        at = datetime.combine(day, BEGINNING, self.zone) + self.random.randrange(0, 40) * MINUTE
        for _number in range(self.random.choice((3, 4, 4, 5))):
            minutes = self.random.randrange(25, 165)
            kind = does[self.random.random() < 0.3]
            row = self._entry(member, kind, at, minutes)
            if row.ended_at and row.ended_at > timezone.now():
                return
            yield row
            at += (minutes + self.random.randrange(0, 35)) * MINUTE

    def _entry(self, member: Member, kind: str, at: datetime, minutes: int) -> WorkEntry:
        slug = ONLY_AT.get(str(member)) or self.random.choice(self._slugs())
        client = self.place.clients[slug]
        words = {"thing": self.random.choice(STORY["things"][slug]), "n": self.random.randrange(3, 25)}
        is_free, is_agreed = self.random.random() < 0.05, self.random.random() < AGREED.get(slug, 0)
        charge = Charge.GOODWILL if is_free else Charge.RETAINER if is_agreed else Charge.BILLABLE
        return WorkEntry(
            agency=self.place.agency,
            client=client,
            project=self.random.choice([None, *self.projects[slug]]),
            member=member,
            kind=self.kinds[kind],
            text=self.random.choice(STORY[self.languages[client.pk]][kind]).format(**words),
            charge=charge,
            source=self.random.choice((Source.TIMER, Source.TIMER, Source.HAND, Source.WEEK)),
            **_span(member, at, minutes),
        )

    def _slugs(self) -> list[str]:
        """The first client has most of the work."""
        slugs = list(self.place.clients)
        return [slugs[0], slugs[0], *slugs]

    def _provider(self, today: date) -> Iterator[WorkEntry]:
        """The photographer whom Hanse engaged itself logs his days too."""
        member = self.place.members.get("Timo Lindner")
        if member is None:
            return
        project = self.place.project("hanse-moebelwerk", "oak-series")
        for back in range(7, WEEKS * 7, 9):
            at = datetime.combine(today - timedelta(days=back), time(10), self.zone)
            yield WorkEntry(
                agency=self.place.agency,
                client=self.place.clients["hanse-moebelwerk"],
                project=project,
                member=member,
                vendor=member.vendor,
                kind=self.kinds["Design"],
                text=f"Fotos der Eichenserie, Tag {back // 9 + 1}",
                source=Source.HAND,
                **_span(member, at, 240),
            )

    def results(self, rows: list[WorkEntry]) -> Iterator[WorkResult]:
        """A link, of every fifth entry a text instead, in the language of the client; of some both."""
        for number, row in enumerate(row for row in rows if row.kind.name not in WITHOUT_RESULTS):
            if number % 5:
                yield self._link(row, number)
            if number % 5 == 0 or number % 29 == 0:
                note = STORY["notes"][self.languages[row.client_id]]
                yield self._result(row, text=note.format(text=row.text, minutes=row.minutes))

    def _link(self, row: WorkEntry, number: int) -> WorkResult:
        which = self.random.randrange(len(STORY["links"]))
        title = STORY["titles"][self.languages[row.client_id]][which]
        return self._result(row, title=title, link=f"{STORY['links'][which]}{number}")

    def _result(self, row: WorkEntry, *, title: str = "", link: str = "", text: str = "") -> WorkResult:
        about = {"agency_id": row.agency_id, "entry": row, "added_by": row.member, "added_at": row.ended_at}
        digest = sha256((link or text).encode()).hexdigest()
        return WorkResult(**about, title=title, link=link, text=text, sha256=digest)


def _span(member: Member, at: datetime, minutes: int) -> dict[str, Any]:
    end = at + minutes * MINUTE
    times = {"started_at": at, "ended_at": end, "logged_at": end, "visible_from": end}
    return {"spent_on": at.date(), "minutes": minutes, "logged_by": member, **times}


def _agreements(place: Place) -> None:
    """Agreed hours of Hanse; the months before the last one are closed."""
    first = timezone.localdate().replace(day=1)
    hanse, by = place.clients["hanse-moebelwerk"], place.members["Jonas Reuter"]
    begin = (first - timedelta(days=120)).replace(day=1)
    WorkBudget.objects.create(agency=place.agency, client=hanse, month=begin, minutes=AGREED_HOURS * 60, set_by=by)
    before = (first - timedelta(days=1)).replace(day=1)
    closed = (before - timedelta(days=1)).replace(day=1)
    for client in place.clients.values():
        MonthClosing.objects.create(agency=place.agency, client=client, month=closed, closed_by=by)


def _talk_about(place: Place, rows: list[WorkEntry]) -> None:
    """Katrin has looked; two entries were corrected since; she asks about a third."""
    hanse, katrin = place.clients["hanse-moebelwerk"], place.members["Katrin Vogel"]
    looking.look(katrin, hanse)
    mine = [row for row in rows if row.client_id == hanse.pk and row.member == place.members["Mira Lindqvist"]]
    for row in mine[-7:-5]:
        correcting.correct(
            row, by=_manager(hanse), minutes=max(5, row.minutes - 15), reason="Eine Pause war mitgezählt"
        )
    asked = Explanation.objects.create(agency=place.agency, entry=mine[-4], asked_by=katrin)
    text = "Die Gliederung hat schon einige Stunden gekostet. Was ist hier noch dazugekommen?"
    ExplanationPost.objects.create(agency=place.agency, explanation=asked, text=text, posted_by=katrin)


def _manager(client: Client) -> Member:
    return Member.objects.complete().get(pk=client.manager_id)


def _now(place: Place) -> None:
    """Mira's timer runs."""
    mira, hanse = place.members["Mira Lindqvist"], place.clients["hanse-moebelwerk"]
    text = "Ratgeber „Massivholztisch wählen“, zweiter Entwurf"
    timer = timers.start(by=mira, client=hanse, kind="Content creation", text=text)
    timer.started_at -= timedelta(hours=1, minutes=24)
    timer.save(update_fields=["started_at"])
