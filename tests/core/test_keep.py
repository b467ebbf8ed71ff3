"""What is rendered once and shown again: only for what reads and escapes the same."""

from dataclasses import dataclass

from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import override

ROWS = Template("{% load keep i18n %}{% keep_each row in rows level %}<{{ level }}>{{ row.title }}{% endkeep_each %}")


@dataclass(frozen=True)
class Row:
    title: str
    line: tuple[str, ...] = ()


def shown(*rows, level="h3") -> str:
    return ROWS.render(Context({"rows": rows, "level": level}))


def test_each_row_shows_its_own_words():
    assert shown(Row("Lamp"), Row("Table")) == "<h3>Lamp<h3>Table"
    assert shown(Row("Table"), Row("Chair")) == "<h3>Table<h3>Chair"


def test_a_fact_beside_the_row_counts_too():
    assert shown(Row("Lamp")) == "<h3>Lamp"
    assert shown(Row("Lamp"), level="h4") == "<h4>Lamp"


def test_a_text_that_reads_like_markup_shown_before_is_still_escaped():
    assert shown(Row(mark_safe("<ins>new</ins>"))) == "<h3><ins>new</ins>"
    assert shown(Row("<ins>new</ins>")) == "<h3>&lt;ins&gt;new&lt;/ins&gt;"


def test_the_same_for_a_part_of_a_page():
    part = Template("{% load keep %}{% keep title %}{{ title }}{% endkeep %}")
    assert part.render(Context({"title": mark_safe("<b>x</b>")})) == "<b>x</b>"
    assert part.render(Context({"title": "<b>x</b>"})) == "&lt;b&gt;x&lt;/b&gt;"


def test_each_language_has_its_own():
    part = Template("{% load keep i18n %}{% keep %}{% get_current_language as code %}{{ code }}{% endkeep %}")
    for code in ("en", "de"):
        with override(code):
            assert part.render(Context()) == code
