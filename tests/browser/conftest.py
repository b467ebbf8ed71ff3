"""One Chromium and one server per process; every window is watched, and what its console complains about fails the test."""

import os
import shutil
import tempfile
from contextlib import closing

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.db import connections
from django.test import override_settings
from playwright.sync_api import expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from portal.core import jobs
from tests.browser.windows import PATIENCE_MS, Windows
from tests.browser.worker import Worker
from tests.mail.conftest import door, open_door  # noqa: F401, fixtures
from tests.scenery import scenery  # noqa: F401, fixture
from tests.world import PASSWORD

# The browser's driver runs an event loop beside the tests; Django would take them for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
expect.set_options(timeout=PATIENCE_MS)

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first one is Chromium without its own windows, which takes a fifth less."""
QUIET = """
--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update
--disable-sync --disable-dev-shm-usage
""".split()
FOR_SHORT_VISITS = ["--js-flags=--no-opt --no-maglev"]
"""Each page is a new world for V8: what it would compile well for one is thrown away before it pays."""


@pytest.fixture(scope="package")
def chromium():
    """The browser. Two drivers at a time are too many for a process, so all of these tests share this one."""
    names = filter(None, (os.environ.get("CHROMIUM"), *NAMES))
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("Chromium is missing. Install it: apt-get install chromium")
    with (
        sync_playwright() as driver,
        closing(driver.chromium.launch(executable_path=path, args=QUIET + FOR_SHORT_VISITS)) as browser,
    ):
        yield browser
        # While the driver's loop runs, Django keeps other connections than before and after; nobody else closes them.
        connections.close_all()


@pytest.fixture(scope="package")
def server(django_db_setup):
    """Address of a server in a thread; it sees what is committed, so tests either commit or only look."""
    files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    media = tempfile.mkdtemp()
    with override_settings(STORAGES={**django_settings.STORAGES, "staticfiles": files}, MEDIA_ROOT=media):
        running = LiveServer("localhost")
        yield running.url
        running.stop()
    shutil.rmtree(media)


@pytest.fixture
def windows(chromium, server):
    """Opens windows: `windows.open(width=390, js=False, cookies=...)`. All are closed and judged after the test."""
    opened = Windows(chromium, server)
    yield opened
    opened.close()
    assert opened.complaints == []


@pytest.fixture(scope="module")
def kept_windows(chromium, server, scenery):  # noqa: F811, the fixture
    """Everybody has one window for all tests of a module: what was loaded once is not loaded again."""
    opened = Windows(chromium, server)
    yield opened
    opened.close()


@pytest.fixture
def visitors(kept_windows):
    """Those windows; `visitors.of(name, cookies)`. They are judged after the test."""
    kept_windows.complaints.clear()
    kept_windows.expected.clear()
    yield kept_windows
    assert kept_windows.complaints == []


@pytest.fixture
def worker(cast, monkeypatch):
    """Takes up what is handed to it after the commit."""
    working = Worker()
    monkeypatch.setattr(jobs, "_publish", working.publish)
    yield working
    working.stop()


@pytest.fixture(scope="session")
def hashed():
    """The password of the cast, hashed once because that is slow by design."""
    return make_password(PASSWORD)


@pytest.fixture
def with_password(hashed):
    """Lets a member sign in by the form."""

    def give(member):
        member.user.password = hashed
        member.user.save(update_fields=["password"])
        return member.user.email

    return give
