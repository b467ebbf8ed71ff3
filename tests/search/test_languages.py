"""Words are found in any form, in the language in which they were written; beginnings, phrases and filters narrow it down."""

import pytest
from django.db import connection
from django.utils import timezone, translation

from portal.search.asking import understood
from tests.search.test_search import found

TEXTS = {
    "english": ("We have sent the invoices to the houses of all the customers", "invoice", "house", "custom"),
    "german": ("Die Rechnungen wurden an die Häuser der Kunden und der Händler geschickt", "Rechnung", "haus", "rech"),
    "norwegian": ("Vi har sendt regningene til husene og kundene på øya", "regning", "hus", "regn"),
    "russian": ("Мы отправили счета за рекламу во все магазины этого города", "счет", "магазин", "рекл"),
    "hungarian": ("Elküldtük a számlákat, és ez a házak lista az ügyfeleknek", "számla", "ház", "szám"),
    "simple": ("Ми надіслали рахунки до всіх крамниць цього міста їхніми листами", "рахунки", "крамниць", "рахун"),
}


@pytest.mark.parametrize(("language", "line"), TEXTS.items())
def test_forms_and_beginnings_are_found_in_each_language(cast, write, language, line):
    text, *asked = line
    write("Jour fixe", key_points=text)
    write("Nothing", key_points="Other words")

    with connection.cursor() as cursor:
        cursor.execute("SELECT search_language(%s)", [text])
        assert cursor.fetchone() == (language,)
    for word in asked:
        assert found(cast.anna, word) == ["Jour fixe"], word


def test_a_phrase_is_found_exactly_so(cast, write):
    write("One", key_points="The price of shipping to islands")
    write("Two", key_points="Shipping has a price")

    assert found(cast.anna, '"price of shipping"') == ["One"]
    assert sorted(found(cast.anna, "price shipping")) == ["One", "Two"]
    assert found(cast.anna, "price -islands") == ["Two"]


def test_filters_say_who_where_and_when(cast, write, deliver):
    write("Islands, protocol", held_at=timezone.now().replace(year=2024))
    deliver(Subject="Islands, mail", From="Kim <kim@elsewhere.example>")

    assert found(cast.anna, "islands from:kim") == found(cast.anna, "from:elsewhere") == ["Islands, mail"]
    assert found(cast.anna, "islands from:nora") == ["Islands, protocol"]
    assert found(cast.anna, "islands in:mails") == ["Islands, mail"]
    assert found(cast.nora, "islands in:acme in:prot") == ["Islands, protocol"]
    assert found(cast.nora, "islands in:bolt") == []
    assert found(cast.anna, "islands before:2025") == found(cast.anna, "on:2024") == ["Islands, protocol"]
    assert found(cast.anna, "islands after:2025-01-01") == ["Islands, mail"]


@pytest.mark.parametrize("name", ["anna", "vera"])
def test_nobody_guesses_the_addresses_of_others_letter_by_letter(cast, write, name):
    write("Islands", project=cast.shop)
    reader = getattr(cast, name)
    address = cast.nora.user.email

    assert (
        found(cast.nora, f"from:{address}")
        == found(cast.nora, "from:example")
        == found(reader, "from:nora")
        == ["Islands"]
    )
    assert found(reader, f"from:{address}") == found(reader, f"from:{address[-10:]}") == []


def test_filters_are_understood_in_german_too():
    with translation.override("de"):
        asked = understood("Inseln von:Anna vor:9.3.2026 nach:2025-12")

    assert (asked.words, asked.sender) == (["Inseln"], "Anna")
    assert (asked.before.date().isoformat(), asked.since.date().isoformat()) == ("2026-03-09", "2025-12-01")


@pytest.mark.parametrize(
    "asked", ["before:2026-13", "on:31.2.2026", "after:x", "http://x.example/a", 'a:"b', "-", '""']
)
def test_what_makes_no_sense_as_a_filter_is_looked_for(cast, write, asked):
    write("Nothing of the kind")

    assert found(cast.anna, asked) == []
    assert understood(asked).since is None
