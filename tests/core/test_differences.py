"""What changed between two texts can be read, holds no markup of others, and costs little however long they are."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.differences import difference, parts

WORDS = st.text(alphabet="ab \n.<&é", max_size=60)


@pytest.mark.parametrize(
    ("old", "new", "html"),
    [
        ("Six days", "Six days", "Six days"),
        ("Six days", "Nine days", "<del>Six</del> <ins>Nine</ins> days"),
        ("", "New", "<ins>New</ins>"),
        ("Gone", "", "<del>Gone</del>"),
        ("Call Anna", "Call Anna or Carl", "Call Anna <ins>or Carl</ins>"),
        ("a <b> c", "a <i> c", "a &lt;<del>b</del><ins>i</ins>&gt; c"),
        ("", "", ""),
    ],
)
def test_words_that_came_and_went(old, new, html):
    assert difference(old, new) == html


@given(WORDS, WORDS)
def test_both_texts_can_be_read_out_of_it(old, new):
    found = parts(old, new)

    assert "".join(part.text for part in found if part.kind != "old") == new
    assert "".join("".join(part.text for part in found if part.kind != "new").split()) == "".join(old.split())
    assert all(one.kind != other.kind for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x y " * 25_000, "y x x " * 16_000),
        ("a " * 50_000, "a b " * 25_000),
        ("a\n" * 50_000, "b\na\n" * 25_000),
        (" ".join(map(str, range(3000))), " ".join(map(str, range(3000, 0, -1)))),
        ("a" * 100_000, "b" * 100_000),
        ("x y z " * 330, "z y x " * 330),
    ],
)
def test_hostile_texts_cost_little(old, new):
    start = time.process_time()
    found = parts(old, new)

    assert time.process_time() - start < 5
    assert "".join(part.text for part in found if part.kind != "old") == new
