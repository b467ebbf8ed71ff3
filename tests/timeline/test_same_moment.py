"""Two of the agency work on one entry at the same moment: neither undoes what the other decided."""

import threading

import pytest
from django.db import connections, transaction

from portal.core.context import tenant
from portal.events.models import Event
from timeline.actions import deciding, posting
from timeline.models import FAR, Activity

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_entry_that_is_held_back_while_somebody_edits_it_stays_held_back(cast, activity, monkeypatch):
    _while_editing(cast, activity, monkeypatch, lambda event: deciding.hold(event, by=cast.olaf, reason="Not yet"))

    with tenant(cast.north.pk), transaction.atomic():
        row = Activity.objects.select_related("event").get(pk=activity.pk)
        assert (row.title, row.event.visible_from) == ("Four links", FAR)


def test_entry_that_is_shown_while_somebody_edits_it_stays_shown(cast, activity, monkeypatch):
    _while_editing(cast, activity, monkeypatch, lambda event: deciding.release(event, by=cast.olaf, reason="Now"))

    with tenant(cast.north.pk), transaction.atomic():
        event = Event.objects.get(pk=activity.event_id)
        assert event.visible_from <= event.fixed_at


def _while_editing(cast, activity, monkeypatch, decide) -> None:
    """Nora's files are being stored when Olaf decides: he waits for her, and neither writes over the other."""
    is_storing, is_decided = threading.Event(), threading.Event()

    def store(*_args):
        is_storing.set()
        is_decided.wait(1)

    def olaf():
        try:
            is_storing.wait(10)
            with tenant(cast.north.pk), transaction.atomic():
                decide(Event.objects.get(pk=activity.event_id))
            is_decided.set()
        finally:
            connections.close_all()

    monkeypatch.setattr(posting, "_keep_files", store)
    thread = threading.Thread(target=olaf)
    thread.start()
    words = {"title": "Four links", "text": "", "link": "", "kind": "Backlink built"}
    with tenant(cast.north.pk), transaction.atomic():
        posting.edit(activity, by=cast.nora, happened_at=activity.event.happened_at, **words)
    thread.join(10)
    assert is_decided.is_set()
