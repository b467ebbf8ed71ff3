"""What happens to an account stands in the audit log of the person's agency, with address and browser."""

import pytest
from django.core.cache import cache
from django.db import connections, transaction
from django.test import Client as Browser

from portal.core.context import tenant
from tests.accounts.conftest import PASSWORD, hashed, mailed_code

LOGIN, CODE = "/north/accounts/login/", "/north/accounts/second-factor/"


@pytest.fixture
def anna_with_password(cast, anna):
    anna.user.password = hashed()
    anna.user.save()
    return anna


def kinds(cast, alias="default") -> list[tuple]:
    """(kind, user, agency) in the log as the agency reads it."""
    with tenant(cast.north.pk), transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT kind, user_id, host(ip), ua FROM audit.event WHERE agency_id = %s AND tab IS NULL ORDER BY id",
            [cast.north.pk],
        )
        return cursor.fetchall()


def test_coming_and_going(cast, anna_with_password):
    user = anna_with_password.user
    browser = Browser(headers={"user-agent": "Test"})
    browser.post(LOGIN, {"login": user.email, "password": PASSWORD})
    browser.post(CODE, {"token": mailed_code()})
    browser.post("/north/accounts/logout/")

    happened = [("sign_in.done", user.pk, "127.0.0.1", "Test"), ("sign_out", user.pk, "127.0.0.1", "Test")]
    assert kinds(cast) == happened


def test_refused_tries_do_not_fill_the_log(cast, anna_with_password):
    anna = anna_with_password.user.email
    for number in range(30):
        cache.clear()
        Browser().post(LOGIN, {"login": anna, "password": "wrong"})
        Browser().post(LOGIN, {"login": f"nobody{number}@nowhere.example", "password": "wrong"})
    Browser().post(LOGIN, {"login": anna, "password": "wrong"}, REMOTE_ADDR="192.0.2.1")

    found = kinds(cast, "log")
    hers = [kind for kind, user_id, *_rest in found if user_id == anna_with_password.user_id]
    assert hers == ["sign_in.failed"] * 5 + ["sign_in.locked", "sign_in.failed"]
    assert [kind for kind, user_id, *_rest in found if user_id is None].count("sign_in.locked") == 1


def test_v16_4_1_no_browser_writes_lines_into_the_log(cast, anna_with_password):
    browser = Browser(HTTP_USER_AGENT="Test\r\n{} \x1b[31m\u202eed" + "x" * 400)
    browser.post(LOGIN, {"login": anna_with_password.user.email, "password": "wrong"})

    (event,) = kinds(cast, "log")
    assert event[3].startswith("Test{} [31med")
    assert len(event[3]) <= 300


def test_failures_stand_there_although_nothing_else_is_kept(cast, anna_with_password):
    user = anna_with_password.user
    browser = Browser(headers={"user-agent": "Test"})
    for _ in range(6):
        browser.post(LOGIN, {"login": user.email, "password": "wrong"})
    browser.post(LOGIN, {"login": user.email, "password": PASSWORD}, REMOTE_ADDR="192.0.2.1")
    browser.post(CODE, {"token": "000000"})

    names = [kind for kind, *_rest in kinds(cast, "log")]
    assert names == ["sign_in.failed"] * 5 + ["sign_in.locked", "factor.failed"]


def test_no_secret_is_in_the_log(cast, anna_with_password):
    user = anna_with_password.user
    browser = Browser()
    browser.post(LOGIN, {"login": user.email, "password": PASSWORD})
    code = mailed_code()
    browser.post(CODE, {"token": code})
    browser.get("/north/accounts/second-factor/app/")

    with tenant(cast.north.pk), connections["default"].cursor() as cursor:
        cursor.execute("SELECT coalesce(string_agg(e::text, ' '), '') FROM audit.event e")
        text = cursor.fetchone()[0]
    assert PASSWORD not in text
    assert code not in text
    assert user.password not in text


@pytest.mark.parametrize(
    ("table", "secret"),
    [("accounts_user", "password"), ("otp_totp_totpdevice", "key"), ("accounts_backupdevice", "salt")],
)
def test_row_images_leave_secrets_out(db, table, secret):
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT tgname, encode(tgargs, 'escape') FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'audit%%'",
            [table],
        )
        triggers = dict(cursor.fetchall())
    assert set(triggers) == {"audit_insert", "audit_update", "audit_delete"}
    assert all(secret in arguments for arguments in triggers.values())
