"""The doctor finds what is broken, says what to do, and never breaks himself."""

import json
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
import redis
from celery.signals import beat_init
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone, translation
from dns.exception import Timeout
from dns.resolver import NXDOMAIN

from portal.accounts.models import User
from portal.core import health
from portal.core.context import tenant
from portal.files import actions
from portal.mail.models import ImapMailbox, InboundMail, OutgoingMail, Stray
from portal.operation import doctor, inside, outside, tasks
from portal.operation.findings import Finding
from portal.tenancy.models import Agency
from tests import stage
from tests.admin.test_platform_admin import browser_of
from tests.browse import browse_as

FULL = {
    "north.example": ["v=spf1 include:relay.example -all"],
    "gh1._domainkey.north.example": ["v=DKIM1; k=ed25519; p=9mHq"],
    "_dmarc.north.example": ["v=DMARC1; p=reject"],
}


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.MEDIA_ROOT, settings.MAIL_DOORS = str(tmp_path / "media"), ["127.0.0.1:1"]
    return tmp_path


def states(check) -> list[str]:
    return [finding.state for finding in check()]


def test_a_beat_that_starts_is_heard_at_once(settings):
    """Killed every half minute it would never come to its first tick, and a house that works would not be ready."""
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as queue:
        before = _ticks_in(queue)
        beat_init.send(sender=None)
        (new,) = [message for message in _ticks_in(queue) if message not in before]
        queue.lrem("celery", 1, new)


def _ticks_in(queue) -> list[bytes]:
    return [row for row in queue.lrange("celery", 0, -1) if json.loads(row)["headers"]["task"] == tasks.tick.name]


def test_a_night_without_a_backup_is_an_alarm(db, settings, time_machine):
    """Where archives are made here at all: whoever saves another way has set no key, and is only reminded."""
    cache.delete(inside.BACKUP)
    settings.BACKUP_KEY = ""
    assert states(inside.backups) == ["soon"]
    settings.BACKUP_KEY = "given"
    assert states(inside.backups) == ["broken"]

    inside.saved(agencies=2, files=7)

    assert states(inside.backups) == ["fine"]
    time_machine.move_to(timezone.now() + inside.BACKUP_LATE + timedelta(seconds=1))
    assert states(inside.backups) == ["broken"]


def test_a_report_is_read_in_the_readers_language_and_time_zone(db, settings, monkeypatch, caplog):
    """A worker examined, in English and in UTC; Paula reads in German and in Berlin."""
    settings.BACKUP_KEY = "given"
    cache.set(inside.BACKUP, datetime(2026, 11, 28, 23, 30, tzinfo=UTC).timestamp(), None)
    monkeypatch.setattr(doctor, "CHECKS", (inside.backups, inside.disk, inside.beat))
    with translation.override("en"), timezone.override(UTC):
        tasks.examine()
    paula = User.objects.create_user("paula@platform.example", name="Paula", is_staff=True, language="de")
    User.objects.filter(pk=paula.pk).update(time_zone="Europe/Berlin")

    html = browser_of(paula).get("/admin/status/").content.decode()

    assert "29. Nov. 2026" in html
    assert "Last one" not in html and "GB of" not in html and "No tick was heard" not in html
    assert "doctor: Beat: No tick was heard in the last day" in caplog.text


def test_beat_is_heard_for_three_ticks_and_then_missed(db, time_machine):
    assert states(inside.beat) == ["broken"]
    tasks.tick()
    assert states(inside.beat) == ["fine"]
    time_machine.move_to(timezone.now() + timedelta(seconds=inside.LATE_AFTER + 1))
    assert states(inside.beat) == ["broken"]


def test_a_job_that_waits_too_long_is_broken(db, monkeypatch):
    late = timezone.now() - timedelta(seconds=health.MAX_JOB_AGE + 60)
    monkeypatch.setattr(inside, "queues", {"mail": lambda: late, "events": lambda: None})
    findings = list(inside.jobs())
    assert [(row.name, row.state) for row in findings] == [("Jobs: mail", "broken"), ("Jobs: events", "fine")]
    assert "worker" in findings[0].hint


def test_a_silent_hour_is_told_when_the_same_hour_was_never_silent(cast, time_machine):
    now = timezone.now()

    def came(weeks: int, minutes: int = 30) -> None:
        time_machine.move_to(now - timedelta(weeks=weeks, minutes=minutes))
        InboundMail.objects.using("maint").create(agency=cast.north, raw=b"x", recipients=[], source="smtp", size=1)
        time_machine.move_to(now)

    for weeks in (1, 2):
        came(weeks)
    assert states(inside.incoming_mail) == ["fine"], "three weeks ago this hour was silent too"
    came(3)
    assert states(inside.incoming_mail) == ["soon"]
    came(0, minutes=61)
    assert states(inside.incoming_mail) == ["soon"]
    came(0)
    assert states(inside.incoming_mail) == ["fine"]


