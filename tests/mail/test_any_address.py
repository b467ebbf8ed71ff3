"""Which addresses the door takes although no client has them (any more), and that it does not tell who is a client."""

import pytest
from django.db import transaction

from portal.core.context import tenant
from portal.mail.addresses import address_for, route_of
from portal.tenancy.models import Agency

DOMAIN = "in.north.example"
pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.fixture
def own_domain(cast):
    set_on(cast.north, mail_domain=DOMAIN)


def set_on(agency, **fields):
    with tenant(agency.pk), transaction.atomic():
        Agency.objects.filter(pk=agency.pk).update(**fields)


def test_on_an_own_domain_every_word_gets_the_same_answer(cast, own_domain):
    for word in ("acme-xxxxxxxxx", "bolt-yyyyyyyyy", "nobody-zzzzzzzzz", "info", "acme"):
        assert route_of(f"{word}@{DOMAIN}") == route_of(f"{word}+shop@{DOMAIN.upper()}") == cast.north.pk


@pytest.mark.parametrize("word", ["", "reply", "reply+aaaa"])
def test_answers_need_their_token_all_the_same(cast, own_domain, word):
    assert route_of(f"{word}@{DOMAIN}") is None


def test_on_the_shared_domain_only_what_once_was_an_address(cast, settings):
    address = address_for(cast.acme)
    assert route_of(address) == cast.north.pk
    for word in ("acme-xxxxxxxxx", "acme", "nobody"):
        assert route_of(f"{word}@{settings.MAIL_DOMAIN}") is None
    set_on(cast.north, mail_domain=settings.MAIL_DOMAIN)
    assert route_of(f"acme-xxxxxxxxx@{settings.MAIL_DOMAIN}") is None


def test_the_agency_may_refuse_them(cast, own_domain):
    set_on(cast.north, takes_any_address=False)
    assert route_of(f"acme-xxxxxxxxx@{DOMAIN}") is None


def test_a_domain_that_two_name_is_nobodys(cast, own_domain):
    set_on(cast.south, mail_domain=DOMAIN)
    assert route_of(f"acme-xxxxxxxxx@{DOMAIN}") is None


def test_other_domains_are_not_ours(cast, own_domain):
    for address in ("acme-x@in.north.example.evil", "acme-x@north.example", "acme-x@", f"a\0b@{DOMAIN}\0"):
        assert route_of(address) is None
