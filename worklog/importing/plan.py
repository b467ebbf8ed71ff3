"""What an import would do, row by row: new, here already, or wrong and why."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.tenancy.models import Client, Member, Project
from worklog.actions.kinds import kind_names
from worklog.choosing import Place, places_of
from worklog.days import Stretch
from worklog.importing import cells, reading
from worklog.importing.people import People, names_somebody
from worklog.importing.times import stretches_of
from worklog.importing.vendors import Vendor
from worklog.models import MonthClosing, WorkEntry, can_be_managed_by

NEW, HERE, WRONG = "new", "here", "wrong"
MOST_TEXT = 500


@dataclass(frozen=True)
class Wishes:
    """kind: for rows that name none of ours. order: how days are written, "" to find out. free: rows that are not billable cost nothing."""

    kind: str
    order: str = ""
    free: bool = False


@dataclass
class Draft:
    """What a right row becomes: an entry for each stretch. charge "": as agreed."""

    client: Client
    project: Project | None
    member: Member
    kind: str
    text: str
    work: list[Stretch]
    charge: str
    key: str


@dataclass
class Line:
    """One row of the file and what becomes of it."""

    number: int
    cells: dict[str, str]
    state: str = WRONG
    errors: list[str] = field(default_factory=list)
    draft: Draft | None = None


@dataclass
class Plan:
    """All rows, in the order of the file."""

    vendor: Vendor
    lines: list[Line]

    def count(self, state: str) -> int:
        return sum(line.state == state for line in self.lines)

    @property
    def drafts(self) -> list[Draft]:
        return [line.draft for line in self.lines if line.state == NEW and line.draft]


def make(text: str, wishes: Wishes, *, by: Member) -> Plan:
    """What importing this text would do. Raises ValidationError when it cannot be read at all."""
    table = reading.read(text)
    order = wishes.order or cells.order_of([row.get("day", "") for _number, row in table.rows])
    if not order:
        raise ValidationError(_("Days such as 03/04/2026 could be read in two ways. Choose how they are written."))
    judge, lines = _Judge(by, table.vendor, wishes, order), []
    for number, row in table.rows:
        line = Line(number, row)
        line.draft, line.errors = judge.judge(row)
        line.state = WRONG if line.errors else NEW
        lines.append(line)
    _mark_known(lines, by)
    return Plan(table.vendor, lines)


def _mark_known(lines: list[Line], by: Member) -> None:
    """Rows that name nobody are of whoever brings them: the same one of a colleague is another one."""
    drafts = [(line, line.draft) for line in lines if line.draft]
    keys = [key for _line, draft in drafts for key in (draft.key, _own_key(draft))]
    rows = WorkEntry.objects.filter(agency_id=by.agency_id, import_key__in=keys)
    known = dict(rows.values_list("import_key", "member_id"))
    for line, draft in drafts:
        if not names_somebody(line.cells) and known.get(draft.key, by.pk) != by.pk:
            draft.key = _own_key(draft)
        if draft.key in known:
            line.state = HERE


def _own_key(draft: Draft) -> str:
    return f"{draft.key}/{draft.member.pk}"


class _Judge:
    """What the agency has, read once for a whole file."""

    def __init__(self, by: Member, vendor: Vendor, wishes: Wishes, order: str):
        self.by, self.vendor, self.wishes, self.order = by, vendor, wishes, order
        self.places, self.people = places_of(by), People(by)
        self.kinds = {name.casefold(): name for name in kind_names(by.agency)}
        closings = MonthClosing.objects.visible_to(by).values_list("client_id", "month")
        self.closed, self.seen = set(closings), Counter[str]()

    def judge(self, row: dict[str, str]) -> tuple[Draft | None, list[str]]:
        """The draft, or what is wrong with the row."""
        errors: list[str] = []
        place = self._place(row, errors)
        member = self.people.of(row, errors)
        day = cells.day_of(row.get("day", ""), self.order)
        if day is None:
            errors.append(_("The day “%(day)s” is none.") % {"day": row.get("day", "")})
        work = stretches_of(row, day, member, errors) if day and member else []
        if place and self._is_closed(place, work):
            errors.append(_("The month is closed for %(client)s.") % {"client": place.client})
        if errors or not place or not member:
            return None, errors
        kind, words = self._kind(row), row.get("text") or row.get("kind") or row.get("project") or ""
        text = words[:MOST_TEXT] or kind
        return Draft(place.client, place.project, member, kind, text, work, self._charge(row), self._key(row)), []

    def _place(self, row: dict[str, str], errors: list[str]) -> Place | None:
        """The client by name or external id, the project by name; a project whose name only one client has is enough."""
        client, project = row.get("client", "").casefold(), row.get("project", "").casefold()
        mine = [place for place in self.places if not client or client in _names(place.client)]
        if not client and not project:
            errors.append(_("It names no client."))
        elif client and not mine:
            errors.append(_("No client of yours is called %(name)s.") % {"name": row["client"]})
        elif project:
            mine = [place for place in mine if place.project and project in _names(place.project)]
            if not mine:
                errors.append(_("No project is called %(name)s.") % {"name": row["project"]})
        else:
            mine = [place for place in mine if place.project is None]
        if not errors and len(mine) != 1:
            errors.append(_("%(name)s could be several.") % {"name": row.get("project") or row.get("client")})
        return None if errors else mine[0]

    def _kind(self, row: dict[str, str]) -> str:
        """By the activity or task, else by a tag, else the one that was chosen."""
        words = [row.get("kind", ""), *row.get("tags", "").split(",")]
        found = (self.kinds[word.strip().casefold()] for word in words if word.strip().casefold() in self.kinds)
        return next(found, self.wishes.kind)

    def _charge(self, row: dict[str, str]) -> str:
        return "goodwill" if self.wishes.free and cells.is_yes(row.get("billable", "")) is False else ""

    def _is_closed(self, place: Place, work: list[Stretch]) -> bool:
        months: set[tuple[int, date]] = {(place.client.pk, stretch.day.replace(day=1)) for stretch in work}
        return bool(months & self.closed) and not can_be_managed_by(self.by, place.client)

    def _key(self, row: dict[str, str]) -> str:
        """The same row of the same program has the same key, in whatever file it stands; twins in a file are told apart."""
        facts = "\x1f".join(f"{name}={row[name]}" for name in sorted(row) if name not in ("tags", "billable"))
        self.seen[facts] += 1
        found = sha256(f"{facts}\x1f{self.seen[facts]}".encode()).hexdigest()[:40]
        return f"{self.vendor.code}:{found}"


def _names(thing: Client | Project) -> set[str]:
    return {thing.name.casefold(), thing.external_id.casefold()} - {""}