def test_a_relay_that_takes_nothing_is_told_within_the_hour(cast, time_machine):
    """Mails are tried for three days; meanwhile nobody gets a code, and the log had warnings alone."""
    now = timezone.now()

    def written(minutes: int, number: int, **state) -> None:
        time_machine.move_to(now - timedelta(minutes=minutes))
        mail = {
            "message_id": f"<{number}@x>",
            "sender": "a@x.example",
            "to": ["b@x.example"],
            "subject": "s",
            "text": "t",
        }
        OutgoingMail.objects.using("maint").create(agency=cast.north, next_try_at=now, **mail, **state)
        time_machine.move_to(now)

    written(30, 1, attempts=3)
    assert states(inside.outgoing_mail) == ["fine"]
    written(70, 2, attempts=5)
    assert states(inside.outgoing_mail) == ["broken"]
    assert inside.outgoing_mail in doctor.QUICK and inside.outgoing_mail in doctor.CHECKS
    written(2 * 24 * 60, 3, attempts=99, sent_at=now - timedelta(minutes=10))
    assert states(inside.outgoing_mail) == ["fine"], "one recipient's server is away, the relay is not"


def test_mail_to_nobody_is_told_before_it_is_forgotten(db):
    assert states(inside.strays) == ["fine"]
    Stray.objects.using("maint").create(raw=b"x", size=1, source="webhook", source_key="1")

    [finding] = inside.strays()

    assert finding.state == "soon" and str(finding.text).startswith("1 waiting, the first is forgotten on ")
    assert inside.strays in doctor.CHECKS


def test_an_hour_without_mail_and_undone_jobs_are_errors_in_the_log(cast, settings, monkeypatch, caplog):
    late = timezone.now() - timedelta(seconds=health.MAX_JOB_AGE + 60)
    silent = Finding("Incoming mail", "soon", "None for an hour")
    monkeypatch.setattr(inside, "queues", {"mail": lambda: late})
    monkeypatch.setattr(doctor, "QUICK", (inside.jobs, lambda: [silent]))

    tasks.watch()

    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [message[:26] for message in errors] == ["doctor: Jobs: mail: Oldest", "doctor: Incoming mail: Non"]
    assert settings.CELERY_BEAT_SCHEDULE["look whether mail comes and jobs are done"]["schedule"] == 3600


def test_what_the_examination_finds_broken_is_an_error_what_can_wait_is_none(db, monkeypatch, caplog):
    soon = Finding("Disk", "soon", "nearly full")
    monkeypatch.setattr(doctor, "CHECKS", (inside.beat, lambda: [soon]))

    tasks.examine()

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "doctor: Beat: No tick was heard in the last day"
    ]


def test_the_house_as_it_stands_has_walls_seals_and_migrations(cast):
    assert states(inside.walls) == states(inside.audit_log) == states(inside.migrations) == ["fine"]
    assert states(inside.search_index) == ["fine"]


def test_a_full_disk_is_seen_before_it_is_full(monkeypatch):
    found = []
    for free in (50, 5, 1):
        usage = type("Usage", (), {"free": free, "total": 100})
        monkeypatch.setattr(inside.shutil, "disk_usage", lambda path, usage=usage: usage)
        found += states(inside.disk)
    assert found == ["fine", "soon", "broken"]


@pytest.mark.parametrize(
    ("taken", "state", "text"),
    [
        ([], "fine", "stand in DNS"),
        (["_dmarc.north.example"], "soon", "lacks DMARC"),
        (["gh1._domainkey.north.example"], "broken", "lacks DKIM"),
        (list(FULL), "broken", "lacks SPF, DKIM, DMARC"),
    ],
)
def test_each_record_of_a_sender_domain_is_looked_for(settings, taken, state, text):
    settings.DKIM_SELECTORS = ["old", "gh1"]

    def lookup(name):
        if name in taken or name not in FULL:
            raise NXDOMAIN
        return FULL[name]

    finding = outside.sender_domain("North", "north.example", lookup)
    assert (finding.state, text in finding.text) == (state, True), finding


@pytest.mark.parametrize(
    ("selectors", "relay", "state", "text"),
    [
        ([], "", "soon", "not examined: DKIM (DKIM_SELECTORS), your relay in SPF (RELAY_SPF)"),
        (["gh1"], "", "fine", "not examined: your relay in SPF (RELAY_SPF)"),
        (["gh1"], "include:Relay.example", "fine", "the records stand in DNS"),
        (["gh1"], "include:other.example", "broken", "lacks SPF include:other.example"),
        (["gh1"], "ip4:192.0.2.7", "fine", "the records stand in DNS"),
    ],
)
def test_what_was_not_examined_is_said(settings, selectors, relay, state, text):
    settings.DKIM_SELECTORS, settings.RELAY_SPF = selectors, relay
    redirected = {
        "north.example": ["v=spf1 redirect=_spf.north.example"],
        "_spf.north.example": ["v=spf1 ip4:192.0.2.7"],
    }
    records = FULL | (redirected if relay.startswith("ip4") else {})

    finding = outside.sender_domain("North", "north.example", lambda name: records.get(name, []))

    assert (finding.state, text in finding.text) == (state, True), finding


