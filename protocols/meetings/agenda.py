"""The agenda of a meeting that is ahead: both sides put points on it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from portal.tenancy.models import Member
from protocols.models import Meeting, MeetingTopic

MOST_TOPICS = 50


class AgendaFull(Exception):
    """Nobody reads an agenda that long."""


@transaction.atomic
def add(meeting: Meeting, *, by: Member, text: str, minutes: int | None = None) -> MeetingTopic:
    """Put a point at the end."""
    meeting = _locked(meeting, by)
    topics = MeetingTopic.objects.filter(agency_id=meeting.agency_id, meeting=meeting)
    if topics.count() >= MOST_TOPICS:
        raise AgendaFull
    last = topics.aggregate(last=Max("position"))["last"] or 0
    words = {"text": text, "minutes": minutes, "added_by": by, "position": last + 1}
    return MeetingTopic.objects.create(agency_id=meeting.agency_id, meeting=meeting, **words)


@transaction.atomic
def change(topic: MeetingTopic, *, by: Member, **words: Any) -> None:
    """Other words or minutes."""
    topic = _own(topic, by)
    for name, value in words.items():
        setattr(topic, name, value)
    topic.save(update_fields=list(words))


@transaction.atomic
def remove(topic: MeetingTopic, *, by: Member) -> None:
    """Take a point off."""
    _own(topic, by).delete()


@transaction.atomic
def move(topic: MeetingTopic, *, by: Member, up: bool) -> None:
    """One place up or down; everybody who may add points may put them in order."""
    meeting = _locked(topic.meeting, by)
    topics = list(MeetingTopic.objects.filter(agency_id=meeting.agency_id, meeting=meeting))
    place = next((number for number, row in enumerate(topics) if row.pk == topic.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(topics):
        return
    topics[place], topics[other] = topics[other], topics[place]
    for number, row in enumerate(topics, 1):
        row.position = number
    MeetingTopic.objects.bulk_update(topics, ["position"])


def _locked(meeting: Meeting, by: Member) -> Meeting:
    """The meeting's row is the lock of its agenda."""
    rows = Meeting.objects.select_for_update(of=("self",), no_key=True).select_related("client")
    meeting = rows.get(pk=meeting.pk)
    if not meeting.can_be_added_to_by(by):
        raise PermissionDenied
    return meeting


def _own(topic: MeetingTopic, by: Member) -> MeetingTopic:
    meeting = _locked(topic.meeting, by)
    topic = MeetingTopic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    topic.meeting = meeting
    if not topic.can_be_changed_by(by):
        raise PermissionDenied
    return topic
