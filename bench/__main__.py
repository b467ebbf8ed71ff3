"""`bin/bench [--rows 1000,100000] [--events 10000000] [--entries 1000000] [--mails 1000000] [--only ticket] [--rls] …`: lines, table.

Each page is measured against the floor; see README.md.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import django

from bench import cpu, measure

GUNICORN = ["-m", "gunicorn", "--workers", "1", "--threads", "1", "--worker-class", "gthread", "--log-level", "error"]
FLOOR_PORT, PORTAL_PORT, UNBOUND_PORT = 8701, 8702, 8705


def main() -> None:
    """Prepare both servers, measure, print."""
    options = _options()
    _database("floor")
    _database("bench")
    os.environ["FLOOR_DATABASE_URL"] = _at("DATABASE_OWNER_URL", "floor")
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINT_URL"):
        os.environ[name] = _at(name, "bench")
    os.environ.update(DEBUG="0", BASE_URL=f"http://localhost:{PORTAL_PORT}", LOG_LEVEL="ERROR")
    _run("-m", "bench.floor.prepare", DJANGO_SETTINGS_MODULE="bench.floor.settings")
    _run("manage.py", "migrate", "--database", "owner", "--verbosity", "0")
    _run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    django.setup()

    from bench import data, invoices, mail, pages, search

    print(f"load before: {cpu.load()}", file=sys.stderr)
    if options.mail or options.invoices:
        measured = mail.measure(options.rounds) if options.mail else []
        measured += invoices.measure(options.rounds, options.invoices) if options.invoices else []
    else:
        worlds = [(f"{rows:,}", data.build(rows)) for rows in options.rows]
        for name in ("events", "entries", "mails"):
            if count := getattr(options, name):
                worlds.append((f"{count:,} {name}", data.build(min(options.rows), **{name: count})))
        measured = _pages(options, pages, worlds)
        measured += [search.measure(rows, world) for rows, world in worlds if options.only in search.NAME]
    for line in measured:
        print(json.dumps(line))
    print(f"load after: {cpu.load()}", file=sys.stderr)


def _pages(options: argparse.Namespace, pages, worlds: list) -> list[dict]:
    """Every page against the floor; with --rls also through the role that no policy binds."""
    unbound = {"DATABASE_URL": os.environ["DATABASE_MAINT_URL"]}
    with (
        _server("bench.floor.wsgi", FLOOR_PORT) as floor,
        _server("portal.wsgi", PORTAL_PORT) as portal,
        _server("portal.wsgi", UNBOUND_PORT, **unbound) if options.rls else nullcontext() as free,
    ):
        floors = [measure.Target(name, FLOOR_PORT, f"/{name}", floor) for name in ("tpl", "raw", "app")]
        targets = pages.targets(worlds, PORTAL_PORT, portal, options.only)
        twins = [replace(target, port=UNBOUND_PORT, pid=free, cpu_ms=[], waits_ms=[]) for target in targets if free]
        measure.run(floors + targets + twins, _postgres_pid(), rounds=options.rounds, batch=options.batch)
    lines = [target.result(min(floors[0].cpu_ms)) for target in floors + targets]
    for line, target, twin in zip(lines[len(floors) :], targets, twins, strict=False):
        line["x_without_rls"] = round(min(target.cpu_ms) / min(twin.cpu_ms), 2)
    _print(lines)
    return lines


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--rows", default="1000,20000", type=lambda text: [int(n) for n in text.split(",")])
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--batch", default=30, type=int)
    for name in ("events", "entries", "mails"):
        parser.add_argument(f"--{name}", default=0, type=int, help=f"besides, a world with so many {name}")
    parser.add_argument("--rls", action="store_true", help="each page also without row-level security")
    parser.add_argument("--only", default="", help="the pages in whose names this stands")
    parser.add_argument("--mail", action="store_true", help="mails accepted and processed instead of pages")
    many = "so many invoices issued and printed, and what a page costs, instead of pages"
    parser.add_argument("--invoices", nargs="?", const=1000, default=0, type=int, help=many)
    return parser.parse_args()


def _print(lines: list[dict]) -> None:
    print(f"\n{'page':34}{'rows':>18}{'cpu ms':>9}{'x floor':>9}{'x no RLS':>9}{'p50':>8}{'p95':>8}{'bytes':>9}")
    for line in lines:
        cells = "{bench:34}{rows:>18}{cpu_ms:>9}{x_floor:>9}{x_without_rls:>9}{p50_ms:>8}{p95_ms:>8}{bytes:>9}"
        print(cells.format(**{"x_without_rls": "", **line}))


@contextmanager
def _server(application: str, port: int, **extra: str):
    environ = os.environ | extra
    if application.startswith("bench"):
        environ["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"
    command = [sys.executable, *GUNICORN, "--bind", f"127.0.0.1:{port}", application]
    process = subprocess.Popen(command, env=environ)
    try:
        _wait_for(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(15)


def _wait_for(port: int) -> None:
    for _attempt in range(200):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/", timeout=2)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing answers on port {port}")


def _run(*command: str, **extra: str) -> None:
    subprocess.run([sys.executable, *command], env=os.environ | extra, check=True)


def _at(variable: str, database: str) -> str:
    return os.environ[variable].rsplit("/", 1)[0] + f"/{database}"


def _database(name: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE portal_template")


def _postgres_pid() -> int:
    """The parent of our own backend is the server."""
    from django.db import connections

    with connections["maint"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    with open(f"/proc/{backend}/stat") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1])


if __name__ == "__main__":
    main()
