"""The path through the house, against a running portal with real Celery and SMTP; then without Redis, without PostgreSQL."""

import os
import signal
import smtplib
import time
from datetime import datetime
from email.message import EmailMessage

import pytest

from tests.soak.person import Person
from tests.soak.rig import service, wait_until

FOUND_SECONDS = 10
BACK_SECONDS = 60
CAUGHT_UP_SECONDS = 90
"""A worker that lost its broker looks for it every 30 s at last, and so does the sweeper for what was lost."""
DOWN_SECONDS = 40


def unique(words):
    return f"{words} {time.time_ns()}"


class Scene:
    """A specialist, a contact and the client they share."""

    def __init__(self, run):
        self.run = run
        self.client = run.demo["clients"][0]
        accounts = [one for one in run.demo["accounts"] if one["agency"] == self.client["agency"]]
        reader = {"work", "mails"}
        self.specialist = Person(run, next(one for one in accounts if one["role"] == "manager"))
        self.contact, self.other_contact = [
            Person(run, one) for one in accounts if one["kind"] == "contact" and reader <= set(one["areas"])
        ][:2]

    def at(self, path):
        return self.client["url"].rstrip("/") + path

    def writes_a_protocol(self, title):
        """Kept as a draft first, published afterwards."""
        page = self.specialist.post(
            self.at("/protocols/new/"),
            kind="call",
            title=title,
            held_at=datetime.now().strftime("%Y-%m-%dT%H:%M"),
            duration_minutes="30",
            key_points="## Delivery\n- **Islands** cost more",
            draft="1",
        )
        assert page.status == 200, page.text[:2000]
        assert title in page.text
        assert self.specialist.post(f"{page.url}publication/", page.url).status == 200

    def sends_a_mail(self, subject):
        mail = EmailMessage()
        known = self.specialist.account["email"]  # a mail in which nobody is known would wait to be let in
        mail["From"], mail["To"], mail["Subject"] = "Katrin <k@sender.example>", known, subject
        mail["Message-ID"], mail["Cc"] = f"<{subject.replace(' ', '-')}@sender.example>", self.client["mail_address"]
        mail.set_content("Dear all, please see the terms.")
        with smtplib.SMTP(self.run.demo["smtp"]["host"], self.run.demo["smtp"]["port"], timeout=30) as wire:
            wire.send_message(mail, "k@sender.example", [self.client["mail_address"]])

    def is_taken(self, subject):
        try:
            self.sends_a_mail(subject)
        except (OSError, smtplib.SMTPException):
            return False
        return True

    def sees(self, person, path, words):
        return words in person.get(self.at(path)).text


def test_a_protocol_and_a_mail_reach_the_contact(portal, say):
    scene = Scene(portal)
    title, subject = unique("Jour fixe"), unique("Terms of delivery")

    scene.specialist.sign_in()
    scene.contact.sign_in(by="email")
    scene.writes_a_protocol(title)
    scene.sends_a_mail(subject)

    protocol = wait_until(lambda: scene.sees(scene.contact, "/protocols/", title), FOUND_SECONDS, "the protocol")
    mail = wait_until(lambda: scene.sees(scene.contact, "/mails/", subject), FOUND_SECONDS, "the mail")
    began = time.monotonic()
    scene.contact.wait_for_letter(lambda letter: title in letter["subject"], 30)
    told = time.monotonic() - began
    assert scene.sees(scene.specialist, "/timeline/", title)
    assert not scene.sees(scene.contact, "/timeline/", title)
    say(f"found: protocol after {protocol:.1f} s, mail after {mail:.1f} s, notification {told:.1f} s later")


@pytest.fixture(scope="module")
def on_given(given):
    """A portal on servers that it does not start."""
    with service(**given) as kept:
        yield kept


def test_without_redis_pages_sign_in_and_mail_work_and_jobs_catch_up(servers, on_given, say):
    scene = Scene(on_given)
    title, subject = unique("Call"), unique("Invoice")
    scene.specialist.sign_in()
    scene.contact.sign_in()
    restarts = on_given.restarts

    os.kill(servers.pids["redis"], signal.SIGKILL)
    servers.valkey.process.wait()
    status, body = on_given.ready()
    assert (status, body["status"]) == (200, "degraded")
    pages = [scene.contact.get(scene.at(path)) for path in ("/", "/protocols/", "/mails/", "/timeline/")]
    assert [page.status for page in pages] == [200] * 4
    scene.other_contact.sign_in()
    began = time.monotonic()
    scene.writes_a_protocol(title)
    scene.sends_a_mail(subject)
    wrote = time.monotonic() - began
    assert scene.sees(scene.contact, "/protocols/", title)

    servers.valkey.start(servers._stored_ports()["valkey"])
    caught_up = wait_until(on_given.is_idle, CAUGHT_UP_SECONDS, "jobs caught up")
    assert scene.sees(scene.contact, "/mails/", subject)
    scene.contact.wait_for_letter(lambda letter: title in letter["subject"], 5)
    assert on_given.ready()[1]["status"] == "ok"
    assert on_given.restarts == restarts
    say(
        f"without Redis: slowest page {max(one.seconds for one in pages):.1f} s, protocol and mail {wrote:.1f} s; "
        f"caught up {caught_up:.1f} s after its return"
    )


def test_without_postgresql_nothing_is_promised_and_all_comes_back_by_itself(servers, on_given, say):
    scene = Scene(on_given)
    scene.contact.sign_in()
    restarts = on_given.restarts

    os.kill(servers.pids["postgres"], signal.SIGKILL)
    servers.postgres.process.wait()
    end = time.monotonic() + DOWN_SECONDS
    pages, refusals = [], set()
    while time.monotonic() < end:
        pages.append(scene.contact.get(scene.at("/protocols/")))
        with pytest.raises(smtplib.SMTPException) as refused:
            scene.sends_a_mail(unique("Not now"))
        refusals |= {code for code, _text in refused.value.recipients.values()}
        time.sleep(1)
    assert {one.status for one in pages} == {503}
    assert refusals == {451}

    servers.pids["postgres"] = servers.postgres.start(servers._stored_ports()["postgres"])
    subject = unique("Now")
    page = wait_until(lambda: scene.sees(scene.contact, "/protocols/", "</h1>"), 3 * BACK_SECONDS, "pages")
    mail = wait_until(lambda: scene.is_taken(subject), 3 * BACK_SECONDS, "the mail door")
    whole = wait_until(lambda: on_given.is_whole() and on_given.is_idle(), CAUGHT_UP_SECONDS, "ready and idle")
    assert scene.sees(scene.contact, "/mails/", subject)
    say(
        f"PostgreSQL away for {DOWN_SECONDS} s: pages 503 within {max(one.seconds for one in pages):.1f} s; after its "
        f"return pages {page:.1f} s, mail door +{mail:.1f} s, all done +{whole:.1f} s"
    )
    assert page + mail < BACK_SECONDS
    assert on_given.restarts == restarts
