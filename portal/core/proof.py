"""bin/test, bin/soak and bin/bench: embedded servers of their own for as long as the proof runs."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE, STDOUT

from portal.core import processes
from portal.core.embedded import Embedded
from portal.core.embedded_postgres import DATABASE

ROOT = Path(__file__).resolve().parents[2]
APPS = [path.parent.name for path in sorted(ROOT.glob("*/apps.py"))]
SCRIPTS = [f"bin/{name}" for name in ("run", "test", "soak", "bench")]
PARALLEL = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
# A browser's driver runs an event loop beside the tests; Django would take them for async code.
BROWSER = {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}


def python(*arguments: str) -> list[str]:
    """A command for the interpreter that runs us."""
    return [sys.executable, *arguments]


MIGRATE = python("manage.py", "migrate", "--database", "owner", "--verbosity", "0")


Checks = dict[str, list[str]]


def quick_checks() -> tuple[Checks, Checks]:
    """Two rows, each for one core: style, types and contracts; and what looks at a migrated database."""
    manage = python("manage.py")
    of_code = {
        "ruff format": python("-m", "ruff", "format", "--check", ".", *SCRIPTS),
        "ruff check": python("-m", "ruff", "check", ".", *SCRIPTS),
        "import contracts": [str(Path(sys.executable).parent / "lint-imports")],
        "mypy": python("-m", "mypy", "portal", *APPS),
    }
    of_database = {
        "migrations are complete": [*manage, "makemigrations", "--check", "--dry-run"],
        "migrate an empty database": MIGRATE,
        "check --deploy": [*manage, "check", "--deploy", "--database", "default", "--fail-level", "WARNING"],
    }
    return of_code, of_database


def environment(data_dir: Path, databases: dict[str, str]) -> dict[str, str]:
    """What tests run with: our servers, whatever addresses the shell has."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATA_DIR": str(data_dir / "files"),
        "STATIC_ROOT": str(data_dir / "static"),
        "PYTHONUNBUFFERED": "1",
    }
    return os.environ | databases | ours


def production() -> dict[str, str]:
    """Settings as a real installation has them, so that `check --deploy` means something."""
    return {
        "DEBUG": "0",
        "DEMO": "0",
        "BASE_URL": "https://portal.example.com",
        "ALLOWED_HOSTS": "portal.example.com",
        "SECRET_KEY": secrets.token_urlsafe(64),
    }


class Proof:
    """Steps under headings; the first that fails ends it."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ
        self.took: list[tuple[str, float]] = []

    def step(self, heading: str, command: Sequence[str], **extra: str) -> int:
        """Run one step; Ctrl-C reaches it by itself, and we wait for it to finish."""
        say(self._heading(heading))
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=self.environ | extra, preexec_fn=processes.dies_with_parent())  # noqa: S603
        try:
            code = process.wait()
        except KeyboardInterrupt:
            code = process.wait(30) or 130
        self.took.append((heading, time.monotonic() - started))
        return code

    def all_checks(self) -> int:
        """The steps before the tests, two at a time; each row ends at its first failure."""
        with ThreadPoolExecutor() as rows:
            return max(rows.map(self._row, quick_checks()))

    def _row(self, checks: Checks) -> int:
        for heading, command in checks.items():
            started = time.monotonic()
            environ = self.environ | (production() if heading.startswith("check") else {})
            output = subprocess.run(  # noqa: S603
                command,
                cwd=ROOT,
                env=environ,
                stdout=PIPE,
                stderr=STDOUT,
                text=True,
                check=False,
                preexec_fn=processes.dies_with_parent(),
            )
            self.took.append((heading, time.monotonic() - started))
            say(f"{self._heading(heading)}\n{output.stdout.rstrip()}")
            if output.returncode:
                say(f"\nFAILED: {heading}")
                return abs(output.returncode)
        return 0

    def _heading(self, heading: str) -> str:
        return f"\n=== {heading} " + "=" * max(0, 70 - len(heading))

    def times(self) -> str:
        """How long each step took."""
        return ", ".join(f"{heading} {seconds:.0f} s" for heading, seconds in self.took)


def say(line: str) -> None:
    """At once on the screen, before what a child writes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def test(environ: dict[str, str], arguments: list[str]) -> int:
    """Everything, or only pytest when arguments are given. pytest's summary comes last.

    The tests' databases are copies of the migrated one.
    """
    proof = Proof(environ | {"TEMPLATE_DATABASE": DATABASE})
    if arguments:
        if code := proof.step("migrate", MIGRATE):
            return code
        return proof.step("pytest", python("-m", "pytest", *_with_workers(arguments)), **BROWSER)
    if code := proof.all_checks():
        return code
    say(f"\n{proof.times()}")
    return proof.step("pytest", python("-m", "pytest", *PARALLEL, "--durations=10"), **BROWSER)


def _with_workers(arguments: list[str]) -> list[str]:
    chosen = any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments)
    return arguments if chosen else [*PARALLEL, *arguments]


def soak(environ: dict[str, str], arguments: list[str]) -> int:
    """The long proofs, always in the same order: they start and kill servers of their own."""
    named = any((ROOT / argument.partition("::")[0]).exists() for argument in arguments)
    chosen = [] if named else ["tests/soak"]
    # The test configuration leaves tests/soak out; here it is all there is.
    clear = ["-o", "addopts=--strict-markers -ra", "-p", "no:randomly"]
    command = python("-m", "pytest", *clear, "-n0", "--no-header", *chosen, *arguments)
    return Proof(environ).step("soak", command, **BROWSER)


def bench(environ: dict[str, str], arguments: list[str]) -> int:
    """The measurements; the first lines say what else the machine is doing."""
    say("load average before: {:.2f} {:.2f} {:.2f}".format(*os.getloadavg()))
    return Proof(environ).step("bench", python("-m", "bench", *arguments))


PROOFS = {"test": test, "soak": soak, "bench": bench}


def main(name: str, arguments: list[str]) -> int:
    """Servers up, proof, servers down; data only lives as long."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    data_dir = Path(tempfile.mkdtemp(prefix=f"glasshouse-{name}-"))
    os.chmod(data_dir, 0o711)  # noqa: S103 (the database's user must be able to pass)
    servers = Embedded(data_dir, fsync=name != "test")
    try:
        return PROOFS[name](environment(data_dir, servers.start().environ()), arguments)
    finally:
        servers.remove()
        shutil.rmtree(data_dir, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
