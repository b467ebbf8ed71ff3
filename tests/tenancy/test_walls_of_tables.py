"""The second wall, table by table: nothing without a context, nothing of others, whatever a query forgets.

The cast fills the tables; each test asks the raw tables, as a view that has forgotten its filter would.
"""

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from portal.core.context import tenant
from portal.tenancy.catalogue import all_models, is_tenant
from portal.tenancy.models import Client, Member, Project, Role
from portal.tenancy.scope import acting_as, looking_up
from tests import stage

TENANT_MODELS = [model for model in all_models() if is_tenant(model) and model._meta.label != "tenancy.Agency"]
NAMES = [model._meta.label for model in TENANT_MODELS]


@pytest.mark.parametrize("model", TENANT_MODELS, ids=NAMES)
def test_without_context_nothing_is_visible(cast, model):
    with transaction.atomic():
        assert not model._base_manager.exists()


@pytest.mark.parametrize("model", TENANT_MODELS, ids=NAMES)
def test_agency_sees_only_its_own_rows(cast, model):
    for agency in (cast.north, cast.south):
        with tenant(agency.pk), transaction.atomic():
            assert set(model._base_manager.values_list("agency_id", flat=True)) <= {agency.pk}


@pytest.mark.parametrize("name", ["anna", "carl", "vera", "pavel"])
def test_outsiders_see_no_client_but_their_own(cast, name):
    with acting_as(getattr(cast, name)), transaction.atomic():
        assert set(Client.objects.values_list("name", flat=True)) == {"Acme"}
        for model in TENANT_MODELS:
            if any(field.name == "client" for field in model._meta.fields):
                seen = set(model._base_manager.exclude(client=None).values_list("client_id", flat=True))
                assert seen <= {cast.acme.pk}, model


def test_contact_of_one_client_never_learns_who_works_at_another(cast):
    with acting_as(cast.bob), transaction.atomic():
        names = set(Member.objects.values_list("user__name", flat=True))
    assert {"Anna Example", "Carl Example", "Pavel Example"}.isdisjoint(names)
    assert "Bob Example" in names


def test_vendor_sees_only_the_shared_project(cast):
    with acting_as(cast.vera), transaction.atomic():
        assert list(Project.objects.values_list("name", flat=True)) == ["Shop"]


@pytest.mark.parametrize("name", ["anna", "vera"])
@pytest.mark.parametrize("model", [Client, Project, Role, Member])
def test_outsiders_change_nothing_of_the_house(cast, name, model):
    with acting_as(getattr(cast, name)), transaction.atomic():
        field = "position" if model is Member else "name"
        assert model._base_manager.all().update(**{field: "hacked"}) == 0


def test_outsider_cannot_insert_into_the_house(cast):
    with acting_as(cast.anna), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Client.objects.create(agency=cast.north, name="Mine", slug="mine")


def test_row_of_another_agency_cannot_be_written_or_moved(cast):
    with tenant(cast.north.pk):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Client.objects.create(agency=cast.south, name="Spy", slug="spy")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Client.objects.filter(pk=cast.acme.pk).update(agency=cast.south)
        with transaction.atomic():
            assert Client.objects.filter(pk=cast.cosmo.pk).update(name="x") == 0


def test_foreign_key_cannot_point_at_another_agency(cast):
    with tenant(cast.north.pk), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        Project.objects.filter(pk=cast.shop.pk).update(client=cast.cosmo)


def test_person_finds_the_own_places_before_any_agency_is_known(cast):
    with looking_up(cast.anna.user_id, None), transaction.atomic():
        assert list(Member.objects.values_list("pk", flat=True)) == [cast.anna.pk]


def test_application_cannot_take_the_walls_down(cast):
    for sql in (
        "ALTER TABLE tenancy_client DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON tenancy_client",
        "TRUNCATE tenancy_client CASCADE",
        "SET ROLE portal_owner",
        "SET ROLE portal_maint",
        "CREATE TABLE mine (id int)",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_without_the_wall_the_same_question_shows_everything():
    """The twin with the guard off: were it to show nothing as well, the tests above would prove nothing."""
    cast = stage.cast()
    walled = _names_seen_by(cast.north)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE tenancy_client DISABLE ROW LEVEL SECURITY")
    try:
        unwalled = _names_seen_by(cast.north)
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE tenancy_client ENABLE ROW LEVEL SECURITY")

    assert walled == ["Acme", "Bolt"]
    assert unwalled == ["Acme", "Bolt", "Cosmo"]


def _names_seen_by(agency) -> list[str]:
    with tenant(agency.pk), transaction.atomic():
        return list(Client.objects.order_by("name").values_list("name", flat=True))
