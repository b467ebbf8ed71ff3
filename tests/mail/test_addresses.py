"""Portal addresses: readable, hard to guess, found again."""

import math
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.mail import addresses
from portal.mail.addresses import address_for, recipients_among, route_of, split
from portal.mail.models import ClientAddress, MailRoute


def test_an_address_is_made_once_and_names_the_client(cast, settings):
    settings.MAIL_DOMAIN = "In.Example.ORG"
    first, again = address_for(cast.acme), address_for(cast.acme)

    assert first == again
    assert re.fullmatch(r"acme-[a-hj-km-np-z2-9]{9}@in\.example\.org", first)


def test_guessing_one_takes_more_than_forty_bits():
    assert math.log2(len(set(addresses.ALPHABET))) * addresses.RANDOM_LETTERS >= 40
    assert not set(addresses.ALPHABET) & set("ilo01")


def test_an_agency_may_have_its_own_domain(cast, see_north):
    cast.north.mail_domain = "mail.north.example"
    cast.north.save()
    cast.acme.agency.refresh_from_db()

    assert address_for(cast.acme).endswith("@mail.north.example")


def test_the_route_knows_the_agency_and_nothing_else(cast):
    address = address_for(cast.acme)

    assert route_of(address.upper()) == cast.north.pk
    assert route_of(address.replace("@", "+shop@")) == cast.north.pk
    assert route_of("acme@in.localhost") is None
    assert {field.name for field in MailRoute._meta.fields} == {"id", "digest", "agency_id"}
    assert all(word not in MailRoute.objects.get().digest for word in ("acme", "@"))


@pytest.mark.parametrize("word", ["", "@", "+", "a", "<>", "a@", "@b", "\ud800@x", "ß@ü.example", "a@b@c", "x" * 5000])
def test_nonsense_leads_nowhere(db, word):
    assert route_of(word) is None


def test_recipients_carry_the_word_after_the_plus(cast, see_north):
    address = address_for(cast.acme)
    now = timezone.now()

    found = recipients_among(cast.north.pk, [address.replace("@", "+Shop@"), address, "x@y"], at=now)

    assert [(one.client, one.tag) for one in found] == [(cast.acme, "shop")]
    assert recipients_among(cast.south.pk, [address], at=now) == []


def test_a_retired_address_takes_mail_for_a_while(cast, see_north):
    address, now = address_for(cast.acme), timezone.now()
    ClientAddress.objects.update(retired_at=now, valid_until=now + timedelta(days=30))

    assert recipients_among(cast.north.pk, [address], at=now)
    assert not recipients_among(cast.north.pk, [address], at=now + timedelta(days=31))
    assert address_for(cast.acme) != address


def test_splitting():
    assert split("<Acme-X+Shop+2@IN.Example.>") == ("acme-x", "shop+2", "in.example")
