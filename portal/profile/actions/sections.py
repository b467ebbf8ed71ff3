"""Sections and fields: making, changing, ordering, confirming. Each change leaves a row of history and an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from portal.core.context import tenant
from portal.events.record import record
from portal.profile.actions import fields
from portal.profile.models import Field, Section, can_be_edited_by, version_of
from portal.profile.presets import presets_for
from portal.profile.secrets import refuse_secrets
from portal.tenancy.models import Client, Member


@dataclass(frozen=True)
class Wish:
    """How a field shall be. pk: None for a new one; version: what was on the screen, "" for a new one."""

    pk: int | None
    label: str
    text: str
    is_internal: bool
    version: str
    is_gone: bool = False

    @property
    def is_touched(self) -> bool:
        """Whether anybody typed anything; what was left alone never stands in the way of others."""
        return self.is_gone or version_of(self.label, self.text, self.is_internal) != self.version


class Conflict(Exception):
    """Somebody saved in between. fields: pk -> what stands now, None if it was removed; title: the new one, or ""."""

    def __init__(self, fields: dict[int, Field | None], title: str):
        super().__init__()
        self.fields, self.title = fields, title


class Outdated(Exception):
    """The section was changed since it was on the screen."""


@transaction.atomic
def begin(client: Client, *, by: Member) -> None:
    """The usual sections with their usual fields, all internal. A second call changes nothing."""
    _guard(client, by)
    Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    if Section.objects.of(client).exists():
        return
    place = {"agency_id": client.agency_id, "client": client}
    presets = list(presets_for(client.agency))
    made = Section.objects.bulk_create(
        Section(code=code, title=title, position=number, **place)
        for number, (code, title, _labels) in enumerate(presets)
    )
    Field.objects.bulk_create(
        Field(section=section, label=label, position=number, edited_by=by, **place)
        for section, (_code, _title, labels) in zip(made, presets, strict=True)
        for number, label in enumerate(labels)
    )


@transaction.atomic
def add(client: Client, *, by: Member, title: str) -> Section:
    """A free section behind the others."""
    _guard(client, by)
    refuse_secrets("", title)
    Client.objects.select_for_update(no_key=True).get(pk=client.pk)
    last = Section.objects.of(client).aggregate(last=Max("position"))["last"]
    place = {"agency_id": client.agency_id, "client": client, "position": 0 if last is None else last + 1}
    return Section.objects.create(title=title, **place)


@transaction.atomic
def save(section: Section, *, by: Member, title: str, title_was: str, wishes: Sequence[Wish]) -> Section:
    """Title and fields as somebody left them; raises `Conflict` where others have saved since, and saves nothing then."""
    section = _locked(section)
    _guard(section.client, by)
    touched = [wish for wish in wishes if wish.is_touched]
    for wish in touched:
        refuse_secrets(wish.label, "" if wish.is_gone else wish.text)
    standing = {field.pk: field for field in section.fields.select_for_update()}
    _check(section, standing, title, title_was, touched)
    if title not in (section.title, title_was):
        refuse_secrets("", title)
        section.title = title
        section.save(update_fields=["title"])
    done = [fields.grant(section, wish, standing.get(wish.pk or 0), by=by) for wish in touched]
    fields.announce(section, [change for change in done if change], by=by)
    return section


@transaction.atomic
def remove(section: Section, *, by: Member) -> None:
    """Only an empty section goes; its fields go one by one, with their history."""
    section = _locked(section)
    _guard(section.client, by)
    if section.fields.exists():
        raise PermissionDenied
    section.delete()


@transaction.atomic
def move(row: Section | Field, *, by: Member, to: int) -> None:
    """To this place among its neighbours, counted from 0; too far is the end."""
    _guard(row.client, by)
    rows: list = _neighbours_of(row)
    rows.insert(max(0, min(to, len(rows) - 1)), rows.pop(rows.index(row)))
    for number, moved in enumerate(rows):
        moved.position = number
    type(row).objects.bulk_update(rows, ["position"])


@transaction.atomic
def confirm(section: Section, *, by: Member, seen: datetime | None) -> Section:
    """Somebody says that all of it is right, as it stood at `seen`; raises `Outdated` when it was changed since. What is settled
    needs no second yes.

    Written with the agency's sight, because nobody outside may write here by himself.
    """
    if not section.can_be_confirmed_by(by):
        raise PermissionDenied
    with tenant(section.agency_id):
        section = _locked(section)
        if section.changed_at != seen:
            raise Outdated
        if section.is_settled:
            return section
        section.confirmed_at, section.confirmed_by = timezone.now(), by
        section.save(update_fields=["confirmed_at", "confirmed_by"])
        is_shared = section.fields.shared().exists()
    record("profile.confirmed", section, by=by, internal=not is_shared, section=section.title, section_id=section.pk)
    return section


def _guard(client: Client, member: Member) -> None:
    if not can_be_edited_by(member, client):
        raise PermissionDenied


def _locked(section: Section) -> Section:
    rows = Section.objects.select_for_update(of=("self",)).select_related("client__agency")
    return rows.get(pk=section.pk)


def _neighbours_of(row: Section | Field) -> list:
    """All of them, the row too, in their order; locked until the end of the transaction."""
    if isinstance(row, Field):
        Section.objects.select_for_update().get(pk=row.section_id)
        return list(Field.objects.filter(section_id=row.section_id).in_order())
    Client.objects.select_for_update(no_key=True).get(pk=row.client_id)
    return list(Section.objects.of(row.client).in_order())


def _check(section: Section, standing: dict[int, Field], title: str, title_was: str, touched: Sequence[Wish]) -> None:
    """Where what stands now is neither what was on the screen nor what is wished."""
    clashes: dict[int, Field | None] = {}
    for wish in touched:
        now = standing.get(wish.pk or 0)
        if wish.pk and wish.version and (now is None or now.version != wish.version) and not _is_done(wish, now):
            clashes[wish.pk] = now
    new_title = "" if section.title in (title_was, title) or title == title_was else section.title
    if clashes or new_title:
        raise Conflict(clashes, new_title)


def _is_done(wish: Wish, now: Field | None) -> bool:
    if now is None:
        return wish.is_gone
    return not wish.is_gone and now.version == version_of(wish.label, wish.text, wish.is_internal)
