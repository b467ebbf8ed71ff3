"""The door: who gets in where."""

from django.db import transaction

from portal.core.context import tenant
from portal.tenancy.models import Client
from portal.tenancy.scope import acting_as


def test_without_context_nothing_is_visible(cast):
    assert Client.objects.count() == 0


def test_agency_sees_its_own_clients_only(cast):
    with tenant(cast.north.pk), transaction.atomic():
        assert set(Client.objects.values_list("name", flat=True)) == {"Acme", "Bolt"}


def test_contact_sees_the_own_client_only_even_without_a_filter(cast):
    with acting_as(cast.anna), transaction.atomic():
        assert list(Client.objects.values_list("name", flat=True)) == ["Acme"]
