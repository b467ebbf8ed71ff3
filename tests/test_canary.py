"""Nobody ever reads a text of another agency, of another client, or of the agency's own people: P1 and P2 of the promises."""

import json

import pytest
from django.db import transaction
from django.test import override_settings

from portal.core.context import tenant
from portal.mail.models import OutgoingMail
from portal.tenancy import veiling
from portal.tenancy.models import Agency, AgencyAddress, Member
from tests.asking import Trial, browser_of, path_of, text_of
from tests.canary import KEPT, TEXTS, TOKEN, foreign_tokens, tenant_models
from tests.crawling import MARK, leaks
from tests.route_shapes import Row
from tests.scenery import PEOPLE, scenery
from tests.walls_off import first_wall_off, second_wall_off

__all__ = ["scenery"]

CRAWLS = [
    ("anna", {"of": ["acme", "bolt", "cosmo"]}),
    ("anna", {"of": ["bolt", "cosmo"], "under": "acme", "at": "north"}),
    ("lena", {"of": ["acme"]}),
    ("vera", {"of": ["acme"]}),
    ("vera", {"of": ["bolt"], "under": "acme"}),
    ("pavel", {"of": ["acme"]}),
    ("wanda", {"of": ["acme"]}),
    ("wanda", {"of": ["acme", "bolt"], "is_real": True}),
    ("fred", {"of": ["acme"]}),
    ("nora", {"of": ["acme"]}),
    ("nora", {"of": ["cosmo"], "under": "acme", "at": "north"}),
    ("olaf", {"of": ["acme"], "is_admin": True}),
    ("saul", {"of": ["acme"], "under": "cosmo", "at": "south", "is_admin": True}),
    ("sofia", {"of": ["cosmo"]}),
]
BEHIND_ONE_WALL = [
    ("anna", {"of": ["acme"]}),
    ("anna", {"of": ["bolt", "cosmo"], "under": "acme", "at": "north"}),
    ("lena", {"of": ["acme"]}),
    ("vera", {"of": ["acme"]}),
    ("nora", {"of": ["cosmo"], "under": "acme", "at": "north"}),
]
HOST = "portal.south.example"
AT_HOST = {"host": HOST, "at": "south"}
OWN_DOMAIN = [
    ("sofia", {"of": ["cosmo"], "prefix": "/", **AT_HOST}),
    ("saul", {"of": ["acme"], "under": "cosmo", "prefix": "/", "is_admin": True, **AT_HOST}),
    ("anna", {"of": ["acme", "cosmo"], "prefix": "/", **AT_HOST}),
    ("nora", {"of": ["acme"], "prefix": "/north/", **AT_HOST}),
    ("stranger", {"of": ["cosmo"], "prefix": "/", **AT_HOST}),
]
CREATED_LATER = {"mail.OutgoingMail.message_id"}


@pytest.mark.parametrize(("viewer", "how"), CRAWLS, ids=str)
def test_p1_nobody_reads_a_foreign_word(scenery, viewer, how):
    found = list(leaks(scenery, viewer, **how, asks_all=False))

    assert not found, "\n" + "\n".join(found)


@pytest.fixture
def own_domain(scenery):
    """South is also found at a domain of its own."""
    with tenant(scenery.south.pk), transaction.atomic():
        assert Agency.objects.filter(pk=scenery.south.pk).update(host=HOST)
        AgencyAddress.objects.create(name=HOST, agency_id=scenery.south.pk)
    with override_settings(ALLOWED_HOSTS=[HOST, "testserver"]):
        yield


@pytest.mark.parametrize(("viewer", "how"), OWN_DOMAIN, ids=str)
def test_p1_nobody_reads_a_foreign_word_at_an_agencys_own_domain(scenery, own_domain, viewer, how):
    found = list(leaks(scenery, viewer, **how))

    assert not found, "\n" + "\n".join(found)


def test_at_its_own_domain_an_agency_shows_its_own_and_no_paths_of_others(scenery, own_domain):
    page = browser_of(scenery, "sofia").get(f"/{scenery.things['cosmo'].client.slug}/protocols/", HTTP_HOST=HOST)
    lost = browser_of(scenery, "nora").get("/north/", HTTP_HOST=HOST)
    outside = browser_of(scenery, "stranger").get("/north/my-day/", HTTP_HOST=HOST)

    assert "cnry-south-cosmo-protocols_protocol" in page.content.decode()
    assert 'href="/south/' not in page.content.decode()
    assert lost.status_code == 404
    assert outside.status_code in (302, 404) and "cnry-north" not in str(outside.headers)


