"""Values that no honest form sends, and the forms of all pages into which they are put."""

import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from tests.asking import path_of, unwatched
from tests.route_shapes import NO_METHOD, Row
from tests.route_table import TABLE
from tests.routes import AGENCY, GLOBAL
from tests.visits import Visit

VALUES = {
    "nothing": "",
    "NUL": "a\0b",
    "a million": "x" * 10**6,
    "a million digits": "9" * 10**6,
    "lone surrogate": "\ud800x",
    "a digit that is no number": "²",
    "digits of another script": "٣",
    "negative": "-1",
    "past bigint": "99999999999999999999",
    "past int": "2147483648",
    "below bigint": "-9223372036854775809",
    "exponent": "1e9999",
    "tiny": "1e-9999",
    "no number": "NaN",
    "endless": "Infinity",
    "no such day": "2026-02-31",
    "no such moment": "2026-02-31T25:61",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "first moment": "0001-01-01T00:00",
    "last moment": "9999-12-31T23:59",
    "year past four digits": "10000-01-01",
    "hours": "99999999999999:59",
    "many": "1," * 5000,
    "quotes": "'\"><script>alert(1)</script>{{ 7*7 }}%s%(x)s{0}",
    "header": "a\r\nBcc: eve@x.example",
    "turned": "\u202eexe.txt",
    "list": ["1", "1"],
    "json": '{"a":[]}',
    "address": "javascript:alert(1)//http://[::1",
}
"""Each may stand in any field."""
FILES = {
    "zeros": ("a\0b.csv", b"\0" * 100),
    "no text": ("x.csv", b"\xff\xfe\x00;\x80\n" * 50),
    "one long line": ("x" * 400 + ".csv", b"a" * 10**6),
    "open XML": ("x.xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><Document xmlns='urn:iso'><a>&b;"),
    "open picture": ("x.png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 50),
}
"""Each may stand where a file is asked for."""


LONGEST_QUESTION = 3000
"""A server takes no line of 4 KB."""


@dataclass
class Form:
    """What a page lets somebody send: the names of its fields with what they hold, and of those that take files."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)

    def take(self, other: "Form") -> None:
        self.fields, self.files = other.fields | self.fields, other.files | self.files

    def with_value(self, label: str, *names: str) -> dict:
        """The form with a hostile value in these fields; in all of them unless some are named."""
        return self.fields | dict.fromkeys(names or self.fields, VALUES[label])


def forms_of(visits: Iterable[Visit]) -> dict[str, Form]:
    """The forms of all pages, by the path to which they are sent."""
    found: dict[str, Form] = {}
    for visit in visits:
        for form in visit.page.iter("form"):
            if form.method == "POST":
                target = urlsplit(form.get("action") or visit.path).path
                found.setdefault(target, Form()).take(_read(form))
    return found


def _read(form) -> Form:
    kinds = {entry.get("name"): entry.get("type") for entry in form.iter("input", "select", "textarea", "button")}
    fields: dict[str, list[str]] = {}
    for name in kinds.keys() - {None, "csrfmiddlewaretoken"}:
        value = form.fields.get(name, "")
        fields[name] = [value or ""] if isinstance(value, str | None) else list(value)
    files = {name for name, kind in kinds.items() if kind == "file" and name}
    return Form({name: fields[name] for name in sorted(fields) if name not in files}, files)


def sent_forms(w, visits: Iterable[Visit]) -> Iterator[tuple[Row, str, Form]]:
    """Every route that takes a form with fields: where it is sent, and the form as the route table fills it."""
    forms = forms_of(visits)
    for urlconf in (AGENCY, GLOBAL):
        for row in TABLE[urlconf]:
            if row.post != NO_METHOD and (form := _form_of(forms, w, urlconf, row)).fields:
                yield row, path_of(row, w.things["acme"], urlconf), form


def _form_of(forms: dict[str, Form], w, urlconf: str, row: Row) -> Form:
    form = Form()
    for name, value in row.data(w.things["acme"]).items():
        if hasattr(value, "read"):
            form.files.add(name)
        else:
            form.fields[name] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    form.take(forms.get(path_of(row, w.things["acme"], urlconf), Form()))
    return form


def questions_of(visit: Visit) -> list[str]:
    """What can be asked of the page: by its filters, and by its links to itself."""
    found = {name for form in visit.page.iter("form") if form.method == "GET" for name in form.fields if name}
    for link in visit.page.xpath("//@href | //@hx-get"):
        parts = urlsplit(link)
        if parts.path in ("", visit.path):
            found |= {name for name, _value in parse_qsl(parts.query)}
    return sorted(found | {"after"}) if found else []


def asked(label: str, names: Iterable[str]) -> str:
    """A query with this value under each of the names."""
    value = VALUES[label]
    value = value[:LONGEST_QUESTION] if isinstance(value, str) else value
    return "?" + urlencode(dict.fromkeys(names, value), doseq=True, errors="surrogatepass")


def trouble_of(browser, path: str, fields: dict, files: dict | None = None) -> str:
    """What broke when this was sent, or on the page to which the answer leads; "" if nothing did. Nothing of it stays."""
    with undone():
        answer = browser.post(path, **_body(fields, files or {}))
        if answer.status_code in (302, 303) and answer["Location"].startswith("/"):
            answer = browser.get(answer["Location"])
        return broken_at(answer) if answer.status_code >= 500 else ""


def trouble_of_asking(browser, address: str) -> str:
    """What broke when this was asked; "" if nothing did."""
    with undone():
        answer = browser.get(address)
        return broken_at(answer) if answer.status_code >= 500 else ""


def broken_at(answer) -> str:
    """The exception behind an error page, and the line of ours that it came from."""
    _kind, error, trace = answer.exc_info
    *_others, last = [frame for frame in traceback.extract_tb(trace) if "site-packages" not in frame.filename]
    return f"{answer.status_code} {repr(error)[:200]} at {last.filename}:{last.lineno}"


@contextmanager
def undone():
    """Whatever is written inside is taken back."""
    connection = connections["default"]
    point = connection.savepoint()
    try:
        with unwatched():
            yield
    finally:
        connection.needs_rollback = False
        connection.savepoint_rollback(point)


def _body(fields: dict, files: dict) -> dict:
    if files:
        plain = {name: str(value).encode("utf-8", "replace") for name, value in fields.items()}
        return {"data": plain | {name: SimpleUploadedFile(*of) for name, of in files.items()}}
    form = urlencode(fields, doseq=True, errors="surrogatepass")
    return {"data": form, "content_type": "application/x-www-form-urlencoded"}
