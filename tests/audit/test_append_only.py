"""Nobody with rights of the application or of migrations can write, change or remove what the log holds."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction

from portal.audit.log import log
from portal.audit.models import AuditEvent
from portal.core.context import tenant, traced
from portal.tenancy.scope import acting_as

FORBIDDEN = [
    "INSERT INTO audit.event (kind, era) VALUES ('forged', 1)",
    "UPDATE audit.event SET user_id = 1",
    "DELETE FROM audit.event",
    "TRUNCATE audit.event",
    "DELETE FROM audit.seal",
    "UPDATE audit.seal SET cnt = 0",
    "ALTER TABLE audit.event DISABLE TRIGGER ALL",
    "ALTER TABLE audit.event DISABLE ROW LEVEL SECURITY",
    "DROP TABLE audit.event",
    "CREATE OR REPLACE FUNCTION audit.deny() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET ROLE portal_log",
    "SET session_replication_role = replica",
]


@pytest.mark.parametrize("alias", ["default", "owner", "maint"])
@pytest.mark.parametrize("sql", FORBIDDEN)
def test_nobody_touches_the_log(cast, alias, sql):
    with (
        tenant(cast.north.pk),
        pytest.raises(DatabaseError),
        transaction.atomic(using=alias),
        connections[alias].cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.parametrize("trigger", ["audit_insert", "audit_update", "audit_delete"])
def test_application_cannot_switch_the_capture_off(cast, trigger):
    with pytest.raises(DatabaseError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE tenancy_client DISABLE TRIGGER {trigger}")


def test_rows_are_read_only_in_python_too(in_north):
    with pytest.raises(NotImplementedError):
        AuditEvent(kind="forged").save()


def test_agency_reads_its_own_events_only(cast):
    for agency in (cast.north, cast.south):
        with tenant(agency.pk), traced(user_id=None), transaction.atomic():
            log("probe", {"agency": agency.slug})
    with tenant(cast.south.pk), traced(user_id=None), transaction.atomic():
        assert set(AuditEvent.objects.values_list("agency_id", flat=True)) == {cast.south.pk}


def test_outsider_reads_only_what_he_did_himself_and_no_row(cast):
    with acting_as(cast.bob), transaction.atomic():
        log("probe")
    with acting_as(cast.anna), transaction.atomic():
        log("probe")
        assert {event.user_id for event in AuditEvent.objects.all()} == {cast.anna.user_id}
        assert not AuditEvent.objects.exclude(tab=None).exists()


def test_verify_speaks_by_its_exit_status(db, monkeypatch, capsys):
    call_command("audit_verify")
    monkeypatch.setattr("portal.audit.management.commands.audit_verify.verify", lambda: "seal 3: an event was changed")
    with pytest.raises(CommandError, match="seal 3"):
        call_command("audit_verify")
