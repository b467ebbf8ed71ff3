"""A password, key or code is refused wherever it is typed; words about where it is kept are not."""

import time

import pytest
from django.core.exceptions import ValidationError

from portal.profile.secrets import looks_like_secret, refuse_secrets
from tests.browse import browse_as, url
from tests.profile.conftest import again, page, typed


@pytest.mark.parametrize(
    "text",
    [
        "Passwort: x",
        "password = hunter2",
        "Shop-Passwort lautet Geheim",
        "The password is swordfish",
        "Login: katrin, PW: Eiche!",
        "passord: fjord",
        "API-Key: abc",
        "PIN 4711 / pin: 4711",
        "Passwort WordPress: Winter",
        "Passwort: in Winter2026!",
        "FTP ftp://katrin:eiche@host.example/",
        "sk_live_51HxyzABCDEFG",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----",
        "d41d8cd98f00b204e9800998ecf8427e",
        "x7Gq2LmP9vRt4KsW8zNb",
        "First line\n\nKennwort: y",
        "**Passwort**: Eiche",
        "Passwort (Shop): Eiche",
        "Passwords: Winter2026!",
        "password - Winter2026!",
        "| Password | Winter2026! |",
        "Katrin\nPassword:\n\nWinter2026!",
        "Katrin\nPasswort\nWinter2026!",
        "пароль: рыба",
        "jelszó: hal",
    ],
)
def test_secrets_are_seen(text):
    assert looks_like_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Passwords are kept in the vault of Acme; Katrin gives them out.",
        "Passwort: liegt im Tresor",
        "Passwort: siehe Passwortmanager",
        "Password: ask Katrin",
        "Password: kept in 1Password",
        "| Password | kept by |\n| Shop | Katrin |",
        "Password - see the vault",
        "Passwords:\n- Shop: ask Katrin",
        "Passwörter: Katrin gibt sie heraus",
        "Passwort (Office365): liegt im Tresor",
        "How to set a new password:\n1. Ask Katrin",
        "Passord: ligger hos Marte",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "https://shop.example/produkte/Eiche-Serie-2026/Tisch?farbe=Dunkel&groesse=Xl120",
        "katrin.vogel-2026-Newsletter@hanse-moebelwerk.example",
        "12.000 Bestellungen über die organische Suche im Geschäftsjahr 2026",
        "60:00 Stunden, höchstens 15:00 übertragen",
        "IBAN on the invoice, tan leather, spinning",
        "Ratgeberinhalte/Produktdaten/Linkaufbau",
        "+49 40 555 018-99",
    ],
)
def test_words_about_access_are_not(text):
    assert not looks_like_secret(text)


def test_the_label_counts_too():
    with pytest.raises(ValidationError) as refused:
        refuse_secrets("Passwort", "Eichenblatt")
    assert "Eichenblatt" not in str(refused.value)
    refuse_secrets("Password", "")
    refuse_secrets("Where the password is kept", "In the vault")


def test_long_texts_cost_little():
    assert not looks_like_secret("pass word " * 1000)
    assert not looks_like_secret("a-" * 5000 + "\n" + "password " * 1000)
    assert not looks_like_secret("(" * 5000 + "*_" * 2000 + "\n" + "password\n" * 1000)


@pytest.mark.parametrize("text", ["a@" * 700, "@" * 1400, "a" * 1400, "a@" + "b." * 700])
def test_what_looks_like_many_addresses_costs_little_too(text):
    start = time.process_time()
    looks_like_secret(text)
    assert time.process_time() - start < 1, "a text seven times as long would hold up a process for an hour"


def test_specialist_is_told_at_the_field_and_nothing_is_saved(cast, section, remark):
    form = page(cast.nora, cast.acme, "edit", section.pk).context["form"]
    data = typed(form, **{f"text_{remark.pk}": "Passwort: x", "title": "Other"})

    answer = browse_as(cast.nora).post(url("profile:edit", cast.acme, section.pk), data)

    assert answer.status_code == 422
    assert f"text_{remark.pk}" in answer.context["form"].errors
    assert again(section).title == "Agreements"


def test_contact_cannot_propose_one(cast, goal):
    path = url("profile:propose", cast.acme, goal.pk)
    for words in ({"text": "Passwort: x"}, {"text": "New", "note": "password = hunter2"}):
        assert browse_as(cast.anna).post(path, words).status_code == 422


def test_the_field_says_so(cast):
    browse_as(cast.nora).post(url("profile:begin", cast.acme))
    access = page(cast.nora, cast.acme).context["parts"][-1]
    words = page(cast.nora, cast.acme, "edit", access.pk).content.decode()
    assert words.count("Never a password: say where it is kept") == 3
