"""Clients and projects: made, changed, shared, archived, ended."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.mail.models import ClientAddress
from portal.people import tasks
from portal.people.actions import clients
from portal.tenancy.models import Client, ClientAccess, Member, Project, ProjectAccess, Vendor
from tests.browse import browse_as, events_of, reload, url
from tests.people.confirming import confirmed


def test_owner_creates_a_client(olaf, nora, north):
    answer = browse_as(olaf).post(
        url("people:new_client", north), {"name": "Müller & Söhne", "manager": nora.pk, "embargo_days": "0"}
    )

    with tenant(north.pk), transaction.atomic():
        client = Client.objects.get(name="Müller & Söhne")
    assert answer["Location"] == f"{url('people:invite', north, 'contact')}?client={client.pk}"
    assert (client.slug, client.manager_id, client.embargo_days) == ("mueller-soehne", nora.pk, 0)
    assert events_of(client) == [("client.created", olaf.pk)]


def test_client_has_its_mail_address_from_the_first_moment(olaf, north):
    with tenant(north.pk), transaction.atomic():
        client = clients.create_client(north, by=olaf, name="Delta")

        assert ClientAddress.objects.get(client=client).local_part.startswith("delta-")


def test_name_that_is_a_page_gets_another_address(olaf, north):
    browse_as(olaf).post(url("people:new_client", north), {"name": "Settings"})

    with tenant(north.pk), transaction.atomic():
        assert Client.objects.get(name="Settings").slug == "settings-2"


@pytest.mark.parametrize("slug", ["settings", "acme", "Ä", "a--b", "-a", "a/b"])
def test_bad_address_is_refused_at_the_field_and_typed_text_stays(olaf, north, slug):
    answer = browse_as(olaf).post(url("people:new_client", north), {"name": "Typed name", "slug": slug})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"slug"}
    assert b"Typed name" in answer.content


def test_external_id_is_unique_within_the_agency_only(olaf, saul, acme, north, south):
    browse_as(olaf).post(url("people:client_settings", acme), {"name": "Acme", "external_id": "K-1"})

    same = browse_as(olaf).post(url("people:new_client", north), {"name": "Other", "external_id": "K-1"})
    elsewhere = browse_as(saul).post(url("people:new_client", south), {"name": "Other", "external_id": "K-1"})

    assert reload(acme).external_id == "K-1"
    assert (same.status_code, elsewhere.status_code) == (422, 302)


def test_manager_of_another_agency_is_refused(olaf, saul, north):
    form = {"name": "New", "manager": saul.pk}
    assert browse_as(olaf).post(url("people:new_client", north), form).status_code == 422


def test_posted_extra_fields_change_nothing(olaf, acme, south):
    form = {"name": "Acme", "agency_id": south.pk, "archived_at": "2020-01-01", "read_only_at": "2020-01-01"}
    browse_as(olaf).post(url("people:client_settings", acme), form)

    assert (reload(acme).agency_id, reload(acme).archived_at) == (acme.agency_id, None)


def test_archived_client_leaves_the_list_and_comes_back(olaf, acme, north):
    browser = confirmed(olaf)
    browser.post(url("people:archive_client", acme))
    assert acme.pk not in _listed(browser, north)
    assert _listed(browser, north, whose="ended") == [acme.pk]
    assert reload(acme).is_read_only

    browser.post(url("people:restore_client", acme))
    assert acme.pk in _listed(browser, north)


def test_ended_client_is_read_only_until_its_day(olaf, anna, acme):
    until = timezone.localdate() + timedelta(days=30)
    answer = confirmed(olaf).post(url("people:end_client", acme), {"access_until": until.isoformat()})

    client = reload(acme)
    assert answer.status_code == 302
    assert (client.is_read_only, client.access_until) == (True, until)
    assert browse_as(anna).get(url("people:team", acme)).status_code == 200
    assert not anna.can_write_for(client)


@pytest.mark.parametrize("day", ["", "yesterday", "2020-01-01"])
def test_end_needs_a_day_to_come(olaf, acme, day):
    assert confirmed(olaf).post(url("people:end_client", acme), {"access_until": day}).status_code == 422
    assert reload(acme).read_only_at is None


def test_after_the_day_contacts_lose_client_and_place(in_north, anna, bob, acme):
    Client.objects.filter(pk=acme.pk).update(
        read_only_at=timezone.now(), access_until=timezone.localdate() - timedelta(days=1)
    )

    tasks.close_clients(in_north.pk)
    tasks.close_clients(in_north.pk)

    assert reload(acme).archived_at is not None
    assert not ClientAccess.objects.filter(client=acme).exists()
    assert Member.objects.get(pk=anna.pk).ended_at is not None
    assert Member.objects.get(pk=bob.pk).ended_at is None


def test_after_the_day_the_door_is_shut_before_the_night_has_tidied_up(cast, anna, nora, acme):
    def answers(day):
        with tenant(cast.north.pk), transaction.atomic():
            Client.objects.filter(pk=acme.pk).update(read_only_at=timezone.now(), access_until=day)
        return [browse_as(member).get(url("protocols:index", acme)).status_code for member in (anna, nora)]

    today = timezone.localdate()
    assert answers(today + timedelta(days=1)) == [200, 200]
    assert answers(today - timedelta(days=2)) == [404, 200]


def test_access_until_is_the_last_open_day(in_north, anna, acme):
    Client.objects.filter(pk=acme.pk).update(access_until=timezone.localdate())

    tasks.close_clients(in_north.pk)

    assert reload(acme).archived_at is None


@pytest.mark.parametrize("name", ["rita", "nora", "anna", "vera", "saul"])
def test_others_change_no_client(cast, name):
    browser = browse_as(getattr(cast, name))
    for page in ("client_settings", "end_client", "archive_client", "restore_client"):
        assert browser.post(url(f"people:{page}", cast.acme), {"name": "Hacked"}).status_code == 404
    assert browser.post(url("people:new_client", cast.north), {"name": "Hacked"}).status_code == 404
    assert reload(cast.acme).name == "Acme"


def test_actions_refuse_whoever_lacks_the_right(in_north, nora, saul, acme, shop):
    for by in (nora, saul):
        for action in (clients.archive_client, clients.restore_client):
            with pytest.raises(PermissionDenied):
                action(acme, by=by)
        with pytest.raises(PermissionDenied):
            clients.archive_project(shop, by=by)


def test_freelancer_sees_only_shared_clients(olaf, fred, acme, shop, north):
    assert _listed(browse_as(fred), north) == []

    browse_as(olaf).post(url("people:share", acme, shop.slug), {"whom": f"member-{fred.pk}", "level": "contribute"})

    assert _listed(browse_as(fred), north) == [acme.pk]


def test_project_is_created_shared_and_archived(olaf, supplier, acme):
    browser = browse_as(olaf)
    made = browser.post(url("people:new_project", acme), {"name": "Relaunch", "external_id": "P-1"})
    browser.post(url("people:share", acme, "relaunch"), {"whom": f"vendor-{supplier.pk}", "level": "view"})
    browser.post(url("people:share", acme, "relaunch"), {"whom": f"vendor-{supplier.pk}", "level": "manage"})
    browser.post(url("people:archive_project", acme, "relaunch"))

    assert made["Location"].endswith("/projects/relaunch/")
    with tenant(acme.agency_id), transaction.atomic():
        project = Project.objects.get(slug="relaunch")
        access = ProjectAccess.objects.get(project=project)
    assert (access.vendor_id, access.level, access.client_id) == (supplier.pk, "manage", acme.pk)
    assert project.archived_at is not None
    kinds = [kind for kind, _by in events_of(project)]
    assert kinds == ["project.created", "project.shared", "project.shared", "project.archived"]


def test_sharing_is_taken_away(olaf, vera, acme, shop, supplier):
    with tenant(acme.agency_id), transaction.atomic():
        pk = ProjectAccess.objects.get(project=shop, vendor=supplier).pk

    browse_as(olaf).post(url("people:unshare", acme, shop.slug, pk))

    with tenant(acme.agency_id), transaction.atomic():
        assert Member.objects.get(pk=vera.pk).shared_client_ids == []


@pytest.mark.parametrize("level", ["contribute", "manage"])
def test_whoever_manages_a_project_shares_it_and_nobody_else_of_its_people(
    olaf, fred, supplier, acme, shop, blog, level
):
    share = {"whom": f"member-{fred.pk}", "level": level}
    browse_as(olaf).post(url("people:share", acme, shop.slug), share)
    path, theirs = url("people:share", acme, shop.slug), url("people:share", acme, blog.slug)

    page = browse_as(fred).get(url("people:project", acme, shop.slug)).content.decode()
    more = {"whom": f"vendor-{supplier.pk}", "level": "view"}
    answer = browse_as(fred).post(path, more)

    may = level == "manage"
    assert (path in page) is may and (answer.status_code == 302) is may
    for closed in (theirs, url("people:archive_project", acme, shop.slug)):
        assert browse_as(fred).post(closed, more).status_code == 404
    with tenant(acme.agency_id), transaction.atomic():
        assert (ProjectAccess.objects.get(project=shop, vendor=supplier).level == "view") is may
        pk = ProjectAccess.objects.get(project=shop, member=fred).pk
    assert browse_as(fred).post(url("people:unshare", acme, shop.slug, pk)).status_code == (302 if may else 404)


def test_provider_of_one_client_gets_no_project_of_another(olaf, provider, bolt):
    browser = browse_as(olaf)
    browser.post(url("people:new_project", bolt), {"name": "Site"})
    answer = browser.post(url("people:share", bolt, "site"), {"whom": f"vendor-{provider.pk}", "level": "view"})
    assert answer.status_code == 422


def test_project_of_another_client_is_not_found(olaf, bolt, shop):
    assert browse_as(olaf).get(url("people:project", bolt, shop.slug)).status_code == 404


def test_vendor_is_created_and_changed(olaf, acme, north):
    browser = browse_as(olaf)
    wrong = browser.post(url("people:new_vendor", north), {"name": "Ink", "engagement": "provider"})
    browser.post(url("people:new_vendor", north), {"name": "Ink", "engagement": "provider", "client": acme.pk})
    with tenant(north.pk), transaction.atomic():
        vendor = Vendor.objects.get(name="Ink")
    browser.post(url("people:vendor", north, vendor.pk), {"name": "Ink & Co", "engagement": "supplier"})

    assert wrong.status_code == 422
    assert (vendor.client_id, reload(vendor).client_id, reload(vendor).name) == (acme.pk, None, "Ink & Co")


def _listed(browser, agency, **query) -> list[int]:
    return [client.pk for client in browser.get(url("people:clients", agency), query).context["page"].rows]
