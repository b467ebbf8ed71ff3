"""The index follows every write, is read by one function, and both walls hold inside it."""

import pytest
from django.db import connection, connections, transaction

from portal.core.context import tenant
from portal.files.models import File
from portal.search import indexing, reading, tasks
from portal.search.models import Entry, FileText
from portal.tenancy.actions import create_client
from portal.tenancy.scope import acting_as
from protocols import actions
from protocols.models import Comment, Protocol
from tests.browse import browse_as, url
from tests.files.makers import document, sheet, slides
from tests.kept_plans import as_in_the_product
from tests.search.test_search import found
from tests.walls_off import first_wall_off

KINDS_OF = {"visible_from": "timestamptz"}
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


def test_language_of_a_text_is_looked_for_once(cast):
    """It takes longer than all the rest; the planner may not copy the call to each place that reads its answer."""
    columns = ", ".join(f"NULL::{KINDS_OF.get(name, 'text')} AS {name}" for name in indexing.COLUMNS)
    begin, end = indexing.ENTRY.index("SELECT s.agency_id"), indexing.ENTRY.index("ON CONFLICT")
    asked = indexing.ENTRY[begin:end].format(kind="work", select=f"SELECT {columns} FROM worklog_workentry")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (VERBOSE, COSTS OFF) {asked.replace('thing', '1')}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Output: search_language(" in plan, "no step of its own"


OFFICE = "application/vnd.openxmlformats-officedocument"
WORD, EXCEL, SLIDES = (
    f"{OFFICE}.{kind}" for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
FILES = {
    "plan.pdf": ("application/pdf", PDF),
    "plan.docx": (WORD, document(("Plan", 1), "The Lighthouse of Sylt")),
    "plan.xlsx": (EXCEL, sheet(("Place", "Days"), ("Lighthouse", 3))),
    "plan.pptx": (SLIDES, slides("Lighthouse")),
    "plan.csv": ("text/csv", b"Place;Days\nLighthouse;3\n"),
    "plan.txt": ("text/plain", "Leuchtturm, Lighthouse, маяк".encode()),
}


@pytest.mark.parametrize("name", FILES)
def test_words_of_attachments_are_found(cast, deliver, in_north, name):
    deliver(Subject="See the file", files=[(name, *FILES[name])])
    assert found(cast.anna, "plan") == [name]
    assert found(cast.anna, "lighthouse") == []

    file = File.objects.get()
    tasks.read_file(cast.north.pk, file.pk)
    tasks.read_file(cast.north.pk, file.pk)
    assert "Lighthouse" in FileText.objects.get().text
    assert found(cast.anna, "lighthouse") == [name]
    assert found(cast.carl, "lighthouse") == found(cast.bob, "lighthouse") == []


BROKEN = {
    "cut.docx": (WORD, document("Lighthouse")[:-200]),
    "cut.xlsx": (EXCEL, sheet(("Lighthouse", 1))[:300]),
    "cut.pdf": ("application/pdf", PDF[:200]),
    "noise.pptx": (SLIDES, b"PK\x03\x04" + bytes(range(256)) * 4),
}


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_damaged_file_is_tried_once_and_hides_nobody_elses_words(cast, deliver):
    deliver(files=[(name, *BROKEN[name]) for name in BROKEN] + [("plan.txt", "text/plain", b"Lighthouse")])
    waiting = reading.unread()
    assert len(waiting) == len(BROKEN) + 1

    for agency_id, pk, _tries in waiting:
        tasks.read_file(agency_id, pk)

    assert reading.unread() == [], "else the sweeper would read them again each minute"
    assert found(cast.anna, "lighthouse") == ["plan.txt"]
    assert found(cast.anna, "cut.docx") == ["cut.docx"], "the name is found all the same"


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
            "SELECT * FROM search_find(%s::tsquery, ARRAY['protocols', 'mails', 'tickets', 'activities'], '', NULL, NULL, NULL, 50)",
            [word],
        )
        return cursor.fetchall()


MANY = """
INSERT INTO search_entry (agency_id, client_id, project_id, kind, subject_id, area, internal, visible_from, happened_at, who,
                          language, words)
SELECT %(agency)s, (%(clients)s::bigint[])[1 + n %% 3], CASE n %% 3 WHEN 0 THEN %(project)s END, k.kind, -n, k.area,
  n %% 10 = 0, now() - interval '1 day', now() - n * interval '1 minute', '', 'simple',
  to_tsvector('simple', 'word' || n %% 997)
FROM generate_series(1, 25000) n,
  (VALUES ('mails', 'mails'), ('protocols', 'work'), ('tickets', 'tickets'), ('activities', 'work')) k (kind, area)
"""
"""A hundred thousand entries of four kinds, three clients and a shared project; a tenth of them internal."""


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_rare_word_among_a_hundred_thousand_entries_uses_the_index(cast, write):
    """Under row-level security it could not: `@@` is not leakproof. The same for whoever asks, however little he may see."""
    write("Lighthouse", project=cast.shop)
    with tenant(cast.north.pk), transaction.atomic():
        clients = [cast.acme.pk, cast.bolt.pk, create_client(cast.north, name="Third").pk]
    with connections["owner"].cursor() as cursor:
        place = {"agency": cast.north.pk, "clients": clients, "project": cast.shop.pk}
        cursor.execute(MANY, place)
        cursor.execute("ANALYZE search_entry")

    for who, expected in {"nora": 1, "anna": 1, "vera": 1, "bob": 0, "carl": 0}.items():
        with transaction.atomic(), acting_as(getattr(cast, who)), as_in_the_product():
            before = _looked()
            assert len(_asked_directly("lighthouse")) == expected, who
            scans, rows = (now - then for now, then in zip(_looked(), before, strict=True))
            assert scans > 0, who
            assert rows <= 1, f"{who}: {rows} rows read one after the other"


def _looked() -> tuple[int, int]:
    """How often this transaction has looked into the index of words, and how many rows it read without an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_get_xact_numscans('search_entry_words'::regclass), "
            "pg_stat_get_xact_tuples_returned('search_entry'::regclass)"
        )
        return cursor.fetchone()


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
