"""What was agreed with each demo client: fact sheets, partly confirmed, and a proposal that waits. Texts: profiles.json."""

import json
from datetime import datetime, timedelta

from django.utils import timezone

from portal.demo.past import set_back, set_back_event
from portal.demo.places import Place
from portal.demo.reading import TEXTS
from portal.profile.actions import proposals, sections
from portal.profile.models import Change, Field, Section

CONFIRMED_AFTER = timedelta(days=2)
PROPOSED_AGO = timedelta(days=2)


def write_all(place: Place) -> None:
    """Those of this agency's clients."""
    for profile in json.loads((TEXTS / "profiles.json").read_text()):
        if profile["client"] in place.clients:
            _write(place, profile)


def _write(place: Place, profile: dict) -> None:
    begun_at = timezone.now() - timedelta(days=profile["days_ago"])
    begun_at = begun_at.replace(hour=10, minute=20, second=0, microsecond=0)
    for number, sheet in enumerate(profile["sections"]):
        _write_section(place, profile, sheet, begun_at + timedelta(minutes=7 * number))
    _propose(place, profile)


def _write_section(place: Place, profile: dict, sheet: dict, at: datetime) -> None:
    author, title = place.members[profile["author"]], sheet["title"]
    section = sections.add(place.clients[profile["client"]], by=author, title=title)
    Section.objects.filter(pk=section.pk).update(code=sheet["code"])
    wishes = [sections.Wish(None, label, text, not is_shared, "") for label, text, is_shared in sheet["fields"]]
    section = sections.save(section, by=author, wishes=wishes, title=title, title_was=title)
    _move_back(section, at)
    if sheet["confirmed_by"]:
        seen = Section.objects.values_list("changed_at", flat=True).get(pk=section.pk)
        sections.confirm(section, by=place.members[sheet["confirmed_by"]], seen=seen)
        set_back(section, at + CONFIRMED_AFTER, "confirmed_at")
        set_back_event(section, "profile.confirmed", at + CONFIRMED_AFTER)


def _move_back(section: Section, at: datetime) -> None:
    kinds = {False: "profile.changed", True: "profile.noted"}
    for is_internal in set(section.fields.values_list("is_internal", flat=True)):
        set_back_event(section, kinds[is_internal], at)
    set_back(section, at, "created_at", *(["changed_at"] if section.changed_at else []))
    section.fields.update(edited_at=at)
    Change.objects.filter(section=section).update(happened_at=at)


def _propose(place: Place, profile: dict) -> None:
    wish, at = profile["proposed"], timezone.now() - PROPOSED_AGO
    fields = Field.objects.select_related("section", "client").filter(client=place.clients[profile["client"]])
    by = place.members[wish["by"]]
    made = proposals.propose(fields.get(label=wish["label"]), by=by, text=wish["text"], note=wish["note"])
    set_back(made, at, "created_at")
    set_back_event(made, "profile.proposed", at)
