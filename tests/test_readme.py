"""What the documents name is there, and what the code reads from the environment is named in them."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "SECURITY.md", "docs/scaling.md")
README = (ROOT / "README.md").read_text()
WRITTEN = "\n".join((ROOT / name).read_text() for name in DOCUMENTS)
READERS = (
    "env.str env.int env.list environ.get address database level networks origin places scanner secret secrets structure switch"
).split()
OURS_ALONE = {"DEBUG", "DEMO", "STATIC_BROTLI_QUALITY", "TEMPLATE_DATABASE", "HOME", "PATH"}
"""What bin/run, bin/test and developers set; PATH and HOME are everybody's."""


def read_in(path: Path) -> set[str]:
    """Names of variables that a module reads."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and node.args]
    names = {call.args[0].value for call in calls if ast.unparse(call.func).removeprefix("os.") in READERS
             and isinstance(call.args[0], ast.Constant)}  # fmt: skip
    return {name for name in names if re.fullmatch(r"[A-Z][A-Z0-9_]+", name)}


def read_anywhere() -> set[str]:
    folders = ("portal", "bin", "deploy")
    modules = [path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
    of_compose = set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text()))
    return of_compose.union(*map(read_in, modules))


def named_in_tables() -> set[str]:
    """Names in the first column of the README's tables of variables."""
    rows = re.findall(r"^\| (`[A-Z][^|]*) \|", README, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}


def test_every_variable_that_is_read_is_documented():
    read = read_anywhere()
    assert {"SECRET_KEY", "DATABASE_MAINT_URL", "WEB_CONCURRENCY", "CHROMIUM", "WEB_ADDRESS"} <= read
    assert {name for name in read - OURS_ALONE if not re.search(rf"\b{name}\b", WRITTEN)} == set()


def test_every_variable_that_is_documented_is_read():
    given_by_name = {"PORT", "LISTEN", "PYTHON"}
    assert {"BASE_URL", "MAIL_STRAYS", "PORT"} <= named_in_tables()
    assert named_in_tables() - read_anywhere() - given_by_name == set()


@pytest.mark.parametrize("name", [*DOCUMENTS, "deploy/Caddyfile", "docker-compose.yml"])
def test_every_file_that_is_named_is_there(name):
    places = "portal|deploy|tests|docs|bin|bench|invoices|mailbox|protocols|worklog|timeline|tickets"
    named = set(re.findall(rf"(?<![\w/.-])((?:{places})/[\w./-]*\w)", (ROOT / name).read_text()))
    assert named and {path for path in named if not (ROOT / path).exists()} == set()


def test_every_command_that_is_named_is_there():
    named = set(re.findall(r"manage\.py ([a-z_]+)\b", WRITTEN))
    named |= set(re.findall(r"^\| `([a-z_]+)[ `]", README, re.MULTILINE))
    assert {"backup", "restore", "doctor", "first_run", "audit_verify", "ingest"} <= named
    assert named - get_commands().keys() - {"something"} == set()


def test_the_release_is_the_same_everywhere():
    told = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    assert told == settings.RELEASE
    assert re.findall(r"^## (\d.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[0] == told
