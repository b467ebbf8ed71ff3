"""The programs of PostgreSQL, and connections of our own to run beside Django's."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from portal.core.embedded_postgres import find_binaries

LIBPQ = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


class Failed(Exception):
    """A program of PostgreSQL ended with an error; the text is what it said."""


TROUBLE = (Failed, psycopg.Error)
"""What somebody at the shell can mend: a server that is away, a wrong password, a dump that is refused."""


def program(name: str) -> str:
    """Its path: in PORTAL_PG_BIN, else beside the embedded PostgreSQL, else on PATH. Raises Failed."""
    try:
        return str(find_binaries() / name)
    except RuntimeError as error:
        if found := shutil.which(name):
            return found
        raise Failed(f"{name} not found: put it on PATH or set PORTAL_PG_BIN.") from error


def run(name: str, *arguments: str, address: str) -> None:
    """Run it against that database; the password goes through the environment, where no list of processes shows it."""
    given = {key: str(value) for key, value in conninfo_to_dict(address).items() if value is not None}
    places = {variable: given[key] for key, variable in LIBPQ.items() if key in given}
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **places}
    done = subprocess.run([program(name), *arguments], env=environment, capture_output=True)  # noqa: S603
    if done.returncode:
        raise Failed(done.stderr.decode(errors="replace").strip()[-2000:])


def address_of(alias: str) -> str:
    """The address of one of the portal's connections, for libpq."""
    values: dict[str, Any] = connections[alias].settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    return make_conninfo("", **{key: values[name] for key, name in names.items() if values[name]})


def dump(path: Path, *, snapshot: str) -> None:
    """All that the maintenance role sees in that snapshot, which is every row. The owner's dump would be empty."""
    # fmt: off
    run("pg_dump", "--format=custom", "--no-password", "--enable-row-security", f"--snapshot={snapshot}",
        f"--file={path}", address=address_of("maint"))
    # fmt: on


def fill(path: Path, *, address: str) -> None:
    """Put a dump into a database whose schemas were emptied, all or nothing. The address must be a superuser's."""
    # fmt: off
    run("pg_restore", "--no-password", "--single-transaction", "--exit-on-error",
        f"--dbname={conninfo_to_dict(address)['dbname']}", str(path), address=address)
    # fmt: on


def empty_schemas(database: psycopg.Connection[Any]) -> None:
    """Away with the tables of a fresh installation: the dump brings its own."""
    database.execute("DROP SCHEMA IF EXISTS audit CASCADE")
    database.execute("DROP SCHEMA public CASCADE")
    database.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
    database.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
