"""Two contacts that are one person: one place stays and gets everything of the other."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction

from portal.core.context import tenant
from portal.people.actions import invitations, merging
from portal.tenancy.models import ClientAccess, Member, Role
from protocols.actions import talking
from protocols.models import Comment, ProtocolRead
from tests.browse import browse_as, events_of, reload, url
from tests.people.confirming import confirmed
from tests.protocols.conftest import protocol, write  # noqa: F401, fixtures


def test_clients_comments_and_marks_move_and_the_other_place_ends(cast, protocol):  # noqa: F811
    with tenant(cast.north.pk), transaction.atomic():
        comment = talking.comment(protocol, by=cast.anna, text="Mine")
        for reader in (cast.anna, cast.carl):
            ProtocolRead.objects.create(agency=cast.north, protocol=protocol, member=reader)
        ProtocolRead.objects.create(agency=cast.north, protocol=protocol, member=cast.bob)

    answer = confirmed(cast.olaf).post(url("people:merge_member", cast.north, cast.anna.pk), {"into": cast.bob.pk})

    with tenant(cast.north.pk), transaction.atomic():
        accesses = dict(ClientAccess.objects.filter(member=cast.bob).values_list("client__name", "areas"))
        assert sorted(accesses) == ["Acme", "Bolt"]
        assert set(accesses["Acme"]) == {"work", "tickets", "mails", "money", "security"}
        assert Comment.objects.get(pk=comment.pk).author_id == cast.bob.pk
        readers = ProtocolRead.objects.filter(protocol=protocol).values_list("member_id", flat=True)
        assert sorted(readers) == sorted([cast.carl.pk, cast.bob.pk])
        assert Member.objects.get(pk=cast.bob.pk).shared_client_ids == sorted([cast.acme.pk, cast.bolt.pk])
    assert answer["Location"].endswith(f"/members/{cast.bob.pk}/")
    assert reload(cast.anna).ended_at
    assert reload(cast.anna).shared_client_ids == []
    assert ("member.merged", cast.olaf.pk) in events_of(cast.bob)
    assert browse_as(cast.anna).get(url("client_home", cast.acme)).status_code == 404
    with connections["default"].cursor() as cursor, tenant(cast.north.pk), transaction.atomic():
        cursor.execute("SELECT detail ->> 'from' FROM audit.event WHERE kind = 'member.merged'")
        assert cursor.fetchall() == [(str(cast.anna.pk),)]


def test_areas_of_one_client_are_joined(cast):
    with tenant(cast.north.pk), transaction.atomic():
        merging.merge(cast.carl, cast.anna, by=cast.olaf)
        areas = ClientAccess.objects.get(member=cast.anna, client=cast.acme).areas
    assert set(areas) == {"work", "tickets", "mails", "money", "security"}


@pytest.mark.parametrize(
    ("who", "into", "by"),
    [("anna", "anna", "olaf"), ("anna", "nora", "olaf"), ("nora", "anna", "olaf"), ("anna", "vera", "olaf"),
     ("anna", "carl", "nora"), ("anna", "sofia", "olaf"), ("sofia", "anna", "olaf"), ("anna", "carl", "saul")],
)  # fmt: skip
def test_only_two_contacts_of_ones_own_agency_are_merged(cast, who, into, by):
    with pytest.raises(PermissionDenied):
        merging.merge(getattr(cast, who), getattr(cast, into), by=getattr(cast, by))
    assert reload(getattr(cast, who)).ended_at is None


def test_the_page_offers_contacts_and_asks_for_a_proof(cast):
    path = url("people:merge_member", cast.north, cast.anna.pk)
    page = confirmed(cast.olaf).get(path).content.decode()
    assert "Carl Example" in page
    assert "Sofia" not in page
    assert "Nora Example, " not in page
    assert browse_as(cast.olaf).post(path, {"into": cast.carl.pk}).status_code == 302
    assert reload(cast.anna).ended_at is None
    assert confirmed(cast.olaf).get(url("people:merge_member", cast.north, cast.nora.pk)).status_code == 404


def test_an_invitation_that_waits_for_the_other_address_is_withdrawn(cast):
    with tenant(cast.north.pk), transaction.atomic():
        role = Role.objects.get(agency=cast.north, kind="contact", code="contact")
        words = {"kind": "contact", "role": role, "client": cast.bolt, "areas": ["work"], "name": "Anna"}
        waiting = invitations.invite(cast.north, by=cast.olaf, email=cast.anna.user.email, **words)
        other = invitations.invite(cast.north, by=cast.olaf, email="kim@bolt.example", **words)

        merging.merge(cast.anna, cast.carl, by=cast.olaf)

    assert reload(waiting).revoked_at
    assert reload(other).revoked_at is None
