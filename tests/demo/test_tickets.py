"""Tickets of the demo world: in all states, in the client's language, with words that no client reads; quickly made."""

import time

import pytest
from django.test import override_settings

from portal.core.context import tenant
from portal.demo import cast, reading, tickets
from portal.demo.accounts import Accounts
from portal.demo.places import Place
from portal.events.models import Event
from tests.browse import browse_as, url
from tests.demo.test_texts import WORDS, words_of
from tickets import actions
from tickets.models import Comment, Stage, Ticket


@pytest.mark.parametrize("slug", tickets.STORY)
def test_client_is_written_to_in_its_language(slug):
    told = tickets.STORY[slug]
    language = reading.language_of(slug)
    [other] = WORDS.keys() - {language}
    counted = words_of([" ".join([one["title"], one["text"], *one["said"]]) for one in told])

    own, foreign = (sum(counted[word] for word in WORDS[key]) for key in (language, other))
    assert own > 10 * foreign
    assert len({one["title"] for one in told}) == len(told) >= 10


@pytest.mark.empty_house
def test_all_states_words_and_parts_within_two_seconds(db, tmp_path):
    with override_settings(DATA_DIR=tmp_path):
        place = Place(cast.NORDLICHT, Accounts()).build()
    with tenant(place.agency.pk):
        begun = time.process_time()
        tickets.open_all(place)
        spent = time.process_time() - begun
        rows = Ticket.objects.all()
        assert {row.stage for row in rows} == set(Stage) and rows.filter(parent__isnull=False).count() >= 9
        assert all(bool(row.closed_at) == (row.stage == "done") for row in rows)
        assert Comment.objects.filter(is_private=True).count() >= 3
        assert not Event.objects.filter(kind__startswith="ticket.", delivered_at=None).exists()
        hanse = place.clients["hanse-moebelwerk"]
        late = Ticket.objects.get(client=hanse, title__startswith="In der Sitemap")
        new = actions.open_ticket(hanse, by=place.owner, type=late.type, title="One more")
        assert new.number == Ticket.objects.filter(client=hanse).count()
    assert spent < 2
    page = browse_as(place.members["Katrin Vogel"]).get(url("tickets:detail", hanse, late.number)).content.decode()
    assert "Der Export bricht" in page and "derselbe Fehler" not in page
    assert f"HM-{late.number}" in page
