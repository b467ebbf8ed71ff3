"""A vendor who must not learn the client's name meets it nowhere: not on pages, in addresses, files, mails or searches."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from portal.core.context import tenant
from portal.search.asking import understood
from portal.search.finding import find
from portal.tenancy import veiling
from portal.tenancy.actions import share_project
from portal.tenancy.models import Client, Member, Vendor
from portal.tenancy.scope import acting_as, agency_urls
from tests.browse import browse_as, reload, url
from tests.tickets.makers import deliver, mails_to, open_for
from tickets import actions, finding, muting

NAME = re.compile(r"zobel|acme|\bacm\b|(anna|carl)( example|@)", re.IGNORECASE)
"""Of the client, its letters in keys of tickets, and the names and addresses of its people."""


@pytest.fixture
def veiled(cast, ticket, say):
    """Vera's studio, behind the veil; the client is called Zobel now and its address says so."""
    with tenant(cast.north.pk):
        Vendor.objects.filter(pk=cast.supplier.pk).update(knows_client=False)
        share_project(cast.shop, level="manage", vendor=cast.supplier)
        Client.objects.filter(pk=cast.acme.pk).update(name="Zobel & Co", slug="zobel")
        cast.acme.refresh_from_db()
        vera = Member.objects.select_related("user", "role", "vendor", "agency").get(pk=cast.vera.pk)
        actions.assign(ticket, by=cast.nora, to=vera)
        other = open_for(cast.acme, cast.anna, project=cast.shop, title="Second")
        actions.join(ticket, other, kind="blocks", by=cast.nora)
    say(ticket, cast.anna, "Hello")
    return vera


def test_no_page_says_the_name_and_no_address(cast, ticket, veiled):
    browser, seen, waiting = browse_as(veiled), set(), {"/north/"}
    while waiting and len(seen) < 60:
        path = waiting.pop()
        seen.add(path)
        answer = browser.get(path, follow=True)
        words = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = words.decode("utf-8", "replace")
        assert not NAME.search(text), (path, NAME.search(text))
        assert answer.status_code == 200, path
        found = {link.partition("#")[0] for link in re.findall(r'href="(/north/[^"?]*)', text)}
        waiting |= {link for link in found - seen if "/accounts/" not in link and "/legal/" not in link}

    assert any("/tickets/" in path and path.rstrip("/").endswith("/1") for path in seen)
    assert any(path.endswith("/projects/shop/") and "/tickets/" not in path for path in seen)
    assert any("export" in path for path in seen) and any("calendar" in path for path in seen)


def test_real_address_is_nowhere_and_protocols_and_mails_are_closed(cast, ticket, veiled):
    browser, alias = browse_as(veiled), veiling.alias_of("zobel")
    for path in ("tickets/", f"tickets/{ticket.number}/"):
        assert browser.get(f"/north/zobel/{path}").status_code == 404
        assert browser.get(f"/north/{alias}/{path}").status_code == 200
    for path in ("", "protocols/", "mails/", "timeline/", "profile/", "work-log/"):
        answer = browser.get(f"/north/{alias}/{path}")
        assert answer.status_code == (404 if path else 200), path
    assert browse_as(cast.nora).get(f"/north/{alias}/tickets/").status_code == 404
    assert browse_as(cast.pavel).get("/north/zobel/tickets/").status_code == 200


def test_mails_say_neither_name_nor_address(cast, ticket, veiled, say):
    deliver(cast.north)
    say(ticket, cast.anna, "Where are we?")

    mails = deliver(cast.north)
    told = mails_to(mails, veiled)[0]
    words = "\n".join([told.subject, told.text, told.html, str(told.headers), told.reply_to])
    assert not NAME.search(words), NAME.search(words)
    assert f"T-{ticket.number} " in told.subject and "Somebody at the client" in told.text
    with agency_urls(cast.north) as base:
        path = re.search(re.escape(base) + r"(/north/_\w+/tickets/\d+/)", told.text)[1]
    assert browse_as(veiled).get(path).status_code == 200
    assert all("Zobel" in mail.text for mail in mails_to(mails, cast.olaf))


def test_page_behind_the_link_that_mutes_says_it_neither(cast, ticket, veiled):
    with agency_urls(cast.north):
        path = muting.path_for(veiled, ticket.pk)
    for answer in (Browser().get(path), Browser().post(path)):
        words = answer.content.decode()
        assert answer.status_code == 200 and not NAME.search(words), NAME.search(words)


def test_search_neither_shows_the_name_nor_confirms_a_guess(cast, ticket, veiled):
    with acting_as(veiled):
        found = {who: find(veiled, understood(f"shipping in:{who}")) for who in ("zobel", "bolt")}
        hits = [hit for group in found["zobel"].groups for hit in group.hits]
    assert hits and not any(NAME.search(" ".join([hit.url, *hit.facts])) for hit in hits)
    assert len(found["bolt"].groups) == len(found["zobel"].groups)
    desk = browse_as(veiled)
    guesses = [desk.get(url("desk:index", cast.north), {"of": of}).content.decode() for of in ("zobel", "bolt")]
    assert [f"/tickets/{ticket.number}/" in page for page in guesses] == [True, True]


