"""Codes work once, and guessing them gets slower and slower, whatever the cache forgets."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import actions, factors, limits, tasks
from portal.accounts.models import BackupCode, BackupDevice
from tests.accounts.conftest import code_of, is_in, mailed_code, type_code, type_password, wrong


def again(browser):
    """Sign out and come back with the password."""
    browser.post(reverse("account_logout"))
    type_password(browser)


def test_code_of_the_app_works_once_even_after_the_cache_is_flushed(browser, person, app):
    code = code_of(app)
    type_password(browser)
    type_code(browser, code)
    assert is_in(browser)

    again(browser)
    cache.clear()
    type_code(browser, code)
    assert not is_in(browser)


def test_guard_off_without_the_used_step_in_the_database_the_code_works_twice(browser, person, app):
    code = code_of(app)
    type_password(browser)
    type_code(browser, code)
    TOTPDevice.objects.update(last_t=-1)
    again(browser)
    type_code(browser, code)

    assert is_in(browser)


def test_mailed_code_works_once(browser, person):
    type_password(browser)
    code = mailed_code()
    type_code(browser, code)
    assert is_in(browser)

    again(browser)
    type_code(browser, code)
    assert not is_in(browser)


def test_mailed_code_ends_after_ten_minutes(browser, person):
    type_password(browser)
    EmailDevice.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    type_code(browser, mailed_code())

    assert not is_in(browser)


def test_no_code_is_promised_that_did_not_go_out(browser, person, settings):
    right, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    type_password(browser)
    page = browser.get(reverse("otp_challenge")).content.decode()
    assert "We sent" not in page
    assert "No code is on its way" in page

    settings.EMAIL_BACKEND = right
    assert "We sent" in browser.get(reverse("otp_challenge")).content.decode()
    type_code(browser, mailed_code())
    assert is_in(browser)


def test_an_hour_of_codes_is_over_and_the_page_says_so(browser, person, monkeypatch):
    monkeypatch.setattr(factors, "CODE_MAIL", limits.Limit("code-mail", 0, 3600))
    type_password(browser)
    page = browser.get(reverse("otp_challenge")).content.decode()

    assert mail.outbox == []
    assert "We sent" not in page


def test_mailed_code_is_worth_nothing_to_somebody_else(browser, person, app):
    eve = type(person).objects.create_user("eve@eve.example", name="Eve")
    factors.send_code(eve)
    code = mailed_code()
    type_password(browser)
    type_code(browser, code, "email")

    assert not is_in(browser)


def test_backup_code_works_once_and_is_kept_hashed(browser, person, app):
    codes = actions.make_backup_codes(person)
    assert len(set(codes)) == 10
    kept = " ".join(BackupCode.objects.values_list("digest", flat=True))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)

    type_password(browser)
    type_code(browser, codes[3].lower(), "backup")
    assert is_in(browser)

    again(browser)
    page = type_code(browser, codes[3], "backup")
    assert "wrong, too old or used up" in page.content.decode()
    assert not is_in(browser)
    assert factors.backup_codes_left(person) == 9


def test_new_backup_codes_end_the_old_ones(browser, person, app):
    old = actions.make_backup_codes(person)
    actions.make_backup_codes(person)
    type_password(browser)
    type_code(browser, old[0], "backup")

    assert not is_in(browser)


@pytest.mark.parametrize("method", ["totp", "email", "backup"])
def test_a_wrong_code_counts_on_its_own_method_only(browser, person, app, method):
    actions.make_backup_codes(person)
    factors.device_of(person, "email")
    type_password(browser)
    type_code(browser, "ABCD-EFGH" if method == "backup" else wrong(code_of(app)), method)

    counts = {m: factors.device_of(person, m).throttling_failure_count for m in ("totp", "email", "backup")}
    assert counts == {m: int(m == method) for m in counts}


def test_sixth_guess_is_refused_after_the_cache_is_flushed(browser, person, app):
    guess_five_times(browser, person, app)
    cache.clear()
    page = type_code(browser, code_of(app))

    assert 8 < page.context["wait_seconds"] <= 16
    assert "Wait" in page.content.decode()
    assert not is_in(browser)


def test_guard_off_without_the_counter_the_sixth_guess_is_taken(browser, person, app):
    guess_five_times(browser, person, app)
    TOTPDevice.objects.update(throttling_failure_count=0)
    type_code(browser, code_of(app))

    assert is_in(browser)


def test_the_person_is_told_of_wrong_codes(browser, person, app, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        guess_five_times(browser, person, app)

    assert [m.subject for m in mail.outbox] == ["Somebody types wrong codes"]


def test_waiting_is_never_longer_than_an_hour(browser, person, app):
    TOTPDevice.objects.update(throttling_failure_count=60, throttling_failure_timestamp=timezone.now())
    type_password(browser)

    assert type_code(browser, code_of(app)).context["wait_seconds"] <= 3600


def test_a_new_session_does_not_begin_anew(person, app):
    for _ in range(5):
        guess(Browser(), app)
    browser = Browser()
    type_password(browser)
    type_code(browser, code_of(app))

    assert not is_in(browser)


def test_another_code_by_mail_is_sent_after_the_wait_only(browser, person):
    type_password(browser)
    page = browser.post(reverse("otp_challenge"), {"resend": "1"})
    assert len(mail.outbox) == 1
    assert 0 < page.context["wait_seconds"] <= 30
    text = page.content.decode()
    assert 'name="resend"' in text and "data-countdown" in text
    assert "second" in str(next(iter(page.context["messages"])))  # why nothing was sent

    EmailDevice.objects.update(last_generated_timestamp=timezone.now() - timedelta(seconds=31))
    browser.post(reverse("otp_challenge"), {"resend": "1"})
    assert len(mail.outbox) == 2


def test_only_so_many_codes_an_hour_go_out(browser, person):
    type_password(browser)
    for _ in range(factors.CODE_MAIL.amount + 3):
        EmailDevice.objects.update(last_generated_timestamp=timezone.now() - timedelta(seconds=31))
        page = browser.post(reverse("otp_challenge"), {"resend": "1"})

    assert len(mail.outbox) == factors.CODE_MAIL.amount
    assert "No more codes" in str(next(iter(page.context["messages"])))


def test_opening_the_page_again_sends_no_second_mail(browser, person):
    type_password(browser)
    EmailDevice.objects.update(last_generated_timestamp=timezone.now() - timedelta(seconds=31))
    browser.get(reverse("otp_challenge"))

    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "token", ["", "12345", "1234567", "٠١٢٣٤٥", "+12345", "1_2345", "abcdef", "x" * 10_000, "\0" * 6]
)
def test_what_is_no_code_is_not_tried(browser, person, app, token):
    type_password(browser)
    page = type_code(browser, token)

    assert page.status_code == 200
    assert page.context["form"].errors["token"]
    app.refresh_from_db()
    assert app.throttling_failure_count == 0


def test_spaces_and_dashes_do_not_matter(browser, person, app):
    code = code_of(app)
    type_password(browser)
    type_code(browser, f" {code[:3]} {code[3:]} ")

    assert is_in(browser)


def test_code_of_an_unconfirmed_app_is_worth_nothing(browser, person, app):
    pending = TOTPDevice.objects.create(user=person, name="new", confirmed=False)
    type_password(browser)
    type_code(browser, code_of(pending))

    assert not is_in(browser)


def test_where_the_app_is_asked_no_code_goes_by_mail(browser, person, app, strict):
    type_password(browser)
    page = browser.get(reverse("otp_challenge_by", args=["email"]))

    assert page.context["method"] == "totp"
    assert [m["code"] for m in page.context["methods"]] == ["totp"]
    assert mail.outbox == []


def test_a_mail_that_cannot_be_sent_may_be_asked_for_again(browser, person, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    response = type_password(browser)

    assert response.url == reverse("otp_challenge")
    assert factors.wait_for_mail(EmailDevice.objects.get()) == 0


def guess(browser, app):
    TOTPDevice.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(seconds=20))
    type_password(browser)
    type_code(browser, wrong(code_of(app)))


def guess_five_times(browser, person, app):
    for _ in range(5):
        guess(browser, app)
    assert BackupDevice.objects.count() == 0


def test_a_mailed_code_that_has_run_out_is_forgotten(browser, person):
    type_password(browser)
    tasks.sweep()
    kept = EmailDevice.objects.get().token
    EmailDevice.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    tasks.sweep()

    assert kept == mailed_code()
    assert EmailDevice.objects.get().token is None
