"""What the agency posted on the timelines in half a year: thousands, written at once, each different. Texts: texts/activities.

A file begins with its lists, "{name} a | b | c". Then groups, "== kind | how often | who | projects", and in each: "- " titles,
"> " sentences, of which one or two make the text, and "~ " a link. "{3-9}" is a number between these.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from portal.demo import reading
from portal.demo.past import event_of, ids_for, working_day
from portal.demo.places import Place
from portal.events.models import Event
from portal.tenancy.models import Client
from timeline.actions import kinds
from timeline.events import POSTED
from timeline.models import Activity, ActivityKind

KINDS = ("backlink", "content", "technical", "campaign", "analysis", "design", "other")
"""In the order of the usual kinds of activities."""
HOW_MANY = {
    "hanse-moebelwerk": 1900,
    "fjordlys-smykker": 1250,
    "kanzlei-brandes": 800,
    "autohaus-petersen": 90,
    "hotel-strandlaeufer": 40,
}
WORKING_DAYS = 130
SLOT = re.compile(r"\{([^}]+)\}")
NUMBERS = re.compile(r"(\d+)-(\d+)")


@dataclass
class Group:
    """One kind of work: who does it in which projects, and how it is told."""

    kind: str
    weight: int
    people: list[str]
    projects: list[str]
    titles: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """One activity in words."""

    kind: str
    by: str
    project: str
    title: str
    text: str
    link: str
    at: datetime


def post_all(place: Place) -> None:
    """Those of this agency's clients; call with the agency's sight."""
    kinds.begin(place.agency)
    for client in place.clients.values():
        _post(place, client, sorted(works(client.slug), key=lambda work: work.at))


def works(slug: str) -> Iterator[Work]:
    """The same ones each time, no title twice; only their days follow the calendar."""
    chance = random.Random(slug)  # noqa: S311
    lists, groups = _read(slug)
    weights, seen = [group.weight for group in groups], set[str]()
    while len(seen) < HOW_MANY[slug]:
        [group] = chance.choices(groups, weights)
        title = _filled(chance.choice(group.titles), lists, chance)
        if title not in seen:
            seen.add(title)
            sentences = chance.sample(group.sentences, chance.randint(1, 2))
            text = " ".join(_filled(sentence, lists, chance) for sentence in sentences)
            link = _filled(chance.choice(group.links), lists, chance) if group.links and chance.random() < 0.7 else ""
            at = working_day(chance.randint(1, WORKING_DAYS), hours=chance.uniform(8, 17.5))
            yield Work(group.kind, chance.choice(group.people), chance.choice(group.projects), title, text, link, at)


def _filled(text: str, lists: dict[str, list[str]], chance: random.Random) -> str:
    def value(slot: re.Match[str]) -> str:
        numbers = NUMBERS.fullmatch(slot[1])
        return str(chance.randint(*map(int, numbers.groups()))) if numbers else chance.choice(lists[slot[1]])

    return SLOT.sub(value, text)


def _read(slug: str) -> tuple[dict[str, list[str]], list[Group]]:
    lists: dict[str, list[str]] = {}
    groups: list[Group] = []
    for line in filter(None, reading.path_of("activities", slug).read_text().splitlines()):
        mark, _space, rest = line.partition(" ")
        if mark == "==":
            kind, weight, people, projects = rest.split(" | ")
            groups.append(Group(kind, int(weight), people.split(", "), projects.split(", ")))
        elif mark in ("-", ">", "~"):
            group = groups[-1]
            {"-": group.titles, ">": group.sentences, "~": group.links}[mark].append(rest)
        else:
            lists[mark.strip("{}")] = rest.split(" | ")
    return lists, groups


def _post(place: Place, client: Client, done: list[Work]) -> None:
    """Activities and their events as the action writes them, told to everybody in their time."""
    named = dict(zip(KINDS, ActivityKind.objects.order_by("position"), strict=True))
    projects = {project.slug: project for project in client.projects.all()}
    delay, now = timedelta(days=client.delay_days), timezone.now()
    rows = [
        Activity(
            pk=pk,
            agency_id=client.agency_id,
            client=client,
            project=projects[work.project],
            kind=named[work.kind],
            title=work.title,
            text=work.text,
            link=work.link,
            posted_by=place.members[work.by],
            posted_at=work.at,
            announced_at=work.at + delay if work.at + delay <= now else None,
        )
        for pk, work in zip(ids_for(Activity, len(done)), done, strict=True)
    ]
    for row, event in zip(rows, Event.objects.bulk_create(map(_event_of, rows)), strict=True):
        row.event = event
    Activity.objects.bulk_create(rows)


def _event_of(row: Activity) -> Event:
    said = {"title": row.title, "activity": row.pk, "kind": row.kind.name}
    return event_of(row, POSTED, by=row.posted_by, at=row.posted_at, **said)
