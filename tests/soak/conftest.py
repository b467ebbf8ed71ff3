"""What the long proofs share."""

import sys

import pytest

from tests.soak.rig import service


@pytest.fixture
def say(capsys):
    """A line of figures that is seen without asking."""

    def write(line):
        with capsys.disabled():
            sys.stdout.write(f"\n    {line}\n")
            sys.stdout.flush()

    return write


@pytest.fixture(scope="session")
def portal():
    """One running demo installation for all proofs that do not end it for good."""
    with service() as kept:
        yield kept
