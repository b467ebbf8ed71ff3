"""Every hostile value in every field of every form, and in every filter of every page; each broken page is one line.

In parts: what is taken back stays in the tables until the transaction ends, and each question would take longer than the one before.
"""

import pytest
from django.db import transaction

from tests.asking import browser_of
from tests.hostile import FILES, VALUES, asked, questions_of, sent_forms, trouble_of, trouble_of_asking
from tests.scenery import scenery
from tests.visits import visits

__all__ = ["scenery", "visits"]

PARTS_OF_FORMS, PARTS_OF_PAGES = 40, 8


@pytest.fixture(scope="module")
def forms(scenery, visits, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        return list(sent_forms(scenery, visits))


@pytest.mark.parametrize("part", range(PARTS_OF_FORMS))
def test_no_field_breaks(scenery, forms, say, part):
    broken, tried = [], 0
    for row, path, form in forms[part::PARTS_OF_FORMS]:
        fields = [(name, label, form.with_value(label, name), {}) for name in form.fields for label in VALUES]
        fields += [(name, label, form.fields, {name: FILES[label]}) for name in form.files for label in FILES]
        for name, label, sent, files in fields:
            tried += 1
            if trouble := trouble_of(browser_of(scenery, row.who), path, sent, files):
                broken.append(f"{path} by {row.who}, {label} in {name}: {trouble}")

    say(f"{tried} forms sent, {len(broken)} broke")
    assert tried
    assert broken == []


@pytest.mark.parametrize("part", range(PARTS_OF_PAGES))
def test_no_filter_breaks(scenery, visits, say, part):
    broken, tried = [], 0
    for visit in visits[part::PARTS_OF_PAGES]:
        for name in questions_of(visit):
            for label in VALUES:
                tried += 1
                browser = browser_of(scenery, visit.place.who or "stranger")
                if trouble := trouble_of_asking(browser, visit.path + asked(label, [name])):
                    broken.append(f"{visit.path} by {visit.place.who}, {label} in {name}: {trouble}")

    say(f"{tried} questions asked, {len(broken)} broke")
    assert tried
    assert broken == []
