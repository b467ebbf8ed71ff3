"""F8: connections to PostgreSQL are cut, again and again. At most one page fails for each cut, and none shows another agency."""

import http.client
from contextlib import closing

import psycopg
import pytest
from django.db import connections

from tests.browse import browse_as, url

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

CUTS, PAGES = 5, 2
CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND usename = user AND pid <> pg_backend_pid()
"""


@pytest.fixture
def knife():
    """Ends every connection of the portal's role but its own; gives how many."""
    settings = connections["default"].settings_dict
    place = {"host": settings["HOST"], "port": settings["PORT"], "dbname": settings["NAME"]}
    with psycopg.connect(**place, user=settings["USER"], password=settings["PASSWORD"], autocommit=True) as own:
        yield lambda: own.execute(CUT).fetchone()[0]


def get(live_server, member, path: str) -> tuple[int, str]:
    """A page by real HTTP, for the test's own connection must not be the server's."""
    wire = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=30)
    with closing(wire):
        wire.request("GET", path, headers={"Cookie": member.cookie, "Host": "localhost"})
        answer = wire.getresponse()
        return answer.status, answer.read().decode()


def crowd() -> None:
    """As after a busy hour: every connection the pool may have lies in it."""
    pool = connections["default"].pool
    pool.open()
    lent = [pool.getconn(timeout=30) for _number in range(pool.max_size)]
    for connection in lent:
        pool.putconn(connection)


@pytest.fixture
def people(nora, saul):
    """One of each agency, signed in, with what the other must not see."""
    for member, foreign in ((nora, "Cosmo"), (saul, "Acme")):
        browser = browse_as(member)
        member.cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
        member.list, member.foreign = url("my_day", member.agency), foreign
    return nora, saul


def test_each_cut_costs_one_page_at_most_and_nobody_sees_another_agency(live_server, people, knife):
    connections["default"].close()
    failed = cut = 0
    for _number in range(CUTS):
        for member in people * PAGES:
            status, page = get(live_server, member, member.list)
            failed += status != 200
            assert status in (200, 500, 503)
            assert member.foreign not in page
            assert status != 200 or str(member.agency) in page
        crowd()
        cut += knife()
    connections["default"].close_pool()

    assert cut >= CUTS * connections["default"].settings_dict["OPTIONS"]["pool"]["max_size"]
    assert failed <= CUTS
