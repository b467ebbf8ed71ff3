"""Lists from a spreadsheet: looked at first, wrong rows named, right ones added, and nothing twice."""

import threading
import time

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.utils import timezone, translation

from portal.audit.export import harmless
from portal.core.context import tenant
from portal.mail.models import OutgoingMail
from portal.people.importing import kinds, plan, tables
from portal.people.models import Invitation
from portal.tenancy.models import Client, Project
from tests.browse import browse_as, url

CLIENTS = (
    "Name;External id;Manager\nDelta;K-1;nora@nora.example\nAcme;;\nEcho;K-2;carl@carl.example\n;;\n;K-3;\nDELTA;K-1;\n"
)


def look(member, kind, text, **more):
    path = url("people:import", member.agency)
    file = SimpleUploadedFile("list.csv", text.encode() if isinstance(text, str) else text)
    return browse_as(member).post(path, {"kind": kind, "file": file, **more})


def add(member, kind, text, **more):
    path = url("people:import", member.agency)
    return browse_as(member).post(path, {"kind": kind, "text": text, "sure": "1", **more})


def names_of(model, agency) -> list[str]:
    with tenant(agency.pk), transaction.atomic():
        return sorted(model.objects.filter(agency=agency).values_list("name", flat=True))


def test_the_preview_names_each_error_at_its_row_and_adds_nothing(olaf, north):
    page = look(olaf, "clients", CLIENTS)

    states = [(line.row.number, line.state) for line, _cells in page.context["rows"]]
    assert page.status_code == 200
    assert states == [(4, "wrong"), (6, "wrong"), (2, "new"), (3, "here"), (7, "here")]
    assert "carl@carl.example is nobody who works here" in page.content.decode()
    assert names_of(Client, north) == ["Acme", "Bolt"]


def test_confirmed_the_right_rows_are_added_and_again_nothing(olaf, nora, north):
    assert add(olaf, "clients", look(olaf, "clients", CLIENTS).context["text"]).status_code == 302
    with tenant(north.pk), transaction.atomic():
        delta = Client.objects.get(name="Delta")
        assert (delta.external_id, delta.manager_id, delta.slug) == ("K-1", nora.pk, "delta")

    add(olaf, "clients", CLIENTS)

    assert names_of(Client, north) == ["Acme", "Bolt", "Delta"]


def test_an_id_tells_two_clients_of_one_name_apart(olaf, north):
    add(olaf, "clients", "name,external id\nTwin,1\nTwin,2\nAcme,3\n")

    assert names_of(Client, north) == ["Acme", "Bolt", "Twin", "Twin"]


def test_projects_find_their_client_by_id_or_name(olaf, north, acme):
    with tenant(north.pk), transaction.atomic():
        Client.objects.filter(name="Bolt").update(external_id="B-7")
    text = "Kunde\tProjekt\nacme\tRelaunch\nB-7\tAds\nNowhere\tLost\nAcme\tShop\n"

    page = look(olaf, "projects", text)
    add(olaf, "projects", text)

    assert [line.state for line, _cells in page.context["rows"]] == ["wrong", "new", "new", "here"]
    assert "Import the clients first" in page.content.decode()
    assert {"Relaunch", "Ads"} <= set(names_of(Project, north))


CONTACTS = (
    'Kunde,E-Mail,Kontakt,Bereiche,Sprache\nAcme,new@acme.example,Nina,"Work, Money",de\nAcme,anna@anna.example,Anna,,\n'
    "Bolt,ANNA@anna.example,Anna,,\nAcme,nora@nora.example,Nora,,\nAcme,x@y.example,X,kitchen,\nAcme,y@y.example,Y,,klingon\n"
)


@pytest.mark.parametrize(("chosen", "mails"), [({}, 0), ({"send": "1"}, 2)])
def test_contacts_wait_without_a_mail_unless_one_is_wanted(olaf, north, chosen, mails):
    page = look(olaf, "contacts", CONTACTS)
    assert [page.context["counts"][state] for state in ("new", "here", "wrong")] == [2, 1, 3]

    add(olaf, "contacts", CONTACTS, **chosen)
    add(olaf, "contacts", CONTACTS, **chosen)

    with tenant(north.pk), transaction.atomic():
        waiting = Invitation.objects.waiting().order_by("email")
        assert list(waiting.values_list("email", "client__name", "areas", "language")) == [
            ("anna@anna.example", "Bolt", ["mails", "tickets", "work"], ""),
            ("new@acme.example", "Acme", ["money", "work"], "de"),
        ]
        assert OutgoingMail.objects.count() == mails


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters_of_spreadsheets_are_read(encoding, delimiter):
    text = f'Firma{delimiter}Kundennummer\r\n"Müller{delimiter} Söhne"{delimiter}4\r\n'

    rows = tables.read(tables.decoded(text.encode(encoding)), wanted=("name", "external_id"), needed=("name",))

    assert rows[0].cells == {"name": f"Müller{delimiter} Söhne", "external_id": "4"}


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_line_that_tells_excel_the_delimiter_is_no_head(delimiter):
    text = f"sep={delimiter}\r\nname{delimiter}id\r\nMüller{delimiter}4\r\n"

    rows = tables.read(text, wanted=("name", "external_id"), needed=("name",))

    assert [(row.number, row.cells) for row in rows] == [(2, {"name": "Müller", "external_id": "4"})]


