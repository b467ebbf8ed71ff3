"""Seals: what was sealed and then changed is found, even when a superuser did it with the triggers off."""

import os
import random

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from portal.accounts.models import User
from portal.audit.verification import NOTE, verify
from portal.core.logs import Formatter
from tests import world
from tests.audit.sealing import seal_everything

pytestmark = pytest.mark.empty_house
TAMPERED = {
    "an event edited": "UPDATE audit.event SET kind = 'x' WHERE id = (SELECT min(id) FROM audit.event)",
    "an event removed": "DELETE FROM audit.event WHERE id = (SELECT min(id) FROM audit.event)",
    "an event put in": "INSERT INTO audit.event (id, xid, era, kind) OVERRIDING SYSTEM VALUE "
    "SELECT 99999999, min(xid::text::numeric)::text::xid8, min(era), 'forged' FROM audit.event",
    "a seal removed": "DELETE FROM audit.seal WHERE n = 1",
    "a seal edited": "UPDATE audit.seal SET cnt = cnt + 1 WHERE n = 1",
    "the last event of all removed": "DELETE FROM audit.event WHERE id = (SELECT max(id) FROM audit.event)",
    "an event moved to the other stretch": "UPDATE audit.event SET xid = (SELECT max(upto::text::numeric) - 1 FROM audit.seal)"
    "::text::xid8 WHERE id = (SELECT min(id) FROM audit.event)",
    "a moment moved": "UPDATE audit.event SET at = at + interval '1 us' WHERE id = (SELECT min(id) FROM audit.event)",
    "a seal's hash made anew": "UPDATE audit.seal SET hash = sha256(hash) WHERE n = 2",
}
COLUMNS = ("user_id", "agency_id", "ua", "kind", "tab", "row_pk", "request_id")


@pytest.fixture
def sealed(transactional_db, caplog):
    """A world whose events are sealed; twice, so that there is more than one seal. The log lines about it."""
    caplog.set_level("INFO", logger="portal.audit.tasks")
    world.build()
    seal_everything()
    _more()
    seal_everything()
    assert verify() == "ok"
    return [Formatter().format(record) for record in caplog.records if record.message == NOTE]


@pytest.fixture
def superuser():
    """A connection that is rolled back in the end."""
    address = os.environ.get("DATABASE_SUPERUSER_URL")
    if not address:
        pytest.skip("DATABASE_SUPERUSER_URL is not set: bin/test sets it")
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(address, dbname=name) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection
        connection.rollback()


@pytest.mark.parametrize("sql", TAMPERED.values(), ids=TAMPERED)
def test_tampering_is_found(sealed, superuser, sql):
    assert superuser.execute("SELECT audit.verify()").fetchone()[0] == "ok"

    superuser.execute(sql)

    assert superuser.execute("SELECT audit.verify()").fetchone()[0].startswith("seal ")


def test_a_hundred_small_changes_are_all_found(sealed, superuser):
    chance = random.Random(4711)
    ids = [row[0] for row in superuser.execute("SELECT id FROM audit.event ORDER BY id").fetchall()]
    for _turn in range(100):
        column, pk = chance.choice(COLUMNS), chance.choice(ids)
        number = column in ("user_id", "agency_id")
        change = f"coalesce({column}, 0) + 1" if number else f"coalesce({column}, '') || 'x'"
        with superuser.transaction(force_rollback=True):
            superuser.execute(f"UPDATE audit.event SET {column} = {change} WHERE id = %s", [pk])
            assert superuser.execute("SELECT audit.verify()").fetchone()[0] != "ok", (column, pk)


def test_seals_cut_off_and_made_anew_are_found_in_the_log(sealed, superuser, caplog):
    """The chain alone holds again, so it cannot tell; what the worker's log noted can."""
    superuser.execute("UPDATE audit.event SET kind = 'x' WHERE id = (SELECT max(id) FROM audit.event)")
    superuser.execute("DELETE FROM audit.seal WHERE n = (SELECT max(n) FROM audit.seal)")
    superuser.commit()
    assert verify() == "ok"
    with pytest.raises(CommandError, match=r"^seal \d+: removed"):
        call_command("audit_verify", log=sealed)

    seal_everything()
    anew = [Formatter().format(record) for record in caplog.records if record.message == NOTE]

    assert verify() == "ok"
    for log in (sealed, [*sealed, *anew]):
        with pytest.raises(CommandError, match=r"^seal \d+: not the one that was noted"):
            call_command("audit_verify", log=log)


def test_a_log_of_all_its_seals_is_content(sealed, capsys):
    call_command("audit_verify", log=["no JSON", *sealed])

    assert capsys.readouterr().out.startswith(f"ok, {len(sealed)} seals")


def test_a_log_that_notes_no_seal_proves_nothing(sealed):
    with pytest.raises(CommandError, match="the log notes no seal"):
        call_command("audit_verify", log=["no JSON", sealed[0][:40]])


def test_what_is_not_sealed_yet_breaks_nothing(sealed):
    _more()
    assert verify() == "ok"


def _more() -> None:
    User.objects.create_user(f"{random.random()}@late.example", name="Late")