def test_keys_are_found_as_they_are_shown_and_confirm_no_guess(cast, ticket, veiled, say):
    say(ticket, cast.nora, "As with ACM-2 before")
    shown = f"T-{ticket.number}"
    with acting_as(veiled):
        found = {
            asked: _titles(veiled, asked)
            for asked in ("acm", "ACM-1", "-acm shipping", "from:anna shipping", "from:nora")
        }
        assert f"{shown} {ticket.title}" in _titles(veiled, shown)
        assert "As with T-2 before" in find(veiled, understood("before")).groups[0].hits[0].text
    assert not found["acm"] and not found["ACM-1"] and not found["from:anna shipping"]
    assert found["-acm shipping"] and found["from:nora"]
    with acting_as(cast.nora):
        assert _titles(cast.nora, "acm") and _titles(cast.nora, "from:anna shipping")
    desk, path = browse_as(veiled), url("desk:index", cast.north)
    lists = {q: len(desk.get(path, {"q": q}).context["rows"]) for q in ("acm", "ACM-1", shown.lower(), "shipping")}
    assert lists == {"acm": 0, "ACM-1": 0, shown.lower(): 1, "shipping": 1}
    assert len(browse_as(cast.nora).get(path, {"q": "ACM-1"}).context["rows"]) == 1


def test_history_and_words_of_merged_tickets_have_the_neutral_key(cast, ticket, veiled):
    merged = open_for(cast.acme, cast.anna, project=cast.shop, title="Again")
    with tenant(cast.north.pk):
        actions.merge(merged, ticket, by=cast.nora)

    page = browse_as(veiled).get(f"/north/{veiling.alias_of('zobel')}/tickets/{ticket.number}/").content.decode()

    assert f"merged T-{merged.number} into" in page and f"T-{merged.number} Again</strong>" in page
    assert f"{merged.key} Again</strong>" in _page(cast.anna, ticket)


def test_earlier_words_and_words_in_forms_have_the_neutral_key_too(cast, ticket, veiled, say):
    said, again = (
        say(ticket, cast.nora, "As with ACM-2"),
        open_for(cast.acme, veiled, project=cast.shop, title="Again"),
    )
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, description="Like ACM-2")
        actions.merge(again, ticket, by=cast.nora)
        own = ticket.comments.get(author=veiled)
    place, browser = f"/north/{veiling.alias_of('zobel')}/tickets/{ticket.number}", browse_as(veiled)

    pages = (f"comments/{said.pk}/versions/", "versions/", f"comments/{own.pk}/", "edit/")
    words = {page: browser.get(f"{place}/{page}").content.decode() for page in pages}

    for page, number in zip(pages, (2, 2, again.number, 2), strict=True):
        assert f"T-{number}" in words[page] and not NAME.search(words[page]), page
    browser.post(f"{place}/edit/", {"title": "Other", "description": "Like T-2", "type": ticket.type_id, "percent": 0})
    assert (reload(ticket).title, reload(ticket).description) == ("Other", "Like ACM-2")


def _titles(member, asked: str) -> list[str]:
    return [hit.title for group in find(member, understood(asked)).groups for hit in group.hits]


def _page(member, ticket) -> str:
    return browse_as(member).get(f"/north/zobel/tickets/{ticket.number}/").content.decode()


def test_what_the_vendor_writes_is_kept_under_the_real_address(cast, ticket, veiled):
    alias = veiling.alias_of("zobel")
    browse_as(veiled).post(
        f"/north/{alias}/tickets/{ticket.number}/comments/", {"text": "Done", "visibility": "public"}
    )

    mail = mails_to(deliver(cast.north), cast.anna)[-1]

    assert (
        ticket.key in mail.subject
        and "/zobel/tickets/" in mail.text
        and "_" not in mail.text.partition("/zobel/")[0][-10:]
    )


def test_time_is_named_by_no_key_that_would_tell_the_initials(cast, ticket, veiled):
    with acting_as(cast.nora):
        assert finding.named(cast.nora, cast.acme, "acm-1") == (ticket.pk, str(ticket))
        assert finding.key_of(cast.nora, ticket.pk) == "ACM-1"
    with acting_as(veiled):
        assert finding.named(veiled, cast.acme, "ACM-1") is None and finding.key_of(veiled, ticket.pk) == ""


def test_provider_knows_the_client_that_engaged_it(cast):
    with tenant(cast.north.pk), transaction.atomic(), pytest.raises(IntegrityError):
        Vendor.objects.filter(pk=cast.provider.pk).update(knows_client=False)
    data = {"name": "Pixel Print", "engagement": "provider", "client": cast.acme.pk}
    browse_as(cast.olaf).post(url("people:vendor", cast.north, cast.provider.pk), data)
    browse_as(cast.olaf).post(
        url("people:vendor", cast.north, cast.supplier.pk), {"name": "Vega", "engagement": "supplier"}
    )
    with tenant(cast.north.pk):
        knows = dict(Vendor.objects.values_list("pk", "knows_client"))
    assert knows == {cast.provider.pk: True, cast.supplier.pk: False}
