"""What the long proofs share: a running portal, lines of figures, and one table of them all at the end."""

import sys

import pytest

from portal.core.embedded import Embedded
from tests.soak.rig import folder, service

FIGURES = "figures"
OUTCOMES = ("passed", "failed", "error", "skipped")


def pytest_addoption(parser):
    parser.addoption("--kills", type=int, default=3, help="how often each process is killed (default 3)")


@pytest.fixture
def say(capsys, record_property):
    """A line of figures that is seen at once without asking, and again in the table."""

    def write(line):
        record_property(FIGURES, line)
        with capsys.disabled():
            sys.stdout.write(f"\n    {line}\n")
            sys.stdout.flush()

    return write


@pytest.fixture(scope="module")
def servers():
    """PostgreSQL and Valkey that bin/run is only told of, as in production."""
    with folder() as data_dir:
        started = Embedded(data_dir)
        started.start()
        yield started
        started.stop()


@pytest.fixture(scope="module")
def given(servers):
    """What bin/run is told of them."""
    environ = servers.addresses(servers._stored_ports()).environ()
    del environ["DATABASE_SUPERUSER_URL"]
    return environ


@pytest.fixture(scope="module")
def portal():
    """One running demo installation for all proofs of a module."""
    with service() as kept:
        yield kept


def pytest_terminal_summary(terminalreporter):
    """The table: outcome, seconds, proof, and its figures."""
    terminalreporter.section("what was proved")
    for report in _reports(terminalreporter):
        name = report.nodeid.partition("tests/soak/")[2] or report.nodeid
        terminalreporter.write_line(f"{report.outcome:8}{report.duration:6.0f} s  {name}")
        for line in [value for key, value in report.user_properties if key == FIGURES] or _reason(report):
            terminalreporter.write_line(f"{'':18}{line}")


def _reports(terminalreporter):
    """One per proof, in the order in which they ended: its run, or the preparation that failed or skipped it."""
    found = [report for outcome in OUTCOMES for report in terminalreporter.getreports(outcome)]
    ended = [report for report in found if report.when == "call" or report.outcome != "passed"]
    return sorted(ended, key=lambda report: report.stop)


def _reason(report):
    """Why it was skipped."""
    return [report.longrepr[2].removeprefix("Skipped: ")] if report.skipped else []
