"""Figures for Prometheus: for whoever has the token, without a word about anybody."""

import re
from datetime import timedelta

from django.db import connections
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.mail.models import InboundMail, OutgoingMail
from portal.operation import inside
from portal.operation.metrics import FIGURES

TOKEN = "a long word that only Prometheus knows"


def scrape(token: str | None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Browser().get("/metrics", headers=headers)


def test_without_the_token_there_are_no_metrics(cast, settings):
    assert scrape("").status_code == scrape(None).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert scrape("wrong").status_code == scrape(None).status_code == scrape("é").status_code == 404


def test_with_it_each_line_is_as_prometheus_reads_it(cast, settings):
    settings.METRICS_TOKEN = TOKEN
    inside.tick()
    answer = scrape(TOKEN)

    lines = answer.content.decode().splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert all(re.fullmatch(r'portal_[a-z_]+(\{[a-z]+="[^"]*"\})? [0-9.e+-]+', line) for line in samples), samples
    assert "portal_agencies 2" in samples
    assert 'portal_members{kind="contact"} 4' in samples
    assert 'portal_outgoing_mails{state="waiting"} 0' in samples
    assert any(line.startswith("portal_beat_tick_age_seconds ") for line in samples)
    assert not re.search("Acme|North|Olaf", answer.content.decode())


def test_prometheus_asks_past_the_proxy_and_is_not_sent_to_https(cast, settings):
    settings.METRICS_TOKEN, settings.SECURE_SSL_REDIRECT = TOKEN, True
    assert scrape(TOKEN).status_code == 200
    assert Browser().get("/").status_code == 301


def test_a_scrape_counts_what_is_open_and_of_the_rest_one_hour(cast, settings, time_machine):
    settings.METRICS_TOKEN = TOKEN
    now = timezone.now()
    for hours, ended in (
        (2, {"processed_at": now}),
        (2, {"quarantined_at": now}),
        (0.5, {"processed_at": now}),
        (0.5, {}),
    ):
        time_machine.move_to(now - timedelta(hours=hours))
        InboundMail.objects.using("maint").create(
            agency=cast.north, raw=b"x", recipients=[], source="smtp", size=1, **ended
        )
    for number, (hours, state) in enumerate([(2, "sent_at"), (70, "failed_at"), (1, "sent_at"), (0, "")]):
        time_machine.move_to(now - timedelta(hours=hours))
        mail = {
            "message_id": f"<{number}@x>",
            "sender": "a@x.example",
            "to": ["b@x.example"],
            "subject": "s",
            "text": "t",
        }
        left = {"sent_at": {"sent_at": timezone.now() + timedelta(minutes=40)}, "failed_at": {"failed_at": now}}
        OutgoingMail.objects.using("maint").create(agency=cast.north, **mail, next_try_at=now, **left.get(state, {}))
    time_machine.move_to(now)

    with CaptureQueriesContext(connections["maint"]) as asked:
        samples = scrape(TOKEN).content.decode().splitlines()

    for line in (
        'incoming_mails{state="waiting"} 1',
        'incoming_mails{state="quarantined"} 1',
        "incoming_mails_last_hour 2",
        'outgoing_mails{state="waiting"} 1',
        'outgoing_mails_last_hour{state="sent"} 1',
        'outgoing_mails_last_hour{state="failed"} 1',
    ):
        assert f"portal_{line}" in samples
    of_mails = [query["sql"] for query in asked if "boundmail" in query["sql"] or "outgoingmail" in query["sql"]]
    assert of_mails and all(" WHERE " in sql or " LIMIT 1" in sql for sql in of_mails)


def test_the_example_of_alarms_names_figures_that_there_are(settings):
    rules = (settings.BASE_DIR / "deploy/prometheus-rules.yml").read_text()

    named = set(re.findall(r"portal_(\w+)", rules))

    assert named <= FIGURES.keys()
    assert {"beat_tick_age_seconds", "last_mail_age_seconds", "oldest_job_seconds", "last_backup_age_seconds"} <= named