def test_p1_the_crawl_reads_what_a_pdf_says_and_what_the_log_says(scenery):
    """Its twin: own words are found there, so foreign ones would be."""
    things = scenery.things["acme"]
    path = path_of(Row("protocols:pdf", {}, {}, args=lambda t: (t.protocol.number,)), things)
    with Trial() as trial:
        answer, _written = trial.ask(browser_of(scenery, "anna"), "get", path)

    assert "cnry-north-acme-protocols_protocol" in text_of(answer)
    assert json.loads(answer.log.splitlines()[-1])["path"] == path


@pytest.mark.parametrize(("viewer", "how"), BEHIND_ONE_WALL, ids=str)
def test_p2_without_the_first_wall_the_second_one_stands(scenery, viewer, how):
    """Every `visible_to` and `of` returns everything: row-level security alone keeps the words in."""
    with first_wall_off():
        found = [line for line in leaks(scenery, viewer, **how) if ": 500 " not in line]

    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(("viewer", "how"), BEHIND_ONE_WALL, ids=str)
def test_without_the_second_wall_the_first_one_stands(scenery, viewer, how):
    """Everything is read through a role that sees all agencies: the querysets alone keep the words in."""
    with second_wall_off():
        found = list(leaks(scenery, viewer, **how))

    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(("viewer", "how"), BEHIND_ONE_WALL, ids=str)
def test_without_both_walls_the_crawl_sees_foreign_words(scenery, viewer, how):
    """The twin: it shows that the crawl can see at all."""
    with first_wall_off(), second_wall_off():
        found = next((line for line in leaks(scenery, viewer, **how) if "cnry-" in line.rpartition(": ")[2]), None)

    assert found


def test_p1_who_must_not_learn_a_clients_name_reads_the_ticket_without_it(scenery, monkeypatch):
    """Its twin: without the veil over rows and people the same page tells names of both."""
    ticket = scenery.things["acme"].shared_ticket
    path = f"/north/{veiling.alias_of(ticket.client.slug)}/tickets/{ticket.number}/"
    page = lambda: browser_of(scenery, "wanda").get(path).content.decode()  # noqa: E731

    assert "cnry-north-shop-tickets_ticket" in page() and "cnry-north-acme" not in page()

    monkeypatch.setattr(veiling, "is_on", lambda: False)
    assert "cnry-north-acme-tenancy_client" in page() and "cnry-north-acme-accounts_user" not in page()
    monkeypatch.setattr(veiling, "shown_person", lambda name, kind: name)
    assert "cnry-north-acme-accounts_user" in page()


def test_p1_every_text_of_every_tenant_carries_its_token(scenery):
    bare = []
    for model in tenant_models():
        kept = KEPT.get(model._meta.db_table, "").split()
        texts = [
            f for f in model._meta.concrete_fields if isinstance(f, TEXTS) and not f.choices and f.name not in kept
        ]
        for row in model._base_manager.using("maint"):
            bare += [f"{model._meta.label}.{f.name}" for f in texts if _is_bare(getattr(row, f.attname))]

    assert set(bare) <= CREATED_LATER


def _is_bare(value) -> bool:
    return isinstance(value, str) and bool(value) and not TOKEN.search(value)


def test_p1_no_mail_tells_a_foreign_word(scenery):
    """What was sent after the tokens were planted: notifications, to everybody who was told."""
    with transaction.atomic(using="maint"):
        members = Member.objects.using("maint").select_related("user")
        names = {member.pk: name for name in PEOPLE if (member := getattr(scenery, name)) and hasattr(member, "kind")}
        viewers = {member.user.email: names[member.pk] for member in members if member.pk in names}
        sent = [m for m in OutgoingMail.objects.using("maint") if m.to[0] in viewers]
        wrong = [
            (viewers[m.to[0]], token)
            for m in sent
            for token in foreign_tokens(f"{m.subject}\n{m.text}\n{m.html}\n{m.headers}", viewers[m.to[0]])
        ]

    assert len({m.to[0] for m in sent}) >= 5
    assert not wrong


@pytest.mark.parametrize(
    ("viewer", "own"),
    [("anna", "north-acme"), ("bob", "north-bolt"), ("lena", "north-shop"), ("vera", "north-shop"), ("nora", "north-")],
)
def test_p1_the_search_finds_own_words_and_no_others(scenery, viewer, own):
    """With and without either wall; found words are marked, so the marks go before the tokens are read."""
    browser = browser_of(scenery, viewer)
    pages = [_found(browser)]
    with second_wall_off():
        pages.append(_found(browser))
    with first_wall_off():
        behind_the_second = foreign_tokens(_found(browser), viewer, address="north")

    for page in pages:
        assert f"cnry-{own}" in page
        assert not foreign_tokens(page, viewer, address="north")
    # To row-level security the people of an agency are one: contacts' drafts are kept from them by the first wall alone.
    assert not {token for token in behind_the_second if viewer != "nora" or not token.startswith("cnry-north-own")}


def _found(browser) -> str:
    return MARK.sub("", browser.get("/north/search/?q=cnry").content.decode())
