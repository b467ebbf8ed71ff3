"""The German texts: every string of the source is there, nothing inside it broke, and people see no English.

New strings: run the command in the head of locale/de/LC_MESSAGES/django.po, then translate what is empty or fuzzy there.
"""

import io
import re
from collections import Counter
from html.parser import HTMLParser

import polib
import pytest
from babel.messages.extract import extract
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed
from django.utils.translation.template import templatize

from portal.accounts.models import User
from portal.admin import words
from portal.admin.sites import platform
from portal.core.context import tenant
from portal.core.prepare import compile_translations
from portal.events.kinds import told_kinds
from portal.mail.models import OutgoingMail
from portal.tenancy.models import Agency
from portal.tenancy.models.base import ClientOwned, TenantModel
from portal.tenancy.presets import ROLES
from tests.browse import browse_as, url
from tickets.presets import TYPES

ROOT = settings.BASE_DIR
FILE = ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"
CATALOG = polib.pofile(str(FILE), wrapwidth=0)
KNOWN = {(entry.msgctxt, entry.msgid): entry for entry in CATALOG}
NOT_SHIPPED = {"tests", "bench"}
ONE, TWO, CONTEXT = (1,), (1, 2), ((1, "c"), 2)
KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], TWO),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], CONTEXT),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|</?[a-z]+\b[^>]*>")
ENGLISH = re.compile(
    r"\b(the|and|of|your|you|is|are|with|from|at|sign|choose|nothing|everything|show|user|has)\b", re.I
)

THEIR_OWN_NAME = "English"
"""In the choice of languages each one is called what its speakers call it."""
STORED = {word for preset in TYPES for word in (*preset[1:3], *(word for step in preset[5] for word in step[1:3]))}
"""Words of the presets, which the audit log quotes as they are stored."""


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    """As bin/run does before the servers start; then forget what was loaded without it."""
    compile_translations()
    translation_file_changed(None, FILE.with_suffix(".mo"))


# --- The file itself ------------------------------------------------------------------------------------------------


def test_nothing_is_missing_fuzzy_or_left_over():
    assert [entry.msgid for entry in CATALOG.untranslated_entries()] == []
    assert [entry.msgid for entry in CATALOG.fuzzy_entries()] == []
    assert [entry.msgid for entry in CATALOG.obsolete_entries()] == []


def test_placeholders_and_tags_survive():
    broken = {
        form: entry.msgid for entry in CATALOG for form in _forms(entry) if _parts(form) != _parts(_source(entry, form))
    }

    assert broken == {}


def test_typography_is_german():
    # The mark of a decision is no shouting.
    ugly = re.compile(r"[“”](?=\w)|\.\.\.|\d MB|\"|\bz\.B\.|!(?! Beschluss)")
    forms = [re.sub(r"<[^>]+>", "", form) for entry in CATALOG for form in _forms(entry)]

    assert [form for form in forms if ugly.search(form) or form.count("„") != form.count("“")] == []


def test_people_are_addressed_with_sie():
    familiar = re.compile(r"\b[Dd](u|ir|ich|ein\w*)\b")

    assert [form for entry in CATALOG for form in _forms(entry) if familiar.search(form)] == []


def _forms(entry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def _source(entry, form: str) -> str:
    return entry.msgid_plural if entry.msgid_plural and form != entry.msgstr_plural[0] else entry.msgid


def _parts(text: str) -> Counter:
    return Counter(PLACEHOLDER.findall(text))


# --- The source ---------------------------------------------------------------------------------------------------


def test_every_string_of_the_source_is_in_the_file_and_no_other():
    found = {key for path in _sources() for key in _strings_of(path)}

    assert len(found) > 500
    assert sorted(found - KNOWN.keys(), key=str) == []
    assert sorted(KNOWN.keys() - found, key=str) == []


def test_no_string_is_marked_by_a_name_that_nobody_looks_for():
    """`gettext_lazy as _lazy` translates, but its strings never reach the file."""
    hidden = []
    for path in ROOT.glob("*/**/*.py"):
        source = path.read_text() if ".venv" not in path.parts else ""
        for name in set(re.findall(r"import n?p?gettext\w* as (\w+)", source)) - KEYWORDS.keys():
            hidden += [f"{path}: {found}" for found in re.findall(rf"\b{name}\(\s*[\"'].*", source)]

    assert hidden == []


def _sources() -> list:
    rooms = [ROOT / "templates", *(path.parent for path in ROOT.glob("*/__init__.py"))]
    files = [path for room in rooms if room.name not in NOT_SHIPPED for path in room.rglob("*")]
    return [path for path in files if path.suffix in {".py", ".html", ".txt"}]


def _strings_of(path):
    """What the file asks gettext for, as (context, msgid). A template becomes Python first, as in makemessages."""
    text = path.read_text()
    if path.suffix != ".py":
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
        yield context, message[0] if isinstance(message, tuple) else message


def test_the_extraction_sees_all_spellings(tmp_path):
    page, code = tmp_path / "page.html", tmp_path / "code.py"
    page.write_text(
        '<p>\n  {% translate "One" %}{% blocktranslate trimmed count n=n %}{{ n }} cow{% plural %}{{ n }} cows{% endblocktranslate %}'
    )
    code.write_text('_("Two " "lines"); ngettext_lazy("a pig", "pigs", 2); pgettext("sea", "Wave")\n')

    assert set(_strings_of(page)) == {(None, "One"), (None, "%(n)s cow")}
    assert set(_strings_of(code)) == {(None, "Two lines"), (None, "a pig"), ("sea", "Wave")}


# --- Names that code makes ----------------------------------------------------------------------------------------


def test_the_unit_of_hours_is_translated_like_any_other_word():
    """Beside a number it stood as it is written in English, while the line below said "Std."."""
    translated = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}", re.S)
    bare = re.compile(r"}}\s*(?:<small>)?h\b")
    pages = {str(page): translated.sub("", page.read_text()) for page in (ROOT / "templates").rglob("*.html")}

    assert [name for name, text in pages.items() if bare.search(text)] == []


