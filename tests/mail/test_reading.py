"""A mail is read in a process of its own: what ends that process ends neither the worker nor the next mail."""

import os
import signal
import time
from pathlib import Path

import pytest

from portal.mail import processing, reading, tasks
from portal.mail.models import Reason
from portal.mail.parsing import parse
from tests.mail.makers import raw_letter
from tests.mail.test_parsing import BOMBS
from tests.mail.test_processing import arrive, handed, later, state

__all__ = ["arrive", "handed"]

KILLING = """
import os, runpy
namespace = runpy.run_path({worker!r})
def readers():
    parse, checked = namespace["_readers"]()
    def killed_by_some(raw, *rest):
        if b"{word}" in raw:
            {act}
        return parse(raw, *rest)
    return killed_by_some, checked
namespace["main"].__globals__["_readers"] = readers
namespace["main"]()
"""


@pytest.fixture
def reader(monkeypatch):
    """A reader for this test alone."""
    own = reading.Reader()
    monkeypatch.setattr(reading, "_reader", own)
    yield own
    own.close()


@pytest.fixture
def reader_that(reader, monkeypatch, tmp_path):
    """A reader that does this when a mail holds the word "poison"."""

    def start(act):
        script = tmp_path / "worker.py"
        script.write_text(KILLING.format(worker=str(reading.WORKER), word="poison", act=act))
        monkeypatch.setattr(reading, "WORKER", script)
        return reader

    return start


def test_the_process_reads_what_the_function_reads(reader):
    files = [("plan.pdf", "application/pdf", b"%PDF-1.4\x00\xff"), ("notes.txt", "text/plain", b"")]
    raw = raw_letter(
        html='<p>Hello <img src="cid:x"></p>', files=files, Subject="Тема \N{SNOWMAN}", References="<a@b> <c@d>"
    )

    assert reading.read(raw) == parse(raw)
    assert reading.read(raw, "").kind == "automatic"


def test_one_process_reads_many_mails_and_is_replaced_after_some(reader, monkeypatch):
    monkeypatch.setattr(reading, "MAILS_PER_READER", 3)
    pids = []
    for _mail in range(5):
        reading.read(raw_letter())
        pids.append(reader.process.pid)

    assert len(set(pids[:3])) == 1
    assert len(set(pids)) == 2


def test_a_dead_reader_is_replaced(reader):
    reading.read(raw_letter())
    os.killpg(reader.process.pid, signal.SIGKILL)
    reader.process.wait()

    assert reading.read(raw_letter()).subject == "Terms of delivery"


def test_a_mail_that_ends_its_reader_three_times_is_put_aside_and_the_next_is_read(cast, arrive, handed, reader_that):
    reader_that("os.kill(os.getpid(), 9)")
    poison, good = arrive(raw_letter(text="poison\n")), arrive(raw_letter())

    for number in range(3):
        tasks.process(cast.north.pk, poison)
        assert bool(state(cast, poison).quarantined_at) is (number == 2)
        later(cast, poison)
    tasks.process(cast.north.pk, good)

    assert state(cast, poison).reason == Reason.CRASHED
    assert [inbound.pk for inbound, _mail, _to in handed] == [good]


def test_a_mail_that_takes_too_long_is_cut_off(reader_that, monkeypatch):
    reader = reader_that("import time; time.sleep(60)")
    reading.read(raw_letter())
    monkeypatch.setattr(reading, "SECONDS", 0.3)
    began = time.monotonic()

    with pytest.raises(reading.ReaderDied):
        reading.read(raw_letter(text="poison\n"))

    assert time.monotonic() - began < 5
    assert reader.process is None


def test_memory_is_bounded(reader_that):
    reader_that("bytearray(600 * 1024 * 1024)")

    with pytest.raises(reading.ReaderDied):
        reading.read(raw_letter(text="poison\n"))


def resident(pid="self") -> int:
    """Megabytes of memory that a process has in use."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not tell")
def test_bombs_one_after_the_other_cost_no_memory_here_and_little_in_the_reader(reader):
    reading.read(raw_letter())
    before, pid, most = resident(), reader.process.pid, 0
    for name, bomb in BOMBS.items():
        began = time.monotonic()
        reading.read(bomb)
        most = max(most, resident(reader.process.pid))
        assert time.monotonic() - began < reading.SECONDS, name

    assert resident() - before < 50
    assert most < 300
    assert reader.process.pid == pid, "none of them ended it"


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"sender": 1, "to": [], "cc": []}'])
def test_an_answer_that_is_no_mail_is_a_dead_reader(reader, monkeypatch, tmp_path, answer):
    script = tmp_path / "worker.py"
    script.write_text(f"import sys; data = {answer!r}; sys.stdout.buffer.write(len(data).to_bytes(4, 'big') + data)")
    monkeypatch.setattr(reading, "WORKER", script)

    with pytest.raises(reading.ReaderDied):
        reading.read(raw_letter())


def test_without_a_name_server_a_sender_is_unverified_and_the_mail_is_kept(cast, arrive, handed, reader_that, settings):
    """The check dies with its reader; the mail is read by the next one."""
    settings.MAIL_CHECK_SENDERS = True
    script = reader_that("pass") and reading.WORKER
    script.write_text(script.read_text().replace("return killed_by_some, checked", "return killed_by_some, os._exit"))

    tasks.process(cast.north.pk, arrive())

    ((inbound, mail, _to),) = handed
    assert (mail.verdict, state(cast, inbound.pk).verdict) == ("unverified", "unverified")
    assert processing.MAX_ATTEMPTS == 3
