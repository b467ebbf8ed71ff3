"""What the log lines leave out."""

import json
import logging

import pytest
from django.test import Client as Browser

from portal.core.logs import Formatter, Trace
from tests.routes import AGENCY, GLOBAL, routes_of

SECRET = "Zm9vYmFyLXNlY3JldC13b3JkLTQ3MTE"
KNOWN = ("<str:token>", "(?P<key>")


@pytest.fixture
def written():
    """Log lines as they are written."""
    lines, handler = [], logging.Handler()
    handler.setFormatter(Formatter())
    handler.addFilter(Trace())
    handler.emit = lambda record: lines.append(handler.format(record))
    levels = {name: logging.getLogger(name).level for name in ("portal.request", "django.request")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("urlconf", [AGENCY, GLOBAL])
def test_v16_2_5_no_secret_of_an_address_is_written(cast, written, urlconf):
    routes = [route.pattern for route in routes_of(urlconf) if any(part in route.pattern for part in KNOWN)]
    for pattern in routes:
        words = pattern.replace("^", "").replace("$", "").replace("(?P<uidb36>[0-9A-Za-z]+)", "1")
        path = words.replace("(?P<key>.+)", SECRET).replace("(?P<key>[-:\\w]+)", SECRET).replace("<str:token>", SECRET)
        base = "/north/" if urlconf == AGENCY else "/"
        Browser().get(base + path)
        Browser().get((base + path).rstrip("/"))

    assert len(routes) >= 3
    assert len(written) >= 2 * len(routes)
    assert not [line for line in written if SECRET in line]


def test_an_exception_is_written_without_it_too(written):
    try:
        raise ValueError(f"no page at /north/people/join/{SECRET}/")
    except ValueError:
        logging.getLogger("portal").exception("failed", extra={"path": f"/accounts/password/reset/key/1-{SECRET}/"})

    line = json.loads(written[-1])
    assert SECRET not in written[-1]
    assert line["path"] == "/accounts/password/reset/key/***/"
    assert "ValueError: no page at /north/people/join/***/" in line["exc_info"]
