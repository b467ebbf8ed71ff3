"""What the log lines leave out."""

import json
import logging
import subprocess
import sys

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser

from portal.core import health
from portal.core.logs import Formatter, Trace
from tests.browse import browse_as
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


@pytest.mark.parametrize("told", ["traceback", "worker"])
def test_what_the_database_refuses_is_written_without_the_row(cast, written, told):
    """The name goes over two lines, as texts do."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_user SET name = E'Private\\nwords', email = %s WHERE id = %s",
                [cast.anna.user.email, cast.nora.user_id],
            )
    except IntegrityError as error:
        raised = error
        if told == "traceback":
            logging.getLogger("portal").exception("refused")
        else:
            logging.getLogger("portal").error("Task %s raised unexpected: %r, and goes on", "portal.x", error)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_user SET name = E'Private\\nwords', email = NULL WHERE id = %s", [cast.anna.user_id]
            )
    except IntegrityError:
        logging.getLogger("portal").exception("refused")

    assert cast.anna.user.email in str(raised)
    assert all("violates" in line for line in written)
    assert not [line for line in written if cast.anna.user.email in line or "words" in line]


def test_one_line_a_request_says_where_and_who(cast, written):
    browse_as(cast.nora).get("/north/my-day/")

    (line,) = [json.loads(line) for line in written if '"request"' in line]
    assert (line["path"], line["status"]) == ("/north/my-day/", 200)
    assert (line["agency"], line["member"]) == (cast.north.pk, cast.nora.pk)


def test_v16_5_1_an_error_page_carries_the_id_of_its_line_and_nothing_else(cast, written, monkeypatch):
    def broken(*_):
        raise ValueError("a secret of the database")

    monkeypatch.setattr(health, "_outcome", broken)
    answer = Browser(raise_request_exception=False).get("/readyz")

    ids = {json.loads(line)["request_id"] for line in written if "a secret of the database" in line}
    assert answer.status_code == 500
    assert ids == {answer["X-Request-ID"]}
    assert ids.pop() in answer.content.decode()
    assert "secret" not in answer.content.decode()


def test_a_worker_writes_what_the_settings_say():
    """Celery would set its own level for everybody: no seal of the audit log ever stood in a worker's log."""
    program = """
from portal.celery import app
app.loader.init_worker()
app.log.setup(loglevel="WARNING", redirect_stdouts=False)
import logging
logging.getLogger("portal.audit.tasks").info("audit log sealed")
logging.getLogger("celery.app.trace").info("a word for each task")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == ["audit log sealed"]


def test_an_exception_is_written_without_it_too(written):
    try:
        raise ValueError(f"no page at /north/people/join/{SECRET}/")
    except ValueError:
        logging.getLogger("portal").exception("failed", extra={"path": f"/accounts/password/reset/key/1-{SECRET}/"})

    line = json.loads(written[-1])
    assert SECRET not in written[-1]
    assert line["path"] == "/accounts/password/reset/key/***/"
    assert "ValueError: no page at /north/people/join/***/" in line["exc_info"]
