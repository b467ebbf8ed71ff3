"""Markdown becomes harmless HTML whose headings fit below the card's own."""

import re

import pytest

from portal.core.markdown import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# One\n### Two", "<h3>One</h3>\n<h4>Two</h4>"),
        ("###### Deep", "<h3>Deep</h3>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("~~no~~ **yes**", "<p><s>no</s> <strong>yes</strong></p>"),
        ("", ""),
    ],
)
def test_text_is_rendered(text, html):
    assert render(text).strip() == html


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://spy.example/pixel.png)",
        "<style>*{display:none}</style>",
        "[x](https://a.example 'a\" onmouseover=\"b')",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(text):
    html = render(text)

    for danger in ("<img", "<style", 'href="javascript', 'href="data', ' onmouseover="'):
        assert danger not in html


def test_links_say_nothing_about_where_they_come_from():
    assert render("[shop](https://shop.example)") == (
        '<p><a href="https://shop.example" rel="noopener nofollow">shop</a></p>\n'
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("See https://shop.example/a?b=1&c=2.", "See {https://shop.example/a?b=1&amp;c=2}."),
        ("(https://shop.example/x_(y))", "({https://shop.example/x_(y)})"),
        ("https://a.example, http://b.example!", "{https://a.example}, {http://b.example}!"),
        ("`https://code.example`", "<code>https://code.example</code>"),
        ("[https://shop.example](https://shop.example)", "{https://shop.example}"),
        ("javascript://x ftp://y https://", "javascript://x ftp://y https://"),
    ],
)
def test_written_addresses_become_links(text, html):
    link = r'<a href="\1" rel="noopener nofollow">\1</a>'

    assert render(text) == f"<p>{re.sub(r'{([^}]*)}', link, html)}</p>\n"


def test_many_addresses_are_survived():
    assert render("https://" + "a" * 100_000 + ")" * 1000)
    assert render("https://a.example " * 5000).count("<a ") == 5000


def test_deep_nesting_is_survived():
    assert render("> " * 5000 + "deep")
    assert render("[" * 5000)
