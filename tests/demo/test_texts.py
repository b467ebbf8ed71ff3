"""The texts of the demo world: as many as promised, none twice, each client in its own language, the same each time."""

import re
from collections import Counter

import pytest

from portal.demo import activities, cast, letters, reading

NORDLICHT, LINDENHOF = ([company.slug for company in house.clients] for house in cast.HOUSES)
ALL = [*NORDLICHT, *LINDENHOF]
WORDS = {
    "de": {"der", "die", "das", "und", "nicht", "mit", "ist", "von", "für", "wir", "zu", "auf"},
    "nb": {"og", "ikke", "er", "på", "til", "som", "vi", "av", "for", "med", "det", "å"},
}


def words_of(texts: list[str]) -> Counter:
    return Counter(re.findall(r"\w+", " ".join(texts).lower()))


def protocols(slugs: list[str]) -> list[reading.Entry]:
    return [entry for slug in slugs for entry in reading.entries("protocols", slug)]


def test_nordlicht_has_three_clients_and_lindenhof_two():
    assert (len(NORDLICHT), len(LINDENHOF)) == (3, 2)


def test_counts():
    assert len(protocols(NORDLICHT)) == 60
    assert sum(len(reading.entries("mails", slug)) for slug in NORDLICHT) == 120


def test_no_two_protocols_share_a_paragraph():
    lines = [line for entry in protocols(ALL) for line in entry.text.splitlines() if line.strip()]

    assert [line for line, times in Counter(lines).items() if times > 1] == []


@pytest.mark.parametrize("slug", ALL)
def test_client_is_written_to_in_its_language(slug):
    language = reading.language_of(slug)
    assert language == ("nb" if slug == "fjordlys-smykker" else "de")
    written = {folder: [entry.text for entry in reading.entries(folder, slug)] for folder in ("protocols", "mails")}
    written["activities"] = [f"{work.title} {work.text}" for work in activities.works(slug)]
    [other] = WORDS.keys() - {language}
    for texts in written.values():
        counted = words_of(texts)
        own, foreign = (sum(counted[word] for word in WORDS[key]) for key in (language, other))
        assert own > 10 * foreign


@pytest.mark.parametrize("slug", ALL)
def test_activities_differ_and_are_the_same_each_time(slug):
    works = list(activities.works(slug))

    assert works == list(activities.works(slug))
    assert len({work.title for work in works}) == len(works) == activities.HOW_MANY[slug]
    assert not re.search(r"[{}]", " ".join(work.title + work.text + work.link for work in works))


def test_mails_are_the_same_each_time():
    once, again = (list(letters.all_of("kanzlei-brandes", "x@in.example")) for _ in range(2))

    assert [(mail.sender, mail.recipient, mail.depth) for mail in once] == [
        (mail.sender, mail.recipient, mail.depth) for mail in again
    ]


def test_answers_come_after_what_they_answer():
    deepest = 0
    for slug in ALL:
        mails = list(letters.all_of(slug, "x@in.example"))
        assert all(mail.depth <= number for number, mail in enumerate(mails))
        ids = [re.search(rb"^Message-ID: (.+)$", mail.raw, re.MULTILINE)[1] for mail in mails]
        assert len(set(ids)) == len(ids)
        deepest = max(deepest, *(mail.depth for mail in mails))
    assert deepest == 2
