"""Every page that is opened by GET, opened once for all tests of a module that look at what came back."""

from dataclasses import dataclass

import pytest
from django.db import transaction
from lxml import html

from tests.asking import browser_of
from tests.browser.pages import Place, places
from tests.counting import visit
from tests.kept_plans import as_in_the_product


@dataclass(frozen=True)
class Visit:
    """What one person saw at one place, and what that asked of the database."""

    place: Place
    path: str
    content: bytes
    queries: list[str]

    @property
    def page(self) -> html.HtmlElement:
        return html.fromstring(self.content)


@pytest.fixture(scope="module")
def visits(scenery, django_db_blocker) -> list[Visit]:
    """All of them, asked of the database as in the product; the marks that reading leaves are taken back."""
    with django_db_blocker.unblock(), as_in_the_product(), transaction.atomic():
        found = [_visit(scenery, place) for place in places()]
        transaction.set_rollback(True)
    return found


def _visit(w, place: Place) -> Visit:
    path = place.path(w)
    answer, queries = visit(browser_of(w, place.who or "stranger"), path)
    return Visit(place, path, answer.content, queries)
