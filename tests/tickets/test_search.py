"""Private words are found by whoever reads them, and by nobody else; either wall is enough to keep them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from portal.core.context import tenant
from portal.search.asking import understood
from portal.search.finding import find
from portal.search.models import Entry
from portal.tenancy.models import Member, Vendor
from portal.tenancy.scope import acting_as
from tests.walls_off import first_wall_off
from tickets.finding import show_words
from tickets.models import Comment

SECRET = "Zobelpreis"
OUTSIDERS = ("anna", "carl", "bob", "pavel", "saul")
"""All but Vera, whose studio may be given the right."""


@pytest.fixture
def note(cast, ticket, say):
    """Nora's private words, with a file of the same name."""
    return say(
        ticket, cast.nora, f"{SECRET} is low", is_private=True, uploads=[SimpleUploadedFile(f"{SECRET}.txt", b"x")]
    )


def _found(member) -> list[str]:
    """Codes of the kinds of which something is found, with the sight that the member has now."""
    with tenant(member.agency_id):
        member = Member.objects.select_related("user", "role", "vendor", "agency").get(pk=member.pk)
    with acting_as(member):
        return [group.kind.code for group in find(member, understood(SECRET)).groups]


def _let_read(vendor, *, private: bool) -> None:
    with tenant(vendor.agency_id):
        Vendor.objects.filter(pk=vendor.pk).update(reads_private=private)


def test_vendor_with_the_right_finds_private_words_and_their_files(cast, note):
    assert not _found(cast.vera)

    _let_read(cast.supplier, private=True)

    assert _found(cast.vera) == _found(cast.nora) == ["ticket_words", "ticket_files"]
    assert not any(_found(getattr(cast, who)) for who in OUTSIDERS)


def test_right_reaches_no_further_than_the_shared_project(cast, open_ticket, say):
    _let_read(cast.supplier, private=True)
    say(open_ticket(project=cast.blog), cast.nora, SECRET, is_private=True)

    assert not _found(cast.vera) and _found(cast.nora)
    with first_wall_off():
        assert not _found(cast.vera)


def test_vendor_without_the_right_finds_what_its_own_people_said_privately(cast, ticket, say):
    say(ticket, cast.vera, SECRET, is_private=True)

    assert _found(cast.vera) == ["ticket_words"]
    assert not _found(cast.pavel) and not _found(cast.anna)


def test_index_alone_keeps_them(cast, note):
    """The second wall, whatever pages forget. Twin: with the right the same question is answered."""
    with first_wall_off():
        assert not any(_asked_directly(cast, who) or _found(getattr(cast, who)) for who in ("vera", *OUTSIDERS))

    _let_read(cast.supplier, private=True)

    with first_wall_off():
        assert _asked_directly(cast, "vera") == [("ticket_words", note.pk)]
        assert not any(_asked_directly(cast, who) for who in OUTSIDERS)


def test_querysets_alone_keep_them(cast, note):
    """The first wall, read with the agency's sight and an index that tells all. Twin: the marked words open, they are shown."""
    with tenant(cast.north.pk):
        Entry.objects.filter(kind="ticket_words").update(internal=False)
    assert _asked_directly(cast, "anna") == [("ticket_words", note.pk)]
    assert not any(_found(getattr(cast, who)) for who in ("vera", *OUTSIDERS))
    with acting_as(cast.nora):
        assert not list(show_words(cast.vera, [note.pk])) and not list(show_words(cast.anna, [note.pk]))

        Comment.objects.filter(pk=note.pk).update(is_private=False)

        assert list(show_words(cast.vera, [note.pk])) and list(show_words(cast.anna, [note.pk]))


def _asked_directly(cast, who: str) -> list:
    with acting_as(getattr(cast, who)), transaction.atomic(), connection.cursor() as cursor:
        find_it = "SELECT * FROM search_find(%s::tsquery, ARRAY['ticket_words'], '', NULL, NULL, NULL, 50)"
        cursor.execute(find_it, [SECRET.lower()])
        return cursor.fetchall()
