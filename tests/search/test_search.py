"""One box over all tabs: whoever asks finds what he sees, and not even a hint of the rest."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.search import finding
from portal.search.quoting import marked, quoted
from portal.tenancy import actions
from portal.tenancy.actions import set_access
from tests.browse import browse_as, url
from tests.counting import queries_of


def found(member, asked: str, **fields) -> list[str]:
    """Titles of what the member finds."""
    response = browse_as(member).get(url("search:index", member.agency), {"q": asked, **fields})
    assert response.status_code == 200
    return [
        "".join(part for part, _is_hit in hit["title"]) for group in response.context["groups"] for hit in group["hits"]
    ]


def test_contact_finds_what_is_hers_in_all_tabs(cast, write, deliver):
    write("Shipping to islands", key_points="Nothing else")
    write("Jour fixe", key_points="The islands cost more, says **shipping**")
    deliver(Subject="Shipping terms", text="Sylt and other islands")
    write("Prices")

    assert sorted(found(cast.anna, "ISLANDS shipping")) == ["Jour fixe", "Shipping terms", "Shipping to islands"]
    assert found(cast.anna, "islands nowhere") == []


def test_nobody_finds_what_is_another_clients(cast, write, deliver):
    write("Secret of Bolt", client=cast.bolt)
    deliver(client=cast.bolt, Subject="Secret mail of Bolt")
    write("Secret of Acme")

    assert found(cast.anna, "secret") == ["Secret of Acme"]
    assert sorted(found(cast.bob, "secret")) == ["Secret mail of Bolt", "Secret of Bolt"]
    assert found(cast.fred, "secret") == found(cast.saul, "secret") == []
    assert len(found(cast.nora, "secret")) == 3


def test_drafts_are_found_by_their_own_side_alone(cast, write):
    write("Draft of Nora", publish=False)
    write("Draft of Anna", by=cast.anna, publish=False)

    assert found(cast.anna, "draft") == ["Draft of Anna"]
    assert found(cast.nora, "draft") == ["Draft of Nora"]


def test_contact_without_the_area_finds_nothing(cast, write, deliver):
    write("Islands")
    deliver(Subject="Islands")
    assert found(cast.carl, "islands") == []

    with tenant(cast.north.pk):
        set_access(cast.carl, cast.acme, ["mails"])
    assert len(found(cast.carl, "islands")) == 1


def test_vendor_finds_what_belongs_to_the_shared_project(cast, write):
    write("Islands, shop", project=cast.shop)
    write("Islands, blog", project=cast.blog)
    write("Islands")

    assert found(cast.vera, "islands") == ["Islands, shop"]


def test_page_shows_where_it_stands_and_escapes_it(cast, write):
    write("A <b> about islands", key_points="## Costs\n\n- <script>alert(1)</script> for the *islands*")

    page = browse_as(cast.anna).get(url("search:index", cast.north), {"q": "islands <script"}).content.decode()

    assert "A &lt;b&gt; about <mark>islands</mark>" in page
    assert "&lt;<mark>script</mark>" in page
    assert "<script>alert" not in page
    assert 'data-key="/"' in page


def test_twenty_newest_are_shown_and_it_is_said(cast, write):
    for number in range(22):
        write(f"Islands {number}")

    page = browse_as(cast.anna).get(url("search:index", cast.north), {"q": "islands"})

    assert len(page.context["groups"][0]["hits"]) == 20
    assert "The newest 20 are shown" in page.content.decode()


@pytest.mark.parametrize("asked", ["", " ", "\0", "%", "_", "\\", "(", "a" * 3000, "é " * 90, "'; --"])
def test_whatever_is_asked_is_answered(cast, write, asked):
    write("Islands")

    assert found(cast.anna, asked) == []


def test_fields_narrow_like_the_words_of_the_line(cast, write):
    """For whoever does not type `from:anna after:2026-03`; both days belong to what is asked."""
    noon = timezone.now().replace(hour=12) - timedelta(days=1)
    day = noon.date()
    write("Islands of Anna", by=cast.anna, held_at=noon - timedelta(days=3))
    write("Islands of Nora", by=cast.nora, held_at=noon)

    assert found(cast.anna, "islands", who="anna") == ["Islands of Anna"]
    assert found(cast.anna, "islands", since=day - timedelta(days=1)) == ["Islands of Nora"]
    assert found(cast.anna, "islands", until=day - timedelta(days=3)) == ["Islands of Anna"]
    assert found(cast.anna, "", who="nora", since=day, until=day) == ["Islands of Nora"]
    assert len(found(cast.anna, "islands", since="9999-12-31", until="soon", who="\0")) == 2, (
        "what makes no sense is left out"
    )


def test_one_kind_alone_keeps_the_fields(cast, write, deliver):
    write("Islands"), deliver(Subject="Islands")
    page = browse_as(cast.anna).get(url("search:index", cast.north), {"q": "islands", "since": "2020-01-01"})

    assert "?q=islands&amp;since=2020-01-01&amp;kind=mail" in page.content.decode()


@pytest.mark.parametrize("who", ["anna", "nora", "vera"])
def test_many_hits_ask_as_much_as_one(cast, write, deliver, who):
    browser, path = browse_as(getattr(cast, who)), url("search:index", cast.north) + "?q=islands"
    write("Islands", project=cast.shop)
    deliver(Subject="Islands", project="shop")
    one = queries_of(browser, path)
    for number in range(3):
        write("Islands", project=cast.shop)
        deliver(Subject="Islands", project="shop", Message_ID=f"<{number}@x>")

    four = queries_of(browser, path)

    assert len(one) == len(four) <= 12, "\n".join(four)


def test_page_that_does_not_exist_offers_the_search_to_members(cast):
    path = url("search:index", cast.north)
    missing = url("protocols:detail", cast.acme, 77)

    assert f'action="{path}"' in browse_as(cast.anna).get(missing).content.decode()
    assert f'action="{path}"' not in browse_as(cast.saul).get(missing).content.decode()


def test_only_reading(cast):
    assert browse_as(cast.anna).post(url("search:index", cast.north)).status_code == 405


def test_quote_begins_shortly_before_the_first_hit():
    text = "## Long\n\n" + "and so on " * 50 + "**Islands** cost more " + "and so on " * 50

    quote = quoted(text, ["islands"])

    assert quote.startswith("… ")
    assert quote.endswith(" …")
    assert len(quote) < 280
    assert "Islands cost more" in quote
    assert quoted("Short", ["islands"]) == "Short"
    assert marked("No islands", ["island", "islands"]) == [("No ", False), ("islands", True)]


def test_several_kinds_show_the_first_of_each_and_one_kind_all_of_it(cast, write, deliver, post, in_north):
    for number in range(7):
        post(f"Islands {number}")
    write("Islands cost more")
    deliver(Subject="Islands by mail")
    browser, path = browse_as(cast.nora), url("search:index", cast.north)

    page = browser.get(path, {"q": "islands"})

    shown = [(group["kind"].code, len(group["hits"])) for group in page.context["groups"]]
    assert shown == [("protocols", 1), ("mails", 1), ("activities", 5)]
    assert f'href="{path}?q=islands&amp;kind=activities"' in page.content.decode()

    page = browser.get(path, {"q": "islands", "kind": "activities"})

    assert [len(group["hits"]) for group in page.context["groups"]] == [7]
    assert f'href="{path}?q=islands&amp;kind=mails"' in page.content.decode()
    assert len(browser.get(path, {"q": "islands", "kind": "tickets"}).context["groups"]) == 3


def test_who_sees_some_clients_finds_theirs_behind_newer_ones_of_others(cast, write, in_north, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 2)
    actions.share_project(cast.shop, level="contribute", member=cast.fred)
    write("Islands, shop", project=cast.shop)
    for number in range(3):
        write(f"Islands of Bolt {number}", client=cast.bolt)

    assert found(cast.fred, "islands") == ["Islands, shop"]
    assert found(cast.fred, "islands in:bolt") == []


def test_a_provider_finds_its_own_time_behind_newer_entries_of_others(cast, log, monkeypatch):
    """And is not told by a full answer that others have logged the word as well."""
    monkeypatch.setattr(finding, "MOST", 2)
    today = timezone.localdate()
    log(by=cast.pavel, text="Islands, printed", project=cast.shop, day=today - timedelta(days=2))
    for number in range(2):
        log(text=f"Islands, called {number}", project=cast.shop)

    answer = browse_as(cast.pavel).get(url("search:index", cast.north), {"q": "islands"})

    (group,) = answer.context["tabs"]
    assert [hit.title for hit in group.hits] == ["Islands, printed"] and not group.is_full
