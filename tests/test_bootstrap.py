"""From a bare Python to a started program: what every command of bin/ does before anything is installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def python(code):
    return [sys.executable, "-c", code]


@pytest.mark.parametrize(("user", "asked"), [(1000, False), (0, True)])
def test_bootstrap_finds_what_is_missing_in_one_line(tmp_path, user, asked):
    """Only root may use the package manager: an ordinary user is told what to install, and so is root when it did not help."""
    apt_get, called = tmp_path / "apt-get", tmp_path / "called"
    apt_get.write_text(f"#!/bin/sh\necho called >> {called}\n")
    apt_get.chmod(0o755)
    code = (
        f"import _bootstrap as b; b._has_pango = lambda: False; b.os.geteuid = lambda: {user};"
        "b.sys.platform = 'linux'; b.ensure_pango()"
    )
    environ = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(python(code), cwd=ROOT / "bin", env=environ, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.startswith(
        "Pango is missing (needed for PDFs). Install it and start again: apt-get install libpango"
    )
    assert len(done.stderr.splitlines()) == 1
    assert called.exists() is asked


def test_bootstrap_makes_the_environment_in_the_distributions_python_unless_another_is_named(tmp_path):
    """A Python of the distribution is built with profiles; whoever names one gets that, and what is of no use is passed over."""
    code = "import _bootstrap as b; b.DISTRIBUTION_PYTHON = {!r}; b.use_new_enough_python(); print(b.sys.argv)"
    other, useless = tmp_path / "other", tmp_path / "useless"
    for path, words in (
        (other, f'[ "$1" = -c ] && [ -z "$PYTHON_CHOSEN" ] && exec {sys.executable} "$@"; echo went on'),
        (useless, "exit 1"),
    ):
        path.write_text(f"#!/bin/sh\n{words}\n")
        path.chmod(0o755)

    def said(distribution: str, **environ: str) -> str:
        environ = os.environ | {"VENV_DIR": str(tmp_path / "venv")} | environ
        command = python(code.format(distribution))
        return subprocess.run(command, cwd=ROOT / "bin", env=environ, capture_output=True, text=True, check=True).stdout

    assert said(str(other)) == "went on\n"
    assert said(str(useless), PYTHON=str(other)) == "went on\n"
    assert said(str(useless)) == said(str(other), PYTHON_CHOSEN="1") == "['-c']\n"


def test_bootstrap_installs_only_when_the_lock_has_changed(tmp_path):
    code = (
        "import _bootstrap as b, json, os, sys; calls = []; b._install = calls.append;"
        "b._make_venv = lambda: (os.makedirs(os.path.dirname(b.PYTHON)), open(b.PYTHON, 'w').close());"
        "b.ensure_venv(); b.ensure_venv(); b.ensure_venv(dev=True); b.ensure_venv(); b.ensure_venv(dev=True);"
        "print(json.dumps(calls))"
    )
    environ = os.environ | {"VENV_DIR": str(tmp_path / "venv")}
    done = subprocess.run(python(code), cwd=ROOT / "bin", env=environ, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout.splitlines()[-1]) == ["requirements.txt", "requirements-dev.txt"]
