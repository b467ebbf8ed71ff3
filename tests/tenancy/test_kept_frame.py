"""The parts of the frame that are kept show each reader, on each page, what they would show if they were drawn anew."""

import re

from django.template import Context, Template

from portal.core.templatetags.keep import Kept
from tests.browse import browse_as, url

TOKEN = re.compile(
    r'(?<=class="mono">)[0-9a-f]{32}|(?<=name="csrfmiddlewaretoken" value=")\w+|(?<="x-csrftoken": ")\w+|(?<=name="form_key" value=")[\w-]+'
)


def test_everybody_sees_his_own_frame_however_many_were_there_before(cast, monkeypatch):
    visits = list(_visits(cast))
    kept = {place: _html(*place[1:]) for place in visits}

    monkeypatch.setattr(Kept, "get", lambda self, key, render: render())

    for place in visits:
        assert kept[place] == _html(*place[1:]), place
    assert len(set(kept.values())) == len(visits)


def test_the_foot_names_the_clock_of_a_reader_elsewhere(cast):
    words, page = "Times by the clock of", url("protocols:index", cast.acme)
    assert words not in _html(browse_as(cast.anna), page)

    for zone, is_named in (("Europe/Vienna", False), ("America/New_York", True), ("", False)):
        cast.anna.user.time_zone = zone
        cast.anna.user.save()
        html = _html(browse_as(cast.anna), page)
        assert (f"{words} America/New York" in html) == is_named
        assert (words in html) == is_named
    assert words not in _html(browse_as(cast.bob), url("protocols:index", cast.bolt))


def test_a_kept_part_is_drawn_once_for_what_it_shows():
    drawn = []
    shown = {"name": "Anna", "draw": lambda: drawn.append(1) or len(drawn)}
    part = Template("{% load keep %}{% keep name %}{{ name }} {{ draw }}{% endkeep %}")

    texts = [part.render(Context(shown | {"name": name})) for name in ("Anna", "Bob", "Anna")]

    assert texts == ["Anna 1", "Bob 2", "Anna 1"]


def _visits(cast):
    """Readers of every kind, of two agencies, in two languages and themes, on pages of both clients and of none."""
    north, south, acme, bolt = cast.north, cast.south, cast.acme, cast.bolt
    cast.rita.user.language, cast.rita.user.theme = "de", "dark"
    cast.rita.user.save()
    at_acme = [url("protocols:index", acme), url("timeline:index", acme)]
    places = {
        "olaf": [url("my_day", north), *at_acme, url("protocols:index", bolt), *_admin_of(north)],
        "rita": [url("my_day", north), *at_acme, url("admin:index", north)],
        "anna": [*at_acme, url("mailbox:index", acme)],
        "bob": [url("protocols:index", bolt), *at_acme],
        "vera": at_acme,
        "saul": [url("my_day", south), url("protocols:index", cast.cosmo), *at_acme, *_admin_of(south)],
    }
    for name, paths in places.items():
        browser = browse_as(getattr(cast, name))
        for path in paths:
            yield name, browser, path


def _admin_of(agency) -> list[str]:
    return [
        url(f"admin:{name}", agency) for name in ("index", "tenancy_client_changelist", "mail_inboundmail_changelist")
    ]


def _html(browser, path: str) -> str:
    """Of a page, or of the one that says that there is none."""
    response = browser.get(path)
    assert response.status_code in (200, 404)
    return TOKEN.sub("", response.content.decode())