def test_a_language_is_one_that_the_portal_speaks(olaf):
    codes = ["de-AT", "EN-gb", "fr", "", "German", "x" * 600]
    rows = "".join(f"Acme,{number}@acme.example,Nina,{code}\n" for number, code in enumerate(codes))

    page = look(olaf, "contacts", f"client,email,name,language\n{rows}")

    lines = {line.row.number: line for line, _cells in page.context["rows"]}
    assert [lines[number].values.get("language") for number in range(2, 8)] == ["de", "en", None, "", None, None]
    assert lines[4].errors == ["Language: Write the language as a code, one of: en, de."]


@pytest.mark.parametrize(
    "content",
    [b"\x00\x01\x02", b"PK\x03\x04\x00", b"x" * (tables.MOST_BYTES + 1), b"", b"\n", b"a;b\n1;2", b"name;Firma\n1;2"],
)
def test_what_cannot_be_read_is_refused_with_a_reason(olaf, content):
    page = look(olaf, "clients", content)

    assert page.status_code == 422
    assert page.context["form"].errors


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_column_may_be_headed_as_the_page_calls_it(language):
    with translation.override(language):
        heads = {column: str(name) for column, name in tables.NAMES.items()}
        found = tables.read(";".join(heads.values()) + "\nx\n", wanted=tuple(heads), needed=tuple(heads))

    assert found[0].cells == {"name": "x"}


def test_columns_and_errors_are_called_as_people_call_them(olaf):
    page = look(olaf, "clients", "name;external_id;manager\nDelta;K-1;nobody@nora.example\n").content.decode()

    assert "Account manager: nobody@nora.example is nobody" in page
    assert "External id</th>" in page


def test_rows_are_counted_as_the_spreadsheet_does(olaf):
    page = look(olaf, "clients", 'name;external id\n"Two\nlines";1\n\n;2\n')

    assert [line.row.number for line, _cells in page.context["rows"]] == [2, 4]


def test_what_was_added_meanwhile_is_said_and_nothing_is_half_done(olaf, north, monkeypatch):
    monkeypatch.setattr(kinds.Known, "__init__", _knows_no_contacts(kinds.Known.__init__))

    page = add(olaf, "contacts", "client,email,name\nBolt,new@acme.example,Nina\nAcme,anna@anna.example,Anna\n")

    assert page.status_code == 422
    assert "This person already sees this client" in page.content.decode()
    with tenant(north.pk), transaction.atomic():
        assert not Invitation.objects.filter(email="new@acme.example").exists()


def _knows_no_contacts(know):
    def known(self, by):
        know(self, by)
        self.contacts = set()

    return known


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_two_clicks_add_each_row_once(cast, monkeypatch):
    slow, start, answers = plan.make, threading.Barrier(2), []
    monkeypatch.setattr(plan, "make", lambda *args, **words: _after_a_while(slow(*args, **words)))

    def click(browser):
        try:
            start.wait(10)
            words = {"kind": "clients", "text": "name\nDelta\nEcho\n", "sure": "1"}
            answers.append(browser.post(url("people:import", cast.north), words).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click, args=(browse_as(cast.olaf),)) for _click in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert answers == [302, 302]
    assert names_of(Client, cast.north) == ["Acme", "Bolt", "Delta", "Echo"]


def _after_a_while(made):
    """Long enough for the other click to look as well, if nothing keeps it waiting."""
    time.sleep(0.3)
    return made


def test_a_formula_comes_home_from_an_export_as_it_was(olaf, north):
    name = "=SUM(A1)&Co"
    add(olaf, "clients", f"name\n{harmless(name)}\n")

    add(olaf, "clients", f"name\n{harmless(name)}\n")

    assert names_of(Client, north) == [name, "Acme", "Bolt"]


@pytest.mark.parametrize("name", ["nora", "rita", "anna", "vera", "saul"])
def test_only_whoever_may_add_them_imports(cast, name):
    browser = browse_as(getattr(cast, name))
    answer = browser.post(url("people:import", cast.north), {"kind": "clients", "text": "name\nSly", "sure": "1"})

    assert answer.status_code == 404
    assert "Sly" not in names_of(Client, cast.north)


@pytest.mark.parametrize("kind", ["clients", "projects", "contacts"])
def test_the_plan_asks_itself_who_may(cast, kind):
    for member in (cast.nora, cast.rita, cast.anna, cast.vera):
        with tenant(cast.north.pk), pytest.raises(PermissionDenied):
            plan.make(kind, "name;client;email\n", by=member)


def test_more_rows_than_a_request_can_add_are_refused(olaf, north):
    names = [f"Client {number}" for number in range(tables.MOST_ROWS + 1)]

    assert add(olaf, "clients", "\n".join(["name", *names])).status_code == 422
    assert len(tables.read("\n".join(["name", *names[1:]]), wanted=("name",), needed=())) == tables.MOST_ROWS
    assert names_of(Client, north) == ["Acme", "Bolt"]


def test_a_client_that_is_closed_gets_nothing_new(olaf, acme):
    with tenant(acme.agency_id), transaction.atomic():
        Client.objects.filter(pk=acme.pk).update(archived_at=timezone.now())

    page = look(olaf, "projects", "client,name\nAcme,Late\n")

    assert page.context["counts"]["wrong"] == 1
    assert "Acme is closed" in page.content.decode()


def test_nothing_of_another_agency_is_found_or_told(saul, south):
    page = look(saul, "projects", "client,name\nAcme,Sly\n")

    assert page.context["counts"]["wrong"] == 1
    assert "No client is called Acme" in page.content.decode()
