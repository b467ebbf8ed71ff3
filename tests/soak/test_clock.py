"""F10: the clock of the processes jumps while mails arrive, hours ahead and back again; PostgreSQL keeps its own."""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.soak.person import Person
from tests.soak.rig import service, wait_until
from tests.soak.test_kills import record, settle
from tests.soak.test_path import FOUND_SECONDS, Scene, unique

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
SLEEP = """import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds)
"""
"""As sitecustomize.py: Python sleeps until a moment of the clock that is not faked, and the library (0.9.10) refuses that."""
SEEN_AFTER = 1
"""Seconds. Read anew at each question, the file made the first start take longer than five minutes."""
JUMPS = {"+2h": "two hours ahead", "-1h": "three hours back", "+0": "back to the truth"}

pytestmark = pytest.mark.skipif(
    LIBRARY is None or sys.platform != "linux",
    reason="libfaketime is missing, so jumping clocks were not tried: apt-get install faketime",
)


@pytest.fixture
def clock(tmp_path):
    """What the clock shows, to be written anew while the portal runs."""
    file = tmp_path / "clock"
    file.write_text("+0")
    return file


@pytest.fixture
def jumping(given, clock, tmp_path):
    """A portal whose processes look at that clock; how long something took is measured by a clock that never jumps."""
    (tmp_path / "sitecustomize.py").write_text(SLEEP)
    faked = {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": str(SEEN_AFTER),
    }
    with service(**given, **faked, FAKETIME_DONT_FAKE_MONOTONIC="1", PYTHONPATH=str(tmp_path)) as kept:
        yield kept


def test_mails_and_pages_go_on_whatever_the_clock_shows(jumping, clock, say):
    scene, found, recorders, restarts = Scene(jumping), {}, [], jumping.restarts
    for jump, what in JUMPS.items():
        recorders.append(record(jumping, f"clock {jump}"))
        clock.write_text(jump)
        time.sleep(2 * SEEN_AFTER)
        subject = unique(f"Clock {what}")
        scene.contact = Person(jumping, scene.contact.account).sign_in(by="email")  # in another browser each time
        scene.sends_a_mail(subject)
        began = time.monotonic()
        wait_until(lambda sent=subject: scene.sees(scene.contact, "/mails/", sent), 6 * FOUND_SECONDS, subject)
        found[what] = time.monotonic() - began
        recorders[-1].finish()
    say(f"mail found, by clock: {found}; load {os.getloadavg()[0]:.1f}; {settle(jumping, recorders)}")
    assert jumping.ready()[0] == 200
    assert jumping.restarts == restarts
