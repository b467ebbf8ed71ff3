"""F19: the schema of this release comes while the processes of the release before serve people, and nobody meets an error."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import count, cycle

import pytest
from django.conf import settings

from portal.core.embedded import read_secrets
from tests.soak.person import Person
from tests.soak.rig import ROOT, Run, folder, wait_until

AFTER_SECONDS = 45
WARM_PAGES, ENOUGH_PAGES = 10, 200
"""So many each has read before the schema changes; so many all have read in the end, or too little was tried."""
CLIENT = "/nordlicht/hanse-moebelwerk/"
PAGES = {
    "katrin.vogel@hanse-moebelwerk.example": [
        *(CLIENT + page for page in ("", "protocols/", "mails/", "timeline/", "work-log/", "tickets/", "invoices/")),
        "/nordlicht/search/?q=insel",
    ],
    "jonas@nordlicht.example": [
        *(f"/nordlicht/{page}" for page in ("my-day/", "clients/", "tickets/", "work-log/", "work-log/week/")),
        CLIENT,
    ],
}


class AtWork(threading.Thread):
    """Somebody who reads one page after the other, and starts and stops the timer, if he has one, in between."""

    def __init__(self, run, email):
        super().__init__(daemon=True)
        account = next(row for row in run.demo["accounts"] if row["email"] == email)
        self.person, self.pages = Person(run, account), PAGES[email]
        self.logs_time = account["kind"] == "specialist"
        self.answers, self.troubles = Counter(), []
        self.goes_on = True

    def run(self):
        self.person.sign_in()
        for number, page in zip(count(), cycle(self.pages)):
            if not self.goes_on:
                return
            self._note(page, self.person.get(page))
            if self.logs_time and number % len(self.pages) == 0:
                self._note("timer", self.person.post("/nordlicht/work-log/timer/start/", "/nordlicht/my-day/"))

    def _note(self, page, answer):
        self.answers[answer.status] += 1
        if answer.status != 200:
            self.troubles.append((page, answer.status, answer.text[:300]))


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The code of the release before this one, as it was when it got its name: what came after is this one's already."""
    named = _git("log", "--format=%H", "-G^RELEASE = ", "--", "portal/settings.py").split()
    if len(named) < 2:
        pytest.skip("no history is here, so there is no release before this one")
    place = tmp_path_factory.mktemp("before")
    archive = subprocess.run(["git", "archive", named[1]], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x"], cwd=place, input=archive.stdout, check=True)
    assert f'RELEASE = "{settings.RELEASE}"' not in (place / "portal" / "settings.py").read_text()
    return place


def test_old_processes_serve_people_while_and_after_the_schema_changes(before, say):
    with folder() as data_dir:
        old = Run(data_dir, VENV_DIR=str(before / ".venv"))
        old.code = before
        old.start()
        people = [AtWork(old, email) for email in PAGES]
        for person in people:
            person.start()
        wait_until(lambda: all(sum(person.answers.values()) >= WARM_PAGES for person in people), 120, "people at work")
        began = time.monotonic()
        done = _migrate(old)
        took = time.monotonic() - began
        assert done.returncode == 0, done.stdout[-2000:]
        assert "Applying" in done.stdout, "this release changes no table, so nothing was proved"
        time.sleep(AFTER_SECONDS)
        for person in people:
            person.goes_on = False
            person.join(90)
        old.end()

        new = Run(data_dir)
        new.start()
        reader = Person(new, people[0].person.account).sign_in()
        assert {reader.get(page).status for page in people[0].pages} == {200}
        new.end()

    applied = done.stdout.count("Applying")
    answers = sum((person.answers for person in people), Counter())
    say(
        f"{applied} migrations in {took:.1f} s under load; pages by status: {dict(answers)}; load {os.getloadavg()[0]:.1f}"
    )
    assert [trouble for person in people for trouble in person.troubles] == []
    assert sum(answers.values()) > ENOUGH_PAGES


def _migrate(run):
    """What an upgrade runs first: the new code on the database that the old processes use."""
    database = run.demo["database"]
    environ = {
        "DATABASE_URL": database["app"],
        "DATABASE_OWNER_URL": database["owner"],
        "DATABASE_MAINT_URL": database["maint"],
        "REDIS_URL": run.demo["redis"],
        "SECRET_KEY": read_secrets(run.data_dir)["secret_key"],
        "DATA_DIR": str(run.data_dir),
    }
    command = [sys.executable, "manage.py", "migrate", "--database", "owner"]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environ, capture_output=True, text=True, check=False)


def _git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout
