"""The cast: a fixed set of people whom every test tells its story with.

north (agency): Olaf owns it, Nora is a specialist, Rita only reads, Fred is a freelancer without any client.
acme (client of north): Anna sees all areas, Carl only tickets; project "Shop", shared with Vera's supplier; Pavel's provider
was engaged by acme. bolt (client of north): Bob. south (another agency): Saul owns it; its client is cosmo.
"""

import gc
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connections
from hypothesis import HealthCheck
from hypothesis import settings as of_properties

from mailbox import letter
from portal.core.prepare import compile_translations
from portal.tenancy.middleware import forget_addresses
from tests import stage, world
from tests.kept_plans import keep_plans

CORPORA = Path(os.environ.get("GLASSHOUSE_CORPORA") or settings.BASE_DIR.parent / "shared" / "corpora")
LONGEST = """
browser/test_pages.py test_canary.py test_walls.py browser/test_states.py browser/test_path.py test_deploy.py
browser/test_protocols.py demo/test_world.py test_twins.py browser/test_keyboard.py browser/test_outside.py
core/test_embedded.py files/test_previews.py mail/test_service_kills.py
""".split()

DRY = set(
    """
core/test_business_time.py core/test_differences.py core/test_embedded.py core/test_formats.py core/test_keep.py
files/test_checking.py files/test_names.py files/test_previews.py mail/test_corpora.py
mail/test_linear_time.py mail/test_parsing.py mail/test_quotes.py mail/test_signs.py mail/test_trackers.py
protocols/test_markdown.py protocols/test_shorthand.py test_architecture.py test_bootstrap.py test_deploy.py
test_faults.py
worklog/test_days.py worklog/test_durations.py worklog/test_months.py
""".split()
)
"""They ask no database, so none is opened for them: four transactions a test are thirty milliseconds."""

# A busy machine is slow at drawing examples; that says nothing about what is tested.
of_properties.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
of_properties.load_profile("busy")


def pytest_configure():
    """German is compiled, static files need no manifest, and each worker has a Redis database of its own to clear."""
    if os.environ.get("GLASSHOUSE_CORPORA") and not CORPORA.is_dir():
        raise pytest.UsageError(f"GLASSHOUSE_CORPORA names no folder: {CORPORA}")
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) + 1
    compile_translations()
    # No test collects static files; pages name them as they lie in static/.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    # Else WhiteNoise looks through the collected ones again for each test client.
    settings.STATIC_ROOT = None
    keep_plans()
    stage.leave_as_found()
    # A busy machine may keep a thread waiting for its connection.
    for database in settings.DATABASES.values():
        database["OPTIONS"].get("pool", {}).update(timeout=60)
    # The same hash at a hundredth of its price: most tests sign somebody in.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 1024
    settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL.rsplit("/", 1)[0] + f"/{number}"


def pytest_collection_finish():
    """What stands by now is never garbage. With half a million objects around, looking for garbage was a sixth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_report_header() -> str:
    """Whether the corpora are there; tests that need them are skipped without."""
    return f"corpora: {CORPORA if CORPORA.is_dir() else 'none, tests with them are skipped (GLASSHOUSE_CORPORA names the folder)'}"


def _place(item: pytest.Item) -> str:
    return item.path.relative_to(item.config.rootpath / "tests").as_posix()


def _length(path: str) -> int:
    return LONGEST.index(path) if path in LONGEST else len(LONGEST)


@pytest.fixture(scope="session", autouse=True)
def _pools_closed(django_db_setup, django_db_blocker):
    """Give all connections back before the test database is dropped (this is torn down first)."""
    yield
    with django_db_blocker.unblock():
        for alias in ("default", "log"):
            connections[alias].close()
            connections[alias].close_pool()
        connections["maint"].close()


@pytest.fixture(scope="session", autouse=True)
def _patience():
    """A machine that runs the suite is busy: what a reader or the PDF press may take by the clock is not what is tested."""
    from portal.core import pdf
    from portal.files import previews

    previews.SECONDS = pdf.SECONDS = 60


def pytest_collection_modifyitems(items):
    """Every test but the dry ones may use the portal's connections; all are one database. Set up follows what was collected.

    The longest files go first, or one worker would still be busy with them when the other is done.
    """
    items.sort(key=lambda item: _length(_place(item)))
    for item in items:
        if "django_db" not in item.keywords and _place(item) not in DRY:
            item.add_marker(pytest.mark.django_db(databases="__all__"))


@pytest.fixture(autouse=True)
def _clean_caches():
    cache.clear()
    forget_addresses()
    letter.forget_all()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Set the stage just before pytest-django opens the test's transactions; the test database is there by then."""
    if fixturedef.argname == "_django_db_helper":
        with request.getfixturevalue("django_db_blocker").unblock():
            stage.prepare(request.node)
    return (yield)


@pytest.fixture
def cast(db):
    """The whole world at once; attributes are members, clients, projects and agencies."""
    return stage.cast()


def _member(name):
    @pytest.fixture(name=name)
    def fixture(cast):
        return getattr(cast, name)

    return fixture


for _name in world.NAMES:
    globals()[f"_{_name}"] = _member(_name)


@pytest.fixture
def in_north(cast):
    """Work inside north with the agency's own sight."""
    from portal.core.context import tenant

    with tenant(cast.north.pk):
        yield cast.north
