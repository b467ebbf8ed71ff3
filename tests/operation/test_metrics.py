"""Figures for Prometheus: for whoever has the token, without a word about anybody."""

import re

from django.test import Client as Browser

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


def test_the_example_of_alarms_names_figures_that_there_are(settings):
    rules = (settings.BASE_DIR / "deploy/prometheus-rules.yml").read_text()

    named = set(re.findall(r"portal_(\w+)", rules))

    assert named <= FIGURES.keys()
    assert {"beat_tick_age_seconds", "last_mail_age_seconds", "oldest_job_seconds", "last_backup_age_seconds"} <= named
