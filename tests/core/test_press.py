"""The press: one process for all documents, each in a fork of its own; nothing that one does reaches the next."""

import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pypdf import PdfReader

from portal.core import pdf
from portal.core.press import WORKER, Press

BRAND = "#0b6e75"
ENDLESS = b"<table>" + b"<tr><td>x</td></tr>" * 200_000 + b"</table>"
ALONE = """
import sys
from pathlib import Path
from portal.core.press import Press
press = Press(Path(sys.argv[1]))
press.printed(b"<p>Kept</p>", "#0b6e75", "", seconds=30)
print(press._running.process.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def press():
    return Press(pdf.STYLE)


def words(content: bytes) -> str:
    return PdfReader(io.BytesIO(content)).pages[0].extract_text().strip()


def printed(press, text: str, **how) -> str:
    return words(press.printed(f"<p>{text}</p>".encode(), BRAND, "", **{"seconds": 30, **how}))


def is_alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_threads_share_one_and_each_gets_its_own_document(press):
    texts = [f"Document {number}" for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda text: printed(press, text), texts)) == texts


def test_a_document_that_is_given_up_ends_alone(press):
    printed(press, "First")
    before = press._running.process.pid

    with pytest.raises(OSError):
        press.printed(ENDLESS, BRAND, "", seconds=0.3)

    assert printed(press, "Next") == "Next"
    assert press._running.process.pid == before
    wait_for(lambda: not Path(f"/proc/{before}/task/{before}/children").read_text())


def test_a_press_that_was_killed_is_started_again(press):
    printed(press, "First")
    before = press._running.process.pid
    os.kill(before, signal.SIGKILL)

    assert printed(press, "Next") == "Next"
    assert press._running.process.pid != before


def test_a_press_that_nobody_asks_ends_and_comes_back(tmp_path):
    short = tmp_path / "short.py"
    short.write_text(
        f"import sys\nsys.path.append({str(WORKER.parent)!r})\n"
        "import pdf_worker\npdf_worker.IDLE_SECONDS = 0.1\npdf_worker.main(*sys.argv[1:])\n"
    )
    press = Press(pdf.STYLE, short)
    printed(press, "First")
    before = press._running.process.pid
    wait_for(lambda: not is_alive(before))

    assert printed(press, "Next") == "Next"


def test_it_ends_with_whoever_started_it_and_knows_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for the press")
    owner = subprocess.Popen(
        [sys.executable, "-c", ALONE, str(pdf.STYLE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pid = int(owner.stdout.readline())
    assert is_alive(pid)
    assert b"SECRET" not in Path(f"/proc/{pid}/environ").read_bytes()
    owner.kill()
    owner.wait()

    wait_for(lambda: not is_alive(pid))


def test_who_was_forked_starts_one_of_its_own(press):
    printed(press, "First")
    before = press._running.process.pid

    child = os.fork()
    if child == 0:
        done = printed(press, "Mine") == "Mine" and press._running.process.pid != before
        os._exit(0 if done else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert printed(press, "Still ours") == "Still ours"
    assert press._running.process.pid == before
