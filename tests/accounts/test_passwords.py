"""Passwords: long, not common, taken exactly as given; addresses change by link only."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from django.urls import reverse

from portal.accounts import factors
from portal.accounts.models import TrustedBrowser
from portal.accounts.passwords import GuessableValidator
from tests.accounts.conftest import PASSWORD, is_in, mailed_code, type_code, type_password


@pytest.mark.parametrize("bad", ["short", "elevenchars", "password1234", "qwertyuiop123", "ida@ida.example"])
def test_short_common_and_personal_passwords_are_refused(person, bad):
    with pytest.raises(ValidationError):
        validate_password(bad, person)


@pytest.mark.parametrize("good", ["a" * 5 + " b c d e f g", "пароль из слов", "x7 of words " * 20, "  spaces around  "])
def test_any_other_is_taken_exactly_as_given(person, good):
    validate_password(good, person)
    person.set_password(good)

    assert person.check_password(good)
    assert not person.check_password(good.strip() + "x")
    assert person.password.startswith("argon2")


@pytest.mark.parametrize(
    "bad",
    [
        "passwort1234",
        "Passwort-2026!",
        "123456789012",
        "qwertzuiop12",
        "poiuztrewq99",
        "1q2w3e4r5t6z",
        "abcabcabcabc",
        "hallo hallo hallo",
        "glasshouse2026",
        "Agency north 1",
        "idaexample77",
    ],
)
def test_what_anybody_would_try_first_is_refused(in_north, person, bad):
    with pytest.raises(ValidationError) as refused:
        GuessableValidator().validate(bad, person)
    assert refused.value.code == "password_guessable"


@pytest.mark.parametrize(
    "good", ["correct horse battery staple", "ein Passwort für Ida", "kd8-27fm-x0qp", "Glasshouse mit blauer Tür", "84"]
)
def test_such_words_among_others_are_fine(in_north, person, good):
    GuessableValidator().validate(good, person)
    GuessableValidator().validate(good)


def test_spaces_around_count(browser, person):
    person.set_password("  spaces around  ")
    person.save()
    assert type_password(browser, password="spaces around").status_code == 200
    assert type_password(browser, password="  spaces around  ").status_code == 302


@pytest.fixture
def ida(browser, person):
    type_password(browser)
    type_code(browser, mailed_code())
    mail.outbox.clear()
    return browser


def link_in(message) -> str:
    return next(word for word in message.body.split() if "/accounts/" in word).removeprefix("http://testserver")


def test_a_new_address_counts_once_its_link_was_opened(ida, person):
    ida.post(reverse("account_email"), {"email": "ida@new.example", "action_add": "1"})
    person.refresh_from_db()
    assert person.email == "ida@ida.example"
    assert mail.outbox[0].to == ["ida@new.example"]

    ida.get(link_in(mail.outbox[0]))
    person.refresh_from_db()
    assert person.email == "ida@ida.example", "a mail scanner opens links too"
    ida.post(link_in(mail.outbox[0]))
    person.refresh_from_db()
    assert person.email == "ida@new.example"
    addresses = EmailAddress.objects.filter(user=person)
    assert list(addresses.values_list("email", "verified", "primary")) == [("ida@new.example", True, True)]
    assert mail.outbox[-1].to == ["ida@ida.example"]
    assert "ida@new.example" in mail.outbox[-1].body


def test_codes_and_trust_do_not_outlive_the_address_that_they_rest_on(ida, person):
    ida.post(reverse("account_logout"))
    type_password(ida)
    factors.send_code(person)
    type_code(ida, mailed_code(), trust="on")
    assert TrustedBrowser.objects.filter(user=person).exists()
    waiting = Browser()
    type_password(waiting)
    factors.send_code(person)
    code = mailed_code()

    ida.post(reverse("account_email"), {"email": "ida@new.example", "action_add": "1"})
    ida.post(link_in(mail.outbox[-1]))

    assert not TrustedBrowser.objects.filter(user=person).exists()
    type_code(waiting, code)
    assert not is_in(waiting)


@pytest.mark.parametrize("change", ["reset", "change"])
def test_a_new_password_ends_what_somebody_asked_for_before(ida, person, change):
    ida.post(reverse("account_email"), {"email": "eve@eve.example", "action_add": "1"})
    link = link_in(mail.outbox[0])
    new = {"password1": "a b c d e f g h", "password2": "a b c d e f g h"}
    if change == "change":
        ida.post(reverse("account_change_password"), {"oldpassword": PASSWORD, **new})
    else:
        browser = Browser()
        browser.post(reverse("account_reset_password"), {"email": person.email})
        browser.post(browser.get(link_in(mail.outbox[-1])).url, new)

    Browser().post(link)

    person.refresh_from_db()
    assert person.check_password("a b c d e f g h")
    assert person.email == "ida@ida.example"


def test_an_address_that_is_only_asked_for_sets_no_password(ida):
    ida.post(reverse("account_email"), {"email": "eve@eve.example", "action_add": "1"})
    Browser().post(reverse("account_reset_password"), {"email": "eve@eve.example"})

    assert mail.outbox[-1].to == ["eve@eve.example"]
    assert mail.outbox[-1].subject == "No account with this address"
    assert "/password/reset/key/" not in mail.outbox[-1].body


def test_a_reset_link_works_once(browser, person):
    browser.post(reverse("account_reset_password"), {"email": person.email})
    link = link_in(mail.outbox[0])
    page = browser.get(link)
    browser.post(page.url, {"password1": "a b c d e f g h", "password2": "a b c d e f g h"})
    browser.post(reverse("account_logout"))

    assert "used up" in browser.get(link, follow=True).content.decode()


def test_a_weak_password_is_refused_with_the_reason(ida):
    page = ida.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "password1234", "password2": "password1234"},
    )
    assert page.context["form"].errors["password1"]
    assert is_in(ida)


def test_after_a_change_of_mind_no_link_is_promised_that_was_not_sent(ida, person):
    new = {"email": "ida@new.example"}
    ida.post(reverse("account_email"), {**new, "action_add": "1"})
    ida.post(reverse("account_email"), {**new, "action_remove": "1"})
    mail.outbox.clear()
    page = ida.post(reverse("account_email"), {**new, "action_add": "1"}, follow=True)

    assert mail.outbox == []
    assert "a moment ago" in page.context["form"].errors["email"][0]
    assert page.context["form"]["email"].value() == "ida@new.example"
    assert "We have sent a link" not in page.content.decode()


def test_a_link_that_is_not_sent_again_is_not_promised(ida):
    ida.post(reverse("account_email"), {"email": "ida@new.example", "action_add": "1"})
    again = {"email": "ida@new.example", "action_send": "1"}
    page = ida.post(reverse("account_email"), again, follow=True)
    assert len(mail.outbox) == 1
    assert "a moment ago" in page.content.decode()

    cache.clear()  # three minutes later
    page = ida.post(reverse("account_email"), again, follow=True)
    assert len(mail.outbox) == 2
    assert "a moment ago" not in page.content.decode()


DU = re.compile(r"\b(du|dich|dir|dein\w*|gib)\b", re.IGNORECASE)


def test_nobody_is_called_du(ida, person):
    """allauth's German does; what people meet of it is said in our words."""
    person.language = "de"
    person.save()
    new = {"password1": "a b c d e f g h", "password2": "a b c d e f g i"}
    pages = [ida.post(reverse("account_change_password"), {"oldpassword": "wrong", **new})]
    assert set(pages[0].context["form"].errors) == {"oldpassword", "password2"}
    ida.post(reverse("account_email"), {"email": "ida@new.example", "action_add": "1"})
    pages.append(ida.post(link_in(mail.outbox[-1]), follow=True))
    ida.post(reverse("account_email"), {"email": "ida@other.example", "action_add": "1"})
    keep = {"email": "ida@other.example", "action_remove": "1"}
    pages.append(ida.post(reverse("account_email"), keep, follow=True))

    assert 'lang="de"' in pages[0].content.decode()
    for page in pages:
        assert DU.findall(page.content.decode()) == []