def test_models_and_columns_of_both_admins_have_german_names():
    unnamed = {name for site in (admin.site, platform) for name in _names_in(site)} - {key[1] for key in KNOWN}

    assert unnamed == set()


def _names_in(site):
    with translation.override("en"):
        for model, options in site._registry.items():
            meta = model._meta
            yield from (str(meta.verbose_name), str(meta.verbose_name_plural), str(meta.app_config.verbose_name))
            for name in {*options.list_display, *(options.fields or ())}:
                try:
                    yield str(meta.get_field(name).verbose_name)
                except FieldDoesNotExist:
                    continue


def test_whatever_the_audit_log_keeps_of_an_agency_has_a_german_name(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT relname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE tgname LIKE 'audit%'"
        )
        tables = {row[0] for row in cursor.fetchall()}
    ours = [*TenantModel.__subclasses__(), *ClientOwned.__subclasses__(), Agency]
    models = [model for model in ours if model._meta.db_table in tables]
    with translation.override("en"):
        columns = {words.column(field.column) for model in models for field in model._meta.concrete_fields}
        names = {str(model._meta.verbose_name) for model in models}

    assert len(models) > 10
    assert (columns | names) - {key[1] for key in KNOWN} <= {"id"}


def test_roles_and_kinds_of_events_are_german():
    with translation.override("en"):
        kinds = {str(text) for kind in told_kinds() for text in (kind.title, kind.label)}
    roles = {name for name, _rights in ROLES.values()}

    assert kinds and roles
    assert (kinds | roles) - {key[1] for key in KNOWN} == set()


# --- What people see ----------------------------------------------------------------------------------------------


class Words(HTMLParser):
    """The visible texts of a page, and those that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag != "option":
            self.texts += [
                value for name, value in attrs if value and name in ("aria-label", "alt", "title", "placeholder")
            ]

    def handle_data(self, data):
        if data.strip() and self.lasttag not in ("script", "option"):
            self.texts.append(" ".join(data.split()))


PAGES = {
    "anna": [
        "client_home",
        "protocols:index",
        "protocols:create",
        "mailbox:index",
        "timeline:index",
        "people:team",
        "people:client_security",
    ],
    "nora": ["client_home", "protocols:index", "people:projects"],
    "olaf": ["people:client_settings"],
}
OWN_PAGES = {
    "anna": ["notifications:index", "notifications:preferences", "people:settings", "account_security"],
    "nora": ["my_day", "people:clients"],
    "olaf": ["people:members", "people:security", "people:agency", "people:calendar", "people:vendors", "admin:index"]
    + ["notifications:deliveries", "notifications:replies"],
}


def in_german(member):
    """A browser of somebody who reads German."""
    User.objects.filter(pk=member.user_id).update(language="de")
    member.user.refresh_from_db()
    return browse_as(member)


def english_in(answer) -> list[str]:
    """Texts with an English word in them, and those that the file would have had in German."""
    page = Words()
    page.feed(answer.content.decode())
    return [text for text in page.texts if ENGLISH.search(text) or _stayed(text)]


def _stayed(text: str) -> bool:
    entry = KNOWN.get((None, text))
    return bool(entry and entry.msgstr and entry.msgstr != text) and text != THEIR_OWN_NAME


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_client_show_no_english(cast, name):
    browser = in_german(getattr(cast, name))
    answers = {page: browser.get(url(page, cast.acme)) for page in PAGES[name]}

    assert {page: english_in(answer) for page, answer in answers.items()} == {page: [] for page in PAGES[name]}
    assert {answer.status_code for answer in answers.values()} == {200}


@pytest.mark.parametrize("name", OWN_PAGES)
def test_pages_of_the_agency_show_no_english(cast, name):
    browser = in_german(getattr(cast, name))
    answers = {page: browser.get(url(page, cast.north)) for page in OWN_PAGES[name]}

    found = {page: set(english_in(answer)) for page, answer in answers.items()}
    assert found == {page: found[page] & STORED if page == "people:security" else set() for page in OWN_PAGES[name]}
    assert {answer.status_code for answer in answers.values()} == {200}


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"])
def test_strangers_read_the_language_of_their_browser(db, path):
    answer = browse_as(None).get(path, headers={"accept-language": "de"})

    assert answer.status_code == 200
    assert english_in(answer) == []


def test_refused_forms_and_missing_pages_explain_themselves_in_german(cast):
    browser = in_german(cast.anna)
    refused = browser.post(url("protocols:create", cast.acme), {"kind": "call", "title": "", "held_at": "soon"})
    missing = browser.get(url("client_home", cast.acme) + "nowhere/")

    assert (refused.status_code, missing.status_code) == (422, 404)
    assert "Fehler:" in refused.content.decode()
    assert english_in(refused) == english_in(missing) == []


def test_invitation_is_written_in_the_language_of_the_invited(cast):
    form = {"client": cast.acme.pk, "role": cast.anna.role_id, "areas": ["work"], "language": "de"}
    browse_as(cast.olaf).post(
        url("people:invite", cast.north, "contact"), {**form, "email": "kim@acme.example", "name": "Kim"}
    )

    with tenant(cast.north.pk), transaction.atomic():
        mail = OutgoingMail.objects.get(to=["kim@acme.example"])
    assert "lädt Sie in das Kundencenter von" in mail.subject
    assert "Einladung annehmen" in mail.text
    assert [line for line in mail.text.splitlines() if "http" not in line and ENGLISH.search(line)] == []
