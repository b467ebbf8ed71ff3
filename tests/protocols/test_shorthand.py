"""The shorthand of notes, in the languages of the product."""

import time
from datetime import date

import pytest

from protocols.shorthand import DECISION, NOTE, QUESTION, TASK, Line, Person, chunks, parse

ANNA, LENA, JOERG = Person(1, "Anna Petersen"), Person(2, "Lena Hofmann"), Person(4, "Jörg Müller")
OTHER_ANNA = Person(5, "Anna Vogel")
PEOPLE = [ANNA, LENA, JOERG, OTHER_ANNA]
TUESDAY = date(2026, 11, 24)


def _one(text, language="en"):
    (line,) = parse(text, PEOPLE, on=TUESDAY, language=language)
    return line


def test_marks_and_plain_lines():
    lines = parse("Banners are live\n\n! Budget stays\n? Who tells them\n- ! also in a list", PEOPLE, on=TUESDAY)

    assert [(line.kind, line.text) for line in lines] == [
        (NOTE, "Banners are live"),
        (DECISION, "Budget stays"),
        (QUESTION, "Who tells them"),
        (DECISION, "also in a list"),
    ]


@pytest.mark.parametrize(
    ("typed", "language", "due"),
    [
        ("fri", "en", date(2026, 11, 27)),
        ("tue", "en", date(2026, 12, 1)),
        ("tomorrow", "de", date(2026, 11, 25)),
        ("mi", "de", date(2026, 11, 25)),
        ("Donnerstag", "de", date(2026, 11, 26)),
        ("fre", "nb", date(2026, 11, 27)),
        ("пт", "ru", date(2026, 11, 27)),
        ("сб", "uk", date(2026, 11, 28)),
        ("péntek", "hu", date(2026, 11, 27)),
        ("27.11.", "en", date(2026, 11, 27)),
        ("1.2.", "en", date(2027, 2, 1)),
        ("2026-12-01", "en", date(2026, 12, 1)),
        ("27 nov", "en", date(2026, 11, 27)),
        ("3. Dezember", "de", date(2026, 12, 3)),
    ],
)
def test_days(typed, language, due):
    assert _one(f"@lena {typed} send the table", language) == Line(TASK, "send the table", LENA, due)


def test_a_german_thursday_is_no_day_in_english():
    assert _one("@lena do the table") == Line(TASK, "do the table", LENA)
    assert _one("@lena do Tabelle", "de") == Line(TASK, "Tabelle", LENA, date(2026, 11, 26))


def test_impossible_days_are_words():
    assert _one("@lena 31.02. send it") == Line(TASK, "31.02. send it", LENA)


@pytest.mark.parametrize("name", ["Lena", "lena", "hofmann", "Lena Hofmann", "Lena Hofmann:"])
def test_names(name):
    assert _one(f"@{name} send it") == Line(TASK, "send it", LENA)


def test_accents_do_not_matter():
    assert _one("@jorg send it").person == JOERG


def test_a_name_of_two_people_or_of_nobody_stays_a_note():
    assert _one("@anna fri call") == Line(NOTE, "@anna fri call", typed="anna", candidates=(ANNA, OTHER_ANNA))
    assert _one("@nobody fri call") == Line(NOTE, "@nobody fri call", typed="nobody")
    assert _one("@anna vogel fri call").person == OTHER_ANNA


def test_of_two_with_one_name_it_is_the_one_who_was_there():
    there = Person(5, "Anna Vogel", was_there=True)
    (line,) = parse("@anna fri call", [ANNA, there], on=TUESDAY)
    assert line.person == there


def test_showing_keeps_plain_text_as_typed():
    text = "First\n\n- one\n  - two\n! Go\nLast"

    assert chunks(text, PEOPLE, on=TUESDAY) == ["First\n\n- one\n  - two", Line(DECISION, "Go"), "Last"]


def test_hostile_text_is_read_in_a_moment():
    assert len(parse("@" * 50_000 + "\n" + "! " * 50_000 + "\n@lena " + "x " * 50_000, PEOPLE, on=TUESDAY)) == 3


def test_thousands_of_names_that_nobody_has_are_read_in_a_moment():
    people = [Person(number, f"Somebody Number{number}") for number in range(60)]
    start = time.process_time()
    parse("\n".join(f"@x{number} call" for number in range(4000)), people, on=TUESDAY)
    assert time.process_time() - start < 1
