"""F12: the disk under the database is full. Mails are refused for now, nothing that was acknowledged is lost, and all goes on by itself."""

import os
import subprocess
import sys

import pytest

from tests.soak.rig import Service, folder, wait_until
from tests.soak.test_kills import BACK_SECONDS, record, settle

SIZE_MB = 900
FILLED = "filled"

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="a small disk of its own can only be mounted by root"
)


@pytest.fixture
def small():
    """A demo installation whose whole data directory lies on a small disk in memory."""
    with folder() as data_dir:
        data_dir.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=711", "tmpfs", str(data_dir)], check=True)
        kept = Service(data_dir)
        try:
            kept.begin()
            yield kept
        finally:
            kept.finish()
            subprocess.run(["umount", "--lazy", str(data_dir)], check=True)


def fill(path):
    """Write until nothing fits any more."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(2**20)):
                pass
        except OSError:
            pass
        try:
            while file.write(bytes(512)):
                pass
        except OSError:
            return


def test_a_full_disk_refuses_mails_and_loses_none(small, say):
    recorder = record(small, "full disk")
    fill(small.data_dir / FILLED)
    before, tries = len(recorder.acknowledged), recorder.tries
    wait_until(lambda: recorder.tries - tries > 20 + len(recorder.acknowledged) - before, 120, "mails refused for now")
    during = len(recorder.acknowledged) - before

    (small.data_dir / FILLED).unlink()
    back = wait_until(small.is_whole, 3 * BACK_SECONDS, "back after the disk was full")
    recorder.finish()

    say(f"{during} of {recorder.count} taken while full, back {back:.1f} s after; {settle(small, [recorder])}")
    assert back < BACK_SECONDS
