"""Every change of a critical row is in the log, whichever way it was made: once, with who, from where and in which request."""

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, connections, transaction

from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.core.context import tenant, traced
from portal.tenancy.catalogue import tenant_tables
from portal.tenancy.models import Client, Project, Vendor
from portal.tenancy.models.calendar import usual_week

TRACE = {"ip": "203.0.113.9", "ua": "Firefox Linux", "request_id": "req-1"}

# Tables whose rows are no critical data: what they hold is read state, or is written once and kept elsewhere. Of mailboxes only
# the state of polling is left out: that one was added or removed is in the log.
NOT_CRITICAL = {
    "events_event",
    "events_revision",
    "invoices_invoiceread",
    "mail_clientaddress",
    "mail_imapmailbox",
    "mail_inboundmail",
    "mail_mailreply",
    "mail_outgoingmail",
    "mail_providerrequest",
    "mailbox_addresstest",
    "mailbox_draft",
    "mailbox_knownaddress",
    "mailbox_mailread",
    "notifications_delivery",
    "notifications_notification",
    "notifications_preference",
    "people_pinnedclient",
    "people_startchoice",
    "profile_reminder",
    "protocols_calendarfeed",
    "protocols_meetingguest",
    "protocols_protocolread",
    "search_entry",
    "search_filetext",
    "tenancy_absence",
    "tenancy_calendarexception",
    "tenancy_submission",
    "tickets_change",
    "tickets_follower",
    "tickets_handover",
    "tickets_savedview",
    "tickets_ticketcounter",
    "timeline_visit",
    "timeline_weeklychoice",
    "timeline_weeklymail",
    "worklog_timer",
    "worklog_worklook",
}
PEOPLE = {"accounts_user", "account_emailaddress", "otp_totp_totpdevice", "accounts_factorreset"}


def test_every_table_of_an_agency_is_audited_or_named_as_not_critical(db):
    assert {table for table in tenant_tables() if table not in _audited()} <= NOT_CRITICAL


def test_people_and_their_second_factors_are_audited(db):
    assert _audited() >= PEOPLE


def test_create(log, north):
    vendor = Vendor.objects.create(agency=north, name="New", engagement="supplier")
    _one(log(), "insert", vendor, new="New")


def test_save(log, supplier):
    supplier.name = "Renamed"
    supplier.save()
    _one(log(), "update", supplier, old="Vega Studio", new="Renamed")


def test_save_without_a_change_says_nothing(log, supplier):
    supplier.save()
    assert log() == []


def test_queryset_update(log, supplier):
    Vendor.objects.filter(pk=supplier.pk).update(name="Renamed")
    _one(log(), "update", supplier, old="Vega Studio", new="Renamed")


def test_bulk_update_and_bulk_create(log, north, supplier, provider):
    supplier.name, provider.name = "One", "Two"
    Vendor.objects.bulk_update([supplier, provider], ["name"])
    Vendor.objects.bulk_create(Vendor(agency=north, name=f"Bulk {n}", engagement="supplier") for n in range(3))

    assert [(event.kind, event.new["name"]) for event in log()] == [
        ("update", "One"),
        ("update", "Two"),
        ("insert", "Bulk 0"),
        ("insert", "Bulk 1"),
        ("insert", "Bulk 2"),
    ]


def test_raw_sql(log, supplier):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tenancy_vendor SET name = 'Raw' WHERE id = %s", [supplier.pk])
    _one(log(), "update", supplier, old="Vega Studio", new="Raw")


def test_upsert(log, north, supplier):
    fresh = Vendor(agency=north, name=supplier.name, engagement="supplier")
    Vendor.objects.bulk_create(
        [fresh], update_conflicts=True, unique_fields=["agency", "name"], update_fields=["engagement"]
    )
    assert [event.kind for event in log()] in ([], ["update"])


def test_delete(log, north):
    vendor = Vendor.objects.create(agency=north, name="Gone", engagement="supplier")
    pk = vendor.pk
    log()
    vendor.delete()
    events = log()
    assert [(event.kind, event.tab, event.row_pk) for event in events] == [("delete", "tenancy_vendor", str(pk))]
    assert events[0].old["name"] == "Gone"


def test_cascade(log, north):
    client = Client.objects.create(agency=north, name="Gone", slug="gone")
    Project.objects.create(agency=north, client=client, name="Too", slug="too")
    log()
    client.delete()
    assert sorted((event.kind, event.tab) for event in log()) == [
        ("delete", "tenancy_client"),
        ("delete", "tenancy_project"),
    ]


def test_outside_a_request_the_task_is_named(in_north, supplier):
    with traced(task="nightly", user_id=None):
        Vendor.objects.filter(pk=supplier.pk).update(name="At night")
        event = AuditEvent.objects.filter(tab="tenancy_vendor", row_pk=str(supplier.pk)).latest("pk")
    assert (event.user_id, event.task) == (None, "nightly")


def test_passwords_never_reach_the_log(in_north, anna):
    with traced(user_id=anna.user_id):
        hashed = make_password("a very secret canary 4711")
        User.objects.filter(pk=anna.user_id).update(password=hashed)
    with transaction.atomic(using="maint"):
        events = list(AuditEvent.objects.using("maint").all()[:5000])
    assert all("canary" not in str(vars(event)) and "argon2" not in str(vars(event)) for event in events)


def test_secret_column_is_named_but_not_shown(in_north, olaf, acme):
    from portal.people.actions import invitations
    from portal.tenancy.models import Role

    role = Role.objects.get(agency=in_north, kind="contact", code="contact")
    fields = {"email": "k@a.example", "name": "K", "kind": "contact", "areas": ["work"], "role": role, "client": acme}
    invitation = invitations.invite(in_north, by=olaf, **fields)
    invitations.send_again(invitation, by=olaf)

    events = list(AuditEvent.objects.filter(tab="people_invitation").order_by("pk"))
    assert [event.kind for event in events] == ["insert", "update"]
    assert "digest" not in events[0].new
    assert "digest" in events[1].changed_columns


def test_calendar_windows_are_in_the_log_as_they_are(log, north):
    from portal.tenancy.models import Calendar

    Calendar.objects.create(agency=north, name="Second")
    assert log()[-1].new["windows"] == usual_week()


@pytest.fixture
def log(cast):
    """Work as Olaf in north; calling it gives the events since the last call."""
    with tenant(cast.north.pk), traced(user_id=cast.olaf.user_id, **TRACE):
        last = [AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0]

        def fresh():
            events = list(AuditEvent.objects.filter(pk__gt=last[0], tab__isnull=False).order_by("pk"))
            last[0] = events[-1].pk if events else last[0]
            for event in events:
                seen = (event.agency_id, event.user_id, event.ip, event.ua, event.request_id)
                assert seen == (cast.north.pk, cast.olaf.user_id, *TRACE.values())
            return events

        yield fresh


def _one(events, kind, row, *, old=None, new=None):
    assert [(event.kind, event.tab, event.row_pk) for event in events] == [(kind, row._meta.db_table, str(row.pk))]
    assert (events[0].old or {}).get("name") == old
    assert (events[0].new or {}).get("name") == new


def _audited() -> set[str]:
    """Tables with all three triggers."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname IN ('audit_insert', 'audit_update', 'audit_delete') "
            "AND tgenabled = 'O' GROUP BY 1 HAVING count(*) = 3"
        )
        return {name for (name,) in cursor.fetchall()}
