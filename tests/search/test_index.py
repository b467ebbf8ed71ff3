"""The index follows every write, is read by one function, and both walls hold inside it."""

import pytest
from django.db import connection, connections, transaction

from portal.core.context import tenant
from portal.files.models import File
from portal.search import reading, tasks
from portal.search.models import Entry, FileText
from portal.tenancy.scope import acting_as
from protocols import actions
from protocols.models import Comment, Protocol
from tests.browse import browse_as, url
from tests.search.test_search import found
from tests.walls_off import first_wall_off

PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj
4 0 obj<</Length 44>>stream
BT /F1 24 Tf 10 50 Td (Lighthouse) Tj ET    \nendstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>"""


def test_every_change_is_found_at_once_by_whatever_way_it_was_written(cast, write, in_north):
    protocol = write("Islands")
    Protocol.objects.filter(pk=protocol.pk).update(title="Harbours")
    assert found(cast.anna, "islands") == []
    assert found(cast.anna, "harbour") == ["Harbours"]

    actions.comment(protocol, by=cast.anna, text="And the lighthouse?")
    assert found(cast.nora, "lighthouse") == ["Harbours"]
    Comment.objects.all().delete()
    assert found(cast.nora, "lighthouse") == []


def test_words_of_attachments_are_found(cast, deliver, in_north):
    deliver(Subject="See the file", files=[("plan.pdf", "application/pdf", PDF)])
    assert found(cast.anna, "plan") == ["plan.pdf"]
    assert found(cast.anna, "lighthouse") == []

    file = File.objects.get()
    tasks.read_file(cast.north.pk, file.pk)
    tasks.read_file(cast.north.pk, file.pk)
    assert FileText.objects.get().text == "Lighthouse"
    assert found(cast.anna, "lighthouse") == ["plan.pdf"]
    assert found(cast.carl, "lighthouse") == found(cast.bob, "lighthouse") == []


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_sweeper_finds_files_that_nobody_has_read(cast, deliver):
    deliver(files=[("plan.txt", "text/plain", b"Lighthouse")])
    [(agency_id, pk, _tries)] = reading.unread()
    assert agency_id == cast.north.pk

    tasks.read_file(agency_id, pk)
    assert reading.unread() == []
    assert found(cast.anna, "lighthouse") == ["plan.txt"]


@pytest.mark.parametrize("who", ["bob", "carl", "vera", "pavel", "saul"])
def test_the_function_itself_tells_outsiders_nothing(cast, write, who):
    """Whatever the pages forget: first wall off, and asked directly."""
    write("Secret", project=cast.blog)
    write("Secret draft", publish=False)

    with first_wall_off():
        assert found(getattr(cast, who), "secret") == []
    with acting_as(getattr(cast, who)), transaction.atomic():
        assert _asked_directly() == []
    with acting_as(cast.anna), transaction.atomic():
        assert len(_asked_directly()) == 1, "the draft is internal"
    with acting_as(cast.nora), transaction.atomic():
        assert len(_asked_directly()) == 2


def test_without_a_context_the_function_tells_nothing(cast, write):
    write("Secret")

    with transaction.atomic():
        assert _asked_directly() == []
    with tenant(cast.south.pk), transaction.atomic():
        assert _asked_directly() == []


def _asked_directly(word="secret") -> list:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM search_find(%s::tsquery, ARRAY['protocols', 'mails'], '', NULL, NULL, NULL, 50)", [word]
        )
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_rare_word_among_many_entries_uses_the_index(cast, write):
    """Under row-level security it could not: `@@` is not leakproof."""
    write("Lighthouse")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_entry (agency_id, client_id, kind, subject_id, area, internal, visible_from, happened_at, who, "
            "language, words) SELECT %s, %s, 'mails', -n, 'mails', false, now(), now(), '', 'simple', "
            "to_tsvector('simple', 'word' || n %% 997) FROM generate_series(1, 20000) n",
            [cast.north.pk, cast.acme.pk],
        )
        cursor.execute("ANALYZE search_entry")

    with acting_as(cast.nora), transaction.atomic():
        assert len(_asked_directly("lighthouse")) == 1
        assert _scans() > 0


def _scans() -> int:
    """How often this transaction has looked into the index of words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_numscans('search_entry_words'::regclass)")
        return cursor.fetchone()[0]


def test_while_typing_only_the_list_comes(cast, write):
    write("Islands")
    page = browse_as(cast.anna).get(url("search:index", cast.north), {"q": "isl"}, headers={"HX-Request": "true"})

    assert page.templates[0].name == "search/_list.html"
    assert "<html" not in page.content.decode()


def test_an_entry_goes_with_its_thing(cast, write, in_north):
    protocol = write("Islands")
    assert Entry.objects.filter(kind="protocols", subject_id=protocol.pk).count() == 1
    Protocol.objects.filter(pk=protocol.pk).delete()
    assert not Entry.objects.filter(kind="protocols", subject_id=protocol.pk).exists()