def test_a_silent_name_server_is_no_missing_record():
    def lookup(name):
        raise Timeout

    assert outside.sender_domain("North", "north.example", lookup).state == "soon"


def test_a_door_that_greets_is_fine_and_a_closed_one_is_not(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.MAIL_DOORS = ["127.0.0.1:1", f"127.0.0.1:{server.getsockname()[1]}"]
        threading.Thread(target=greet, args=(server,), daemon=True).start()
        assert states(outside.mail_doors) == ["broken", "fine"]


def test_a_check_that_fails_is_a_line_of_its_own(monkeypatch):
    def own_trouble():
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(doctor, "CHECKS", (own_trouble, inside.disk))
    report = doctor.examine()
    assert report["findings"][0]["name"] == "Own trouble"
    assert (report["findings"][0]["state"], doctor.is_broken(report)) == ("broken", True)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_command_sees_all_agencies_and_ends_with_1(transactional_db, place, settings, monkeypatch, capsys):
    settings.DKIM_SELECTORS = ["gh1"]
    cast = stage.cast()
    with tenant(cast.north.pk), transaction.atomic():
        lost = actions.store_bytes("lost.txt", b"Lost", client=cast.acme, area="work")
        kept = actions.store_bytes("kept.txt", b"Kept", client=cast.acme, area="work")
        box = {"agency": cast.north, "host": "imap.example", "port": 993, "password": "", "error": "login"}
        ImapMailbox.objects.create(**box, user="well")
        ImapMailbox.objects.create(**box, user="ill", failed_at=timezone.now() - timedelta(hours=2))
        Agency.objects.update(host="127.0.0.1", sender_address="office@north.example")
    (place / "media" / lost.key).unlink()
    orphan = place / "media" / str(cast.south.pk) / "ab" / ("ab" + "0" * 62)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"?")
    monkeypatch.setattr(outside, "text_records", lambda name: FULL.get(name, []))
    monkeypatch.setattr(outside, "days_left", lambda host, port: 6)

    with pytest.raises(SystemExit) as end:
        call_command("doctor", "--json")

    found = {row["name"]: row for row in json.loads(capsys.readouterr().out)["findings"]}
    assert end.value.code == 1
    assert found["Storage"]["text"] == f"{lost.key} is missing"
    assert found["Sender domain of North"]["state"] == "fine"
    assert found["Mailbox of North"]["text"] == "The server does not accept this user and password."
    assert found["Certificate of 127.0.0.1"]["state"] == "soon"
    (place / "media" / lost.key).write_bytes(b"Lost")
    assert kept.key != lost.key
    assert "2 contents, all there; 1 without a row" in next(inside.storage()).text


def test_platform_staff_read_the_report_and_ask_for_a_new_one(cast, monkeypatch):
    paula = User.objects.create_user("paula@platform.example", name="Paula", is_staff=True)
    browser = browser_of(paula)
    assert "Nothing was examined yet" in browser.get("/admin/status/").content.decode()

    monkeypatch.setattr(doctor, "CHECKS", (inside.beat, inside.disk))
    tasks.examine()
    html = browser.get("/admin/status/").content.decode()

    assert html.index("Need someone") < html.index("No tick was heard") < html.index("Disk")
    assert browser.post("/admin/status/run/").status_code == 302


def test_a_report_that_grows_old_is_told_by_the_page_and_in_the_log(db, monkeypatch, caplog, time_machine):
    """The examination may run into the worker's limit of time; then nothing of what it would find was told any more."""
    monkeypatch.setattr(doctor, "CHECKS", (inside.disk,))
    monkeypatch.setattr(doctor, "QUICK", (doctor.lateness,))
    browser = browser_of(User.objects.create_user("paula@platform.example", name="Paula", is_staff=True))
    tasks.examine()
    tasks.watch()
    assert "The last one was" not in browser.get("/admin/status/").content.decode() + caplog.text

    time_machine.move_to(timezone.now() + doctor.LATE + timedelta(minutes=1))
    tasks.watch()

    assert "doctor: Examination: The last one was" in caplog.text
    browser = browser_of(User.objects.get(email="paula@platform.example"))
    assert "The last one was" in browser.get("/admin/status/").content.decode()


def test_nobody_else_learns_that_there_is_a_status_page(cast, olaf):
    unverified = User.objects.create_user("pat@platform.example", name="Pat", is_staff=True)
    assert browse_as(olaf).get("/admin/status/").status_code == 404
    assert browser_of(unverified, verified=False).get("/admin/status/").status_code in (302, 404)


def greet(server) -> None:
    connection, _address = server.accept()
    with connection, connection.makefile("rwb", buffering=0) as line:
        line.write(b"220 here\r\n")
        while word := line.readline():
            line.write(b"221 bye\r\n" if word.lower().startswith(b"quit") else b"250 ok\r\n")
