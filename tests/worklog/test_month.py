"""The client's month at a glance: figures, groups, filters, pages, what is provisional and what was corrected."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from tests.browse import browse_as, url
from tests.clock import says
from tests.counting import queries_of
from worklog.actions import correcting, deciding
from worklog.models import WorkEntry
from worklog.month_facts import facts_of
from worklog.months import Month

MONTH = date(2026, 10, 1)


@pytest.fixture
def october(cast, log):
    """3:35 for Acme, of which 0:20 without charge, by three people."""
    log(90, day=date(2026, 10, 5), text="Guide: which wood")
    log(45, day=date(2026, 10, 5), text="Log files", kind="Technical SEO", by=cast.olaf, project=cast.shop)
    log(60, day=date(2026, 10, 7), text="Leaflet", kind="Design", by=cast.pavel, project=cast.shop)
    log(20, day=date(2026, 10, 8), text="Shipping costs", charge="goodwill")
    log(500, day=date(2026, 9, 30), text="September")
    log(500, client=cast.bolt, day=date(2026, 10, 5), text="Of Bolt")


def _page(member, client, query="?month=2026-10") -> str:
    response = browse_as(member).get(url("worklog:index", client) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_month_shows_its_total_to_the_minute_and_everybodys_part(cast, october):
    page = _page(cast.anna, cast.acme)

    assert "October 2026" in page
    assert ">3:35 <" in page and "4 entries" in page
    assert ">0:20 <" in page
    assert "provisional" in page
    for words in ("Guide: which wood", "Log files", "Leaflet", "Pixel Print", "without charge"):
        assert words in page
    assert "September" not in page.split("</nav>")[-1].replace("September 2026", "")
    assert "Of Bolt" not in page


def test_narrowed_month_says_so_on_paper(cast, october):
    """The filters themselves are not printed."""
    words = "Only a part of the month was asked for."

    assert words in _page(cast.anna, cast.acme, "?month=2026-10&q=guide").partition('class="print-head"')[2]
    assert words not in _page(cast.anna, cast.acme)


def test_sums_of_a_long_month_are_one_tap_away(cast, october, log):
    """They stand below the list; where it ends nobody knows before all of it was shown."""
    assert 'href="#sums"' not in _page(cast.anna, cast.acme)
    for number in range(50):
        log(1, day=date(2026, 10, 9), text=f"Nr {number}.")

    page = _page(cast.anna, cast.acme)

    assert 'href="#sums"' in page and 'id="sums"' in page


@pytest.mark.parametrize(
    ("by", "heads"),
    [
        ("member", ["Nora", "Pavel", "Olaf"]),
        ("kind", ["Content creation", "Design", "Technical SEO"]),
        ("project", ["Without a project", "Shop"]),
        ("day", ["8 October", "7 October", "5 October"]),
    ],
)
def test_month_is_grouped_as_one_likes(cast, october, by, heads):
    table = _page(cast.anna, cast.acme, f"?month=2026-10&by={by}").partition("<table")[2].partition("</table>")[0]
    groups = [part.partition("</tr>")[0] for part in table.split('<tr class="group"')[1:]]

    assert len(groups) == len(heads)
    for group, head in zip(groups, heads, strict=True):
        assert head in group


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("member={nora}", "1:50"),
        ("project={shop}", "1:45"),
        ("project=none", "1:50"),
        ("charge=goodwill", "0:20"),
        ("day=2026-10-05", "2:15"),
        ("q=log+files", "0:45"),
        ("q=%00log", "0:45"),
        ("member=x&kind=99999999999999999999&charge=y&day=z&mark=?", "3:35"),
        ("member={nora}&q=nothing+like+it", "0:00"),
    ],
)
def test_filters_narrow_the_list_and_its_total(cast, october, query, total):
    words = query.format(nora=cast.nora.pk, shop=cast.shop.pk)

    page = _page(cast.anna, cast.acme, f"?month=2026-10&{words}")

    assert f">{total} <" in page
    if total == "0:00":
        assert "No entry matches" in page


def test_filters_offer_only_what_the_month_has(cast, october):
    page = _page(cast.anna, cast.acme)
    form = page.partition('role="search" aria-label="Filter')[2].partition("</form>")[0]

    assert "Technical SEO" in form and "Paid media" not in form


def test_neighbouring_months_are_a_click_away_and_the_future_is_not(cast, october):
    page = _page(cast.anna, cast.acme)
    assert "month=2026-09" in page and "month=2026-11" in page

    this_month = _page(cast.anna, cast.acme, "")
    assert "Nothing logged in" in this_month
    assert f"month={timezone.localdate() + timedelta(days=32):%Y-%m}" not in this_month


def test_correction_of_what_was_seen_is_told_in_the_list(cast, log, seen_by):
    row = log(90, text="Guide")
    seen_by(row, cast.anna)
    correcting.correct(row, by=cast.olaf, minutes=60, reason="Lunch")

    for query in ("", "?mark=corrected"):
        page = _page(cast.anna, cast.acme, query)
        assert "90 → 60 min, corrected on" in page and "by Olaf" in page and "Lunch" in page

    correcting.remove(row, by=cast.olaf, reason="Twice")
    page = _page(cast.anna, cast.acme, "")
    assert "<del>Guide</del>" in page and "60 → 0 min" in page


def test_correction_of_what_nobody_had_seen_is_nobodys_business(cast, log):
    correcting.correct(log(90), by=cast.nora, minutes=60)

    for member in (cast.anna, cast.olaf):
        assert "corrected on" not in _page(member, cast.acme, "")
    assert "No entry matches" in _page(cast.anna, cast.acme, "?mark=corrected")


def test_delay_holds_in_list_and_sums(cast, log):
    deciding.set_delay(cast.acme, by=cast.olaf, delayed=True)
    today = timezone.localdate()
    log(30, day=today, text="Young")
    log(60, day=today - timedelta(days=11), text="Old")

    old = today - timedelta(days=11)
    assert "Young" not in _page(cast.anna, cast.acme, "")
    assert ">1:00 <" in _page(cast.anna, cast.acme, f"?day={old}")
    assert not says(_page(cast.anna, cast.acme, f"?day={today}"), "0:30")
    page = _page(cast.nora, cast.acme, f"?day={today}")
    assert ">0:30 <" in page and "not yet visible" in page and "The client sees entries 10 days after" in page


def test_vendor_of_the_agency_sees_no_time(cast, october):
    page = _page(cast.vera, cast.acme)

    assert "Nothing logged in" in page


def test_entries_come_in_pages_and_each_once(cast, log):
    with tenant(cast.north.pk):
        first = log(1, day=date(2026, 10, 1), text="Work 0")
        copies = [
            WorkEntry(
                agency=cast.north,
                client=cast.acme,
                member=(cast.nora, cast.olaf)[number % 2],
                kind=first.kind,
                text=f"Work {number}",
                spent_on=date(2026, 10, 1 + number % 28),
                minutes=number,
                visible_from=first.visible_from,
            )
            for number in range(1, 130)
        ]
        WorkEntry.objects.bulk_create(copies)
    for by in ("member", "day", "kind", "project"):
        seen, address = [], f"?month=2026-10&by={by}"
        while address:
            page = _page(cast.anna, cast.acme, address)
            seen += [part.partition("<")[0] for part in page.split("entries/")[1:] for part in [part.partition(">")[2]]]
            more = page.partition('<a class="btn btn--sm" href="?')[2].partition('"')[0].replace("&amp;", "&")
            address = f"?{more}" if more else ""
        assert sorted(seen) == sorted(f"Work {number}" for number in range(130))


def test_a_key_that_is_none_begins_at_the_top(cast, october):
    for after in ("x", "1.2.3", f"{cast.nora.pk}.0.1", "..", f"{cast.nora.pk}.999999999.1"):
        assert "3:35" in _page(cast.anna, cast.acme, f"?month=2026-10&after={after}")


def test_month_asks_the_same_for_one_entry_as_for_three(cast, log):
    browser, address = browse_as(cast.anna), url("worklog:index", cast.acme) + "?month=2026-10"
    log(30, day=date(2026, 10, 1))
    browser.get(address)
    one = queries_of(browser, address)
    log(30, day=date(2026, 10, 2)), log(30, day=date(2026, 10, 3))
    three = queries_of(browser, address)

    assert len(one) == len(three) == 10, "\n".join(one)


def test_month_with_a_removed_entry_becomes_final(cast, log, seen_by):
    kept, removed = log(60, text="Kept"), log(30, text="Removed")
    seen_by(removed, cast.anna)
    correcting.remove(removed, by=cast.olaf)
    with tenant(cast.north.pk):
        WorkEntry.objects.filter(pk=kept.pk).update(invoiced_at=timezone.now())
        assert not facts_of(cast.anna, cast.acme, Month.of(kept.spent_on)).is_provisional
