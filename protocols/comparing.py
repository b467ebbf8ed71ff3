"""What was typed against what somebody else saved meanwhile, place by place, so that the next save overwrites nothing unseen."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.core.differences import difference
from portal.core.formats import format_datetime
from protocols.actions import Point
from protocols.forms import ProtocolForm
from protocols.models import AgendaItem
from protocols.presenting import KINDS, length_of

KEPT_ANYWAY = ("uploads", "version")
"""Documents are only ever added."""
PEOPLE = ("present", "absent", "uninvited")
SAID: dict[str, Callable[[Any], str]] = {
    "kind": lambda code: str(KINDS[code]),
    "held_at": format_datetime,
    "duration_minutes": length_of,
}

Place = tuple[str, str, str]
"""Its name, what was saved, what was typed."""


def compared(form: ProtocolForm, points: list[Point], saved: ProtocolForm) -> list[tuple[str, SafeString]]:
    """Only the places that differ. form, points: as they were sent; saved: the form as it would come now."""
    places = [*_fields(form, saved), *_agenda(list(saved.instance.items.all()), points)]
    plain = [(title, _plain(old), _plain(new)) for title, old, new in places]
    return [(title, difference(old, new)) for title, old, new in plain if old != new]


def _fields(form: ProtocolForm, saved: ProtocolForm) -> Iterator[Place]:
    for name in form.fields:
        if name not in KEPT_ANYWAY:
            own = name in form.Meta.fields
            old = getattr(saved.instance, name) if own else saved.initial.get(name)
            yield str(form[name].label), _words(saved, name, old), _words(form, name, form.cleaned_data[name])


def _words(form: ProtocolForm, name: str, value: Any) -> str:
    if name in PEOPLE:
        chosen = {str(getattr(person, "pk", person)) for person in value}
        return ", ".join(label for pk, label in form.fields[name].choices if pk in chosen)  # type: ignore[attr-defined]
    return SAID.get(name, str)(value) if value else ""


def _agenda(items: list[AgendaItem], points: list[Point]) -> Iterator[Place]:
    """Item by item, whatever it is called now; and their order."""
    left, typed = {item.pk: item for item in items}, [point.pk for point in points]
    stay = [item.pk for item in items if item.pk in typed]
    if stay != [pk for pk in typed if pk in left]:
        yield _("Agenda"), "\n".join(item.title for item in items), "\n".join(point.title for point in points)
    for point in points:
        was = left.pop(point.pk or 0, None)
        yield point.title, _text(was) if was else "", _text(point)
    for item in left.values():
        yield item.title, _text(item), ""


def _text(item: AgendaItem | Point) -> str:
    return f"{item.title}\n{item.notes}"


def _plain(text: str) -> str:
    """Browsers end lines in another way than mails and imports do."""
    return "\n".join(text.strip().splitlines())
