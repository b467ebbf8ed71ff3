"""F14: hundreds who send a byte now and then, in front of the web server and behind the proxy that deploy/Caddyfile describes."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.core import processes
from tests.soak.rig import ROOT, wait_until

PROGRAM = shutil.which("caddy")
HEADERS, BODIES, OTHERS = 400, 100, 60
PATIENCE_SECONDS = 5
HEAD = b"GET /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 100000\r\n\r\nlogin="
)
NAMED = re.compile(r"(?ms)^# Which names may.*")
"""From here on the example is about names and certificates."""


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    """The web server alone, with threads as in bin/run; gives its port."""
    port, place = processes.free_port(), tmp_path_factory.mktemp("web")
    threads = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
    command = [Path(sys.executable).parent / "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", *threads]
    environ = os.environ | {"ALLOWED_HOSTS": "localhost", "DATA_DIR": str(place)}
    with started(command, port, place / "log", env=environ, cwd=ROOT):
        wait_until(lambda: _wait(port) < PATIENCE_SECONDS, 60, "the web server")
        yield port


@contextmanager
def started(command, port, log, **how):
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=file, preexec_fn=processes.dies_with_parent(), start_new_session=True, **how
        )
    try:
        wait_until(lambda: processes.answers(port), 60, command[0])
        yield
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def proxy(web, tmp_path):
    """Caddy as in the example, without TLS; gives its port."""
    if PROGRAM is None:
        pytest.skip("caddy is missing, so slow senders at the web server were not tried: apt-get install caddy")
    port, config = processes.free_port(), tmp_path / "Caddyfile"
    config.write_text(example(port, web))
    with started([PROGRAM, "run", "--config", config, "--adapter", "caddyfile"], port, tmp_path / "log"):
        yield port


def example(port, upstream):
    """deploy/Caddyfile on these ports; a Caddy before 2.7 has other words for the buffer."""
    text = NAMED.sub("", (ROOT / "deploy/Caddyfile").read_text()).replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    version = subprocess.run([PROGRAM, "version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < (2, 7):
        text = re.sub(r"(?m)^\s*request_buffers (\w+)$", r"buffer_requests\nmax_buffer_size \1", text)
    return text.replace("{\n", "{\nadmin off\n", 1) + f"\nhttp://localhost:{port} {{\nimport portal\n}}\n"


@contextmanager
def dribbling(port, *starts):
    """One connection for each start, on which a byte follows every second."""
    sockets, over = [socket.create_connection(("127.0.0.1", port), timeout=5) for _start in starts], threading.Event()
    for one, start in zip(sockets, starts, strict=True):
        one.sendall(start)

    def drip():
        while not over.wait(1):
            for one in sockets:
                try:
                    one.sendall(b"x")
                except OSError:
                    continue  # shown the door

    thread = threading.Thread(target=drip)
    thread.start()
    time.sleep(2)  # until each of them has dripped
    try:
        yield
    finally:
        over.set()
        thread.join()
        for one in sockets:
            one.close()


def waits(port, count=OTHERS):
    """How long each of so many ordinary visitors waited, in order; one who gave up waited PATIENCE_SECONDS."""
    return sorted(_wait(port) for _visitor in range(count))


def _wait(port):
    began = time.monotonic()
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        wire.request("GET", "/healthz", headers={"Host": "localhost"})
        assert wire.getresponse().status == 200
    except OSError:
        return PATIENCE_SECONDS
    finally:
        wire.close()
    return time.monotonic() - began


def p95(times):
    return times[len(times) * 95 // 100]


def test_behind_the_proxy_nobody_notices_hundreds_that_dribble(proxy, say):
    alone = waits(proxy)
    with dribbling(proxy, *[HEAD] * HEADERS, *[BODY] * BODIES):
        among = waits(proxy)
    say(
        f"{HEADERS} slow heads and {BODIES} slow bodies at the proxy: others wait {p95(alone):.2f} s without and "
        f"{p95(among):.2f} s with them (p95), at most {among[-1]:.2f} s; load {os.getloadavg()[0]:.1f}"
    )
    assert p95(among) < max(1, 3 * p95(alone))


def test_guard_off_without_the_proxy_they_hold_all_threads(web, say):
    with dribbling(web, *[HEAD] * 40):
        among = waits(web, count=3)
    wait_until(lambda: _wait(web) < PATIENCE_SECONDS, 60, "the web server free again")
    say(f"40 slow heads at the web server itself: others wait {among[-1]:.1f} s")
    assert among[-1] == PATIENCE_SECONDS
