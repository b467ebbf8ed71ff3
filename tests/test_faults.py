"""The table of faults in tests/soak/README.md: all of them, and every test that it names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = (ROOT / "tests/soak/README.md").read_text()


def test_every_fault_has_its_line():
    assert re.findall(r"^\| F(\d+) ", TABLE, re.MULTILINE) == [str(number) for number in range(1, 23)]


def test_every_test_that_is_named_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE)
    missing = [name for path, name in named if f"\ndef {name}(" not in (ROOT / path).read_text()]

    assert len(named) > 30
    assert missing == []
