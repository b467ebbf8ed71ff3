"""What the actions on people, clients, projects and vendors ask for themselves, whatever page stood before them."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.core.context import tenant
from portal.people import rules
from portal.people.actions import clients, members
from portal.tenancy import actions as places
from portal.tenancy.models import Absence, Client, Vendor
from tests.limited import fresh

AWAY = {"starts_at": datetime(2030, 3, 1, tzinfo=UTC), "ends_at": datetime(2030, 3, 9, tzinfo=UTC)}
OF_WHO_KEEPS_CLIENTS = {
    "create client": lambda cast, by: clients.create_client(cast.north, by=by, name="Mine"),
    "change client": lambda cast, by: clients.change_client(cast.acme, by=by, name="Mine"),
    "archive client": lambda cast, by: clients.archive_client(cast.acme, by=by),
    "restore client": lambda cast, by: clients.restore_client(cast.acme, by=by),
    "end client": lambda cast, by: clients.end_client(cast.acme, by=by, access_until=date(2030, 1, 1)),
    "create project": lambda cast, by: clients.create_project(cast.acme, by=by, name="Mine"),
    "change project": lambda cast, by: clients.change_project(cast.blog, by=by, name="Mine"),
    "archive project": lambda cast, by: clients.archive_project(cast.blog, by=by),
    "restore project": lambda cast, by: clients.restore_project(cast.blog, by=by),
    "save vendor": lambda cast, by: clients.save_vendor(cast.supplier, by=by, name="Mine"),
    "share": lambda cast, by: members.share(cast.blog, by=by, level="view", vendor=cast.supplier),
    "unshare": lambda cast, by: members.unshare(cast.shop, by=by, vendor=cast.supplier),
}
OF_WHO_KEEPS_PEOPLE = {
    "change": lambda cast, by: members.change(cast.bob, by=by, role=cast.bob.role, position="Mine", phone=""),
    "areas": lambda cast, by: members.set_areas(cast.bob, cast.bolt, {"tickets"}, by=by),
    "projects": lambda cast, by: members.set_projects(cast.carl, cast.acme, {cast.shop: "view"}, by=by),
    "end": lambda cast, by: members.end(cast.bob, by=by),
    "absence": lambda cast, by: members.add_absence(cast.rita, by=by, stand_in=None, **AWAY),
}
ALL = OF_WHO_KEEPS_CLIENTS | OF_WHO_KEEPS_PEOPLE


@pytest.mark.parametrize("what", ALL)
@pytest.mark.parametrize("who", ["nora", "fred", "carl", "vera", "saul"])
def test_whoever_keeps_neither_clients_nor_people_does_nothing(cast, who, what):
    """Saul does: in his own agency."""
    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        ALL[what](cast, getattr(cast, who))


@pytest.mark.parametrize("what", ALL)
def test_owner_does_all_of_it(cast, what):
    with tenant(cast.north.pk):
        ALL[what](cast, cast.olaf)


def test_absence_is_taken_back_by_nobody_else(cast):
    with tenant(cast.north.pk):
        absence = members.add_absence(cast.nora, by=cast.nora, stand_in=cast.olaf, **AWAY)
        for by in (cast.rita, cast.fred, cast.anna, cast.vera, cast.saul):
            with pytest.raises(PermissionDenied):
                members.delete_absence(absence, by=by)
        assert Absence.objects.exists()


def test_work_goes_to_nobody_who_only_reads_and_to_nobody_elsewhere(cast):
    with tenant(cast.north.pk):
        for other in (cast.rita, cast.anna, cast.saul):
            with pytest.raises(ValidationError):
                members.add_absence(cast.nora, by=cast.nora, stand_in=other, **AWAY)
            with pytest.raises(ValidationError):
                clients.create_client(cast.north, by=cast.olaf, name="Dune", manager=other)
            with pytest.raises(ValidationError):
                members.end(cast.nora, by=cast.olaf, to=other)
        with pytest.raises(ValidationError):
            members.end(cast.nora, by=cast.olaf, to=cast.nora)


def test_what_has_ended_gets_no_project_and_what_is_elsewhere_no_name(cast):
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())
        ended = Client.objects.select_related("agency").get(pk=cast.acme.pk)
        with pytest.raises(PermissionDenied):
            clients.create_project(ended, by=cast.olaf, name="Late")
    with pytest.raises(PermissionDenied):
        clients.save_vendor(Vendor(agency=cast.south, engagement="supplier"), by=cast.olaf, name="Ours")


def test_projects_and_areas_are_given_within_the_client_and_by_whoever_has_them(cast):
    with tenant(cast.north.pk):
        bolts = clients.create_project(cast.bolt, by=cast.olaf, name="Bolts")
        places.set_access(cast.anna, cast.acme, ["tickets", "security"])
        anna = fresh(cast.anna)
        for levels, by in (({bolts: "view"}, cast.olaf), ({cast.shop: "manage"}, anna)):
            with pytest.raises(PermissionDenied):
                members.set_projects(cast.carl, cast.acme, levels, by=by)
        with pytest.raises(PermissionDenied):
            members.share(cast.blog, by=cast.olaf, level="view", member=cast.saul)

        members.set_areas(cast.carl, cast.acme, {"tickets", "money"}, by=anna)
        assert rules.own_areas(cast.acme, fresh(cast.carl)) == {"tickets"}
