"""Who looks after the installation is named from its shell, with an account that is there or a new one."""

import io

import pytest
from django.core.management import CommandError, call_command

from portal.accounts.models import User
from tests.admin.test_platform_admin import browser_of
from tests.world import PASSWORD

NEW = ("platform_staff", "Pia@Platform.example", "--name=Pia", "--password-stdin")


@pytest.fixture
def types(monkeypatch):
    return lambda line: monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n"))


def test_somebody_with_an_account_reads_the_status_page_until_it_ends(cast):
    olaf = cast.olaf.user
    password = olaf.password

    call_command("platform_staff", olaf.email)

    olaf.refresh_from_db()
    assert browser_of(olaf).get("/admin/status/").status_code == 200
    assert olaf.password == password
    call_command("platform_staff", olaf.email, "--end")
    olaf.refresh_from_db()
    assert browser_of(olaf).get("/admin/status/").status_code == 404


def test_a_new_person_has_a_password_that_is_good_enough_and_a_known_address(db, types):
    types("short")
    with pytest.raises(CommandError, match="short"):
        call_command(*NEW)
    assert not User.objects.filter(email="pia@platform.example").exists()

    types(PASSWORD)
    call_command(*NEW)

    pia = User.objects.get(email="pia@platform.example")
    assert pia.is_staff and pia.check_password(PASSWORD)
    assert pia.emailaddress_set.get().verified


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody@x.example"], "Give --name"),
        (["nobody@x.example", "--end"], "no account of nobody@x.example"),
        (["nobody", "--name=N", "--password-stdin"], "valid email"),
        (["n@x.example", "--name", "N" * 200, "--password-stdin"], "at most 120"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(db, types, arguments, said):
    types(PASSWORD)
    with pytest.raises(CommandError, match=said):
        call_command("platform_staff", *arguments)


def test_no_password_is_said_too(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="no password"):
        call_command(*NEW)
