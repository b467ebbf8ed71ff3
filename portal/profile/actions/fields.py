"""One field changes: the row, its history, and what is told of it. Called inside the transactions of other actions."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max
from django.utils import timezone

from portal.events.record import record
from portal.profile.actions.withdrawing import withdraw
from portal.profile.models import Change, Field, Section, Verb
from portal.tenancy.models import Member

MOST_SAID = 200
"""Letters of the names of fields in one title."""


def grant(section: Section, wish: Any, field: Field | None, *, by: Member) -> Change | None:
    """Make the field as it is wished; None when it is so already."""
    if wish.is_gone:
        return _removed(field, by=by) if field else None
    if field is None:
        return add(section, by=by, label=wish.label, text=wish.text, is_internal=wish.is_internal)
    return rewrite(field, by=by, label=wish.label, text=wish.text, is_internal=wish.is_internal)


def rewrite(
    field: Field, *, by: Member, label: str, text: str, is_internal: bool, proposed_by: Member | None = None
) -> Change | None:
    """New words, or shared instead of internal."""
    if (field.label, field.text, field.is_internal) == (label, text, is_internal):
        return None
    verb = _verb(field.is_internal, is_internal)
    if verb == Verb.HIDDEN:
        # What was shared before goes out of sight with the field.
        withdraw(field)
        Change.objects.filter(field=field).update(is_internal=True)
    was = {"old_label": field.label if field.label != label else "", "old": "" if verb == Verb.SHARED else field.text}
    field.label, field.text, field.is_internal = label, text, is_internal
    field.edited_at, field.edited_by = timezone.now(), by
    field.save(update_fields=["label", "text", "is_internal", "edited_at", "edited_by"])
    if verb == Verb.SHARED:
        was["old_label"] = ""  # it was internal under that name
    return _noted(field, verb, by=by, new=text, is_internal=is_internal, proposed_by=proposed_by, **was)


def announce(section: Section, changes: Sequence[Change], *, by: Member) -> None:
    """One event for what is shared, one for what is internal; the section counts as changed by shared ones."""
    shared = [change for change in changes if not change.is_internal]
    internal = [change for change in changes if change.is_internal]
    if shared:
        touch(section)
        record("profile.changed", section, by=by, **_words(section, shared))
    if internal:
        record("profile.noted", section, by=by, **_words(section, internal))


def touch(section: Section) -> None:
    """Something shared has changed: what was confirmed is older now."""
    section.changed_at = timezone.now()
    section.save(update_fields=["changed_at"])


def _verb(was_internal: bool, is_internal: bool) -> Verb:
    if was_internal == is_internal:
        return Verb.CHANGED
    return Verb.HIDDEN if is_internal else Verb.SHARED


def add(
    section: Section, *, by: Member, label: str, text: str, is_internal: bool, proposed_by: Member | None = None
) -> Change:
    """A new one at the end of the section."""
    last = section.fields.aggregate(last=Max("position"))["last"]
    field = Field.objects.create(
        agency_id=section.agency_id,
        client_id=section.client_id,
        section=section,
        label=label,
        text=text,
        is_internal=is_internal,
        position=0 if last is None else last + 1,
        edited_by=by,
    )
    return _noted(field, Verb.ADDED, by=by, new=text, is_internal=is_internal, proposed_by=proposed_by)


def _removed(field: Field, *, by: Member) -> Change:
    change = _noted(field, Verb.REMOVED, by=by, old=field.text, is_internal=field.is_internal)
    if not field.is_internal:
        # What contacts wished for it is still to be decided, and to be read: as something that stands nowhere.
        field.proposals.update(field=None, label=field.label)
    field.delete()
    change.field_id = None
    return change


def _noted(field: Field, verb: Verb, *, by: Member, is_internal: bool, **words: Any) -> Change:
    return Change.objects.create(
        agency_id=field.agency_id,
        client_id=field.client_id,
        section_id=field.section_id,
        field=field,
        verb=verb,
        label=field.label,
        is_internal=is_internal,
        by=by,
        **words,
    )


def _words(section: Section, changes: Sequence[Change]) -> dict[str, Any]:
    return {"section": section.title, "section_id": section.pk, "fields": _whole([change.label for change in changes])}


def _whole(labels: Sequence[str]) -> str:
    """Those that fit into a title; none of them cut, for what is withdrawn is looked for by its whole name."""
    said = labels[0]
    for label in labels[1:]:
        if len(said) + len(label) > MOST_SAID:
            return f"{said}, …"
        said = f"{said}, {label}"
    return said
