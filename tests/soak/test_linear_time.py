"""Hostile text once more, ten times as long as in the quick tests: a pattern that is slow only on long texts shows here."""

from tests.mail.test_linear_time import READERS, SIZE, slow_units


def test_long_hostile_texts_take_linear_time(say):
    found = {name: slow_units(read, 10 * SIZE) for name, read in READERS.items()}

    say(f"{len(READERS)} readers of outside text, {10 * SIZE // 1000} KB each: none takes more than linear time")
    assert {name: slow for name, slow in found.items() if slow} == {}
