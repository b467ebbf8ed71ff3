"""Every page that is opened by GET: what it asks of the database, what its first view weighs, and that no words break it."""

import gzip
import itertools

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.asking import browser_of
from tests.hostile import VALUES, asked, questions_of, sent_forms, trouble_of, trouble_of_asking
from tests.scenery import scenery
from tests.visits import visits

__all__ = ["scenery", "visits"]

MOST_QUERIES = 12
MOST_BYTES = 60 * 1024
GZIP_LEVEL, BROTLI_QUALITY = 5, 5
"""The proxy's for pages (deploy/Caddyfile: encode); the weakest that bin/run has for static files."""


def test_no_page_asks_more_than_twelve_times(visits):
    asked = {str(visit.place): len(visit.queries) for visit in visits}

    assert len(asked) > 150
    assert {page: number for page, number in asked.items() if number > MOST_QUERIES} == {}


def test_no_first_view_weighs_more_than_sixty_kilobytes(scenery, visits):
    """The page, all its style sheets and all its scripts, compressed as they are sent; without pictures."""
    sizes: dict[str, int] = {}
    weights = {str(visit.place): _weight(scenery, visit, sizes) for visit in visits if visit.place.is_main}

    assert len(weights) > 50
    assert all(sizes.values())
    assert {page: weight for page, weight in weights.items() if weight > MOST_BYTES} == {}


def _weight(w, visit, sizes: dict[str, int]) -> int:
    links = visit.page.xpath("//link[@rel='stylesheet']/@href | //script/@src")
    for link in set(links) - sizes.keys():
        sizes[link] = _size(w, link)
    return len(gzip.compress(visit.content, GZIP_LEVEL)) + sum(sizes[link] for link in set(links))


def _size(w, link: str) -> int:
    """Of a static file, or of the one sheet that a view makes."""
    path = link.partition("?")[0]
    if not path.startswith(settings.STATIC_URL):
        return len(gzip.compress(browser_of(w, "stranger").get(link).content, GZIP_LEVEL))
    with open(finders.find(path.removeprefix(settings.STATIC_URL)), "rb") as file:
        return len(brotli.compress(file.read(), quality=BROTLI_QUALITY))


def test_no_form_breaks_on_what_no_honest_browser_sends(scenery, visits):
    """The same value in all fields at once: NUL, and another one at each form; soak/test_hostile_forms.py tries all in each."""
    broken, tried, others = [], 0, itertools.cycle(VALUES)
    for row, path, form in sent_forms(scenery, visits):
        for label in ("NUL", next(others)):
            tried += 1
            if trouble := trouble_of(browser_of(scenery, row.who), path, form.with_value(label)):
                broken.append(f"{path} by {row.who}, {label}: {trouble}")

    assert tried > 400
    assert broken == []


def test_no_filter_breaks_on_what_no_link_asks(scenery, visits):
    broken, tried, others = [], 0, itertools.cycle(VALUES)
    for visit in visits:
        names = questions_of(visit)
        for label in ("NUL", next(others)) if names else ():
            tried += 1
            browser = browser_of(scenery, visit.place.who or "stranger")
            if trouble := trouble_of_asking(browser, visit.path + asked(label, names)):
                broken.append(f"{visit.path} by {visit.place.who}, {label} in {names}: {trouble}")

    assert tried > 80
    assert broken == []
