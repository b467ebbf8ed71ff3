"""Action items: they come out of the text of a published protocol, and are done."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time
from difflib import SequenceMatcher
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.core.zones import zone
from portal.events.record import record
from portal.tenancy.calendars import calendar_of
from portal.tenancy.models import Member
from protocols.models import ActionItem, Protocol
from protocols.reminding import AGAIN_AFTER_DAYS, MOST, morning_after
from protocols.shorthand import TASK, Line
from protocols.understanding import lines_of

ALIKE = 0.6
"""From this likeness on, a changed line is the same task in other words."""
COMPARED = 200
"""So many letters of two lines are compared; the cost grows with their product."""
MOST_TASKS = 100
"""Action items of one protocol; what is beyond stays in its text, but nobody is told of it."""


@transaction.atomic
def do(item: ActionItem, *, by: Member) -> ActionItem:
    """It is done. A second call changes nothing."""
    item = _locked(item, by)
    if item.is_done:
        return item
    item.done_at, item.done_by = timezone.now(), by
    item.save(update_fields=["done_at", "done_by"])
    record("action.done", item, by=by, **words_of_item(item))
    return item


@transaction.atomic
def undo(item: ActionItem, *, by: Member) -> ActionItem:
    """It was not done after all."""
    item = _locked(item, by)
    item.done_at = item.done_by = None
    item.save(update_fields=["done_at", "done_by"])
    return item


@transaction.atomic
def hand_over(item: ActionItem, *, to: Member) -> ActionItem:
    """Somebody else does it; the text goes on naming whoever has left."""
    item.assignee, item.reminded_at, item.reminders = to, None, 0
    item.save(update_fields=["assignee", "reminded_at", "reminders"])
    record("action.assigned", item, by=None, **words_of_item(item))
    return item


@transaction.atomic
def remind(item_id: int) -> bool:
    """Tell the person that it is due, and once more when it has been overdue for some business days. Safe to run again."""
    rows = ActionItem.objects.select_for_update(of=("self",)).select_related("client__agency", "protocol")
    item = rows.get(pk=item_id)
    if item.is_done or item.dropped_at or item.assignee_id is None or item.reminders >= MOST or not _is_time(item):
        return False
    item.reminded_at, item.reminders = timezone.now(), item.reminders + 1
    item.save(update_fields=["reminded_at", "reminders"])
    record("action.due", item, by=None, **words_of_item(item))
    return True


def _is_time(item: ActionItem) -> bool:
    """The first reminder waits for nothing; the second counts from the day on which it was due, or from a later first."""
    if item.reminded_at is None or item.due_on is None:
        return True
    calendar = calendar_of(item.client.agency)
    due_at = datetime.combine(item.due_on, time(12), zone(item.client.agency.time_zone))
    return timezone.now() >= morning_after(calendar, max(due_at, item.reminded_at), AGAIN_AFTER_DAYS)


def keep_action_items(protocol: Protocol, *, by: Member) -> None:
    """Make the rows follow the text: new lines are added, changed ones follow, lines that are gone are dropped.

    What is done stays done. Rows are written with the agency's sight, since a task may be for somebody whom the writer does not see.
    """
    with tenant(protocol.agency_id):
        kept = {item.key: item for item in ActionItem.objects.filter(protocol=protocol).select_for_update()}
        named = {item.named_id for item in kept.values() if item.named_id}
        tasks = [line for line in lines_of(protocol, named) if line.kind == TASK][:MOST_TASKS]
        wanted = dict(keyed(tasks))
        fresh = [key for key in wanted if key not in kept]
        gone = [item for key, item in kept.items() if key not in wanted and item.dropped_at is None]
        for key in fresh:
            kept[key] = _successor(wanted[key], gone) or ActionItem(
                agency_id=protocol.agency_id, client=protocol.client, protocol=protocol
            )
        for position, (key, line) in enumerate(wanted.items(), 1):
            _keep(kept[key], protocol, key, position, line, by=by)
        for item in gone:
            item.dropped_at = timezone.now()
            item.save(update_fields=["dropped_at"])


def keyed(tasks: list[Line]) -> Iterator[tuple[str, Line]]:
    """Each line with what tells it from the others: its words, and how often they came before."""
    seen: Counter[str] = Counter()
    for line in tasks:
        words = " ".join(line.text.casefold().split())
        seen[words] += 1
        yield sha256(f"{words}#{seen[words]}".encode()).hexdigest(), line


def _successor(line: Line, gone: list[ActionItem]) -> ActionItem | None:
    """The dropped item that this line says in other words; taken out of `gone`."""
    words = SequenceMatcher(b=line.text[:COMPARED].casefold())
    likeness = [(_likeness(words, item.text[:COMPARED].casefold()), item) for item in gone]
    best = max(likeness, key=lambda pair: pair[0], default=(0.0, None))
    if best[1] is None or best[0] < ALIKE:
        return None
    gone.remove(best[1])
    return best[1]


def _likeness(words: SequenceMatcher, text: str) -> float:
    """0 when a cheap look shows that they have little in common."""
    words.set_seq1(text)
    return words.ratio() if words.quick_ratio() >= ALIKE else 0.0


def _keep(item: ActionItem, protocol: Protocol, key: str, position: int, line: Line, *, by: Member) -> None:
    person = line.person.pk if line.person else None
    is_new_for_person = item.named_id != person
    if is_new_for_person:  # else it stays with whoever took it over
        item.named_id = item.assignee_id = person
    item.key, item.position, item.text = key, position, line.text[:500]
    if item.due_on != line.due_on:
        item.reminded_at, item.reminders = None, 0
    item.due_on, item.project_id, item.dropped_at = line.due_on, protocol.project_id, None
    item.save()
    if is_new_for_person and person:
        record("action.assigned", item, by=by, client=protocol.client, **words_of_item(item))


def _locked(item: ActionItem, by: Member) -> ActionItem:
    rows = ActionItem.objects.select_for_update(of=("self",)).select_related("client", "protocol")
    item = rows.get(pk=item.pk)
    if not item.can_be_done_by(by):
        raise PermissionDenied
    return item


def words_of_item(item: ActionItem) -> dict:
    """What titles and links of events read."""
    return {
        "number": item.protocol.number,
        "title": item.text,
        "item": item.pk,
        "assignee": item.assignee_id,
        "author": item.protocol.author_id,
    }
