"""The first agency: by the page or by the command, once, and only by whoever runs the server."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client as Browser

from portal.accounts.models import User
from portal.core.context import tenant
from portal.people import setup
from portal.tenancy.models import Agency, AgencyAddress, Client, Member

FORM = {
    "name": "Nordlicht",
    "slug": "nordlicht",
    "brand_hex": "#ff0000",
    "language": "de",
    "time_zone": "Europe/Berlin",
    "currency": "EUR",
    "owner_name": "Solveig Omdal",
    "owner_email": "Solveig@Nordlicht.example",
    "password": "correct horse battery staple",
    "client": "Hanse Möbelwerk",
}


@pytest.fixture(autouse=True)
def _no_demo(settings):
    settings.DEMO = False


@pytest.mark.empty_house
def test_first_run_makes_agency_owner_and_client(db):
    browser = Browser()
    page = browser.get("/first-run/")
    answer = browser.post("/first-run/", {**FORM, "key": setup.secret_key()})

    owner = User.objects.get(email="solveig@nordlicht.example")
    address = AgencyAddress.objects.get()
    assert (page.status_code, answer.status_code) == (200, 302)
    assert "_auth_user_id" not in browser.session, "signed in without the second factor"
    with tenant(address.agency_id), transaction.atomic():
        agency = Agency.objects.get()
        assert (agency.slug, agency.language) == ("nordlicht", "de")
        assert agency.brand_hex != "#ff0000", "clamped"
        assert Member.objects.get().user == owner
        assert Client.objects.get().slug == "hanse-moebelwerk"


@pytest.mark.empty_house
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_agency_begins_in_the_language_of_the_page(db, language):
    page = Browser().get("/first-run/", headers={"Accept-Language": language})
    assert page.context["form"]["language"].value() == language


@pytest.mark.empty_house
def test_what_needs_a_look_is_listed_as_it_stands_on_the_page(db):
    answer = Browser().post("/first-run/", {**FORM, "key": "wrong", "owner_name": "", "slug": "No Slug"})
    assert list(answer.context["form"].fields)[:5] == ["key", "owner_name", "owner_email", "password", "name"]
    named = answer.content.decode().split('role="alert"')[1].split("</div>")[0]
    assert named.index("Your name") < named.index("Short, for addresses")


@pytest.mark.empty_house
@pytest.mark.parametrize("key", ["", "wrong", "0" * 40])
def test_without_the_key_nothing_is_made(db, key):
    answer = Browser().post("/first-run/", {**FORM, "key": key})

    assert answer.status_code == 422
    assert "key" in answer.context["form"].errors
    assert not AgencyAddress.objects.exists()
    assert not User.objects.exists()


@pytest.mark.empty_house
@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "admin"), ("slug", "No Slug"), ("password", "password1234"), ("owner_email", "x"), ("brand_hex", "red")],
)
def test_wrong_value_makes_nothing(db, field, value):
    answer = Browser().post("/first-run/", {**FORM, "key": setup.secret_key(), field: value})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not User.objects.exists()


def test_with_an_agency_the_page_is_gone(cast):
    assert Browser().get("/first-run/").status_code == 404
    assert Browser().post("/first-run/", {**FORM, "key": setup.secret_key()}).status_code == 404
    assert Browser().get("/north/first-run/").status_code in (302, 404)


@pytest.mark.empty_house
def test_in_the_demo_the_page_is_closed(db, settings):
    settings.DEMO = True
    assert Browser().get("/first-run/").status_code == 404


@pytest.mark.empty_house
def test_the_second_of_two_finds_it_done(db):
    fields = {name: value for name, value in FORM.items() if name != "key"}
    setup.begin(key=setup.secret_key(), **fields)
    with pytest.raises(Exception, match="quicker"):
        setup.begin(key=setup.secret_key(), **{**fields, "slug": "other"})


@pytest.mark.empty_house
def test_server_prints_the_address_while_it_is_due(db):
    out = StringIO()
    call_command("first_run", stdout=out)
    assert setup.secret_key() in out.getvalue()


def test_server_prints_nothing_afterwards(cast):
    out = StringIO()
    call_command("first_run", stdout=out)
    assert out.getvalue() == ""


def test_command_creates_an_agency(cast, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda: "correct horse battery staple")
    out = StringIO()
    call_command(
        "create_agency",
        "West",
        "west",
        "--owner-name=Wanda",
        "--owner-email=wanda@west.example",
        "--client=First",
        "--password-stdin",
        stdout=out,
    )

    assert out.getvalue().strip().endswith("/west/")
    assert User.objects.get(email="wanda@west.example").check_password("correct horse battery staple")


def test_command_gives_an_agency_to_somebody_who_is_here(cast):
    call_command("create_agency", "West", "west", "--owner-name=x", f"--owner-email={cast.olaf.user.email}")
    assert AgencyAddress.objects.filter(name="west").exists()


@pytest.mark.parametrize(
    ("slug", "email", "colour"),
    [
        ("north", "a@b.example", "#112233"),
        ("admin", "a@b.example", "#112233"),
        ("w", "nobody", "#112233"),
        ("w", "a@b.example", "red"),
    ],
)
def test_command_refuses_wrong_values(cast, monkeypatch, slug, email, colour):
    monkeypatch.setattr("builtins.input", lambda: "correct horse battery staple")
    arguments = ["W", slug, "--owner-name=W", f"--owner-email={email}", f"--colour={colour}", "--password-stdin"]
    with pytest.raises(CommandError):
        call_command("create_agency", *arguments)


@pytest.mark.parametrize(
    ("option", "value", "field"),
    [
        ("--time-zone", "Europe/Foo", "time_zone"),
        ("--currency", "XXQ", "currency"),
        ("--currency", "EURO", "currency"),
        ("--owner-name", " ", "owner_name"),
        ("--owner-name", "Wanda\nBcc: eve@eve.example", "owner_name"),
        ("--client", "x" * 200, "client"),
    ],
)
def test_command_refuses_what_the_page_refuses(cast, monkeypatch, option, value, field):
    monkeypatch.setattr("builtins.input", lambda: "correct horse battery staple")
    given = {"--owner-name": "Wanda", "--owner-email": "wanda@west.example", option: value}
    with pytest.raises(CommandError, match=field):
        call_command("create_agency", "West", "west", *(f"{name}={each}" for name, each in given.items()))
    with pytest.raises(CommandError, match="name"):
        call_command("create_agency", "", "west", "--owner-name=Wanda", "--owner-email=wanda@west.example")
    assert not AgencyAddress.objects.filter(name="west").exists()


def test_command_refuses_a_weak_password(cast, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda: "short")
    with pytest.raises(CommandError, match="12"):
        call_command("create_agency", "W", "w", "--owner-name=W", "--owner-email=w@w.example", "--password-stdin")
