"""bin/run in its parts; the whole life of one is told in tests/soak/test_run.py."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from portal.core import prepare, processes
from portal.core.run_options import Refused, read_options
from portal.core.runner import Runner, _table
from portal.core.supervisor import Died, Stopped, Supervisor

ROOT = Path(__file__).resolve().parent.parent
URLS = {
    "DATABASE_URL": "postgres://app@db/portal",
    "DATABASE_OWNER_URL": "postgres://owner@db/portal",
    "DATABASE_MAINT_URL": "postgres://maint@db/portal",
    "REDIS_URL": "redis://redis/0",
}


def python(code):
    return [sys.executable, "-c", code]


@pytest.fixture
def environ(monkeypatch, tmp_path):
    for name in (*URLS, "PORT", "SMTP_PORT", "MAIL_DOMAIN", "LISTEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    return monkeypatch


@pytest.fixture
def supervisor():
    supervisor = Supervisor(os.environ, ROOT)
    yield supervisor
    supervisor.stop()


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_without_a_word_it_embeds_everything(environ, tmp_path):
    options = read_options([])

    assert (options.port, options.smtp_port, options.mail_domain) == (8000, 2525, "in.localhost")
    assert options.data_dir == tmp_path / "data"
    assert options.given is None


def test_given_servers_are_used_as_they_are(environ):
    for name, value in URLS.items():
        environ.setenv(name, value)

    given = read_options([]).given.environ()

    assert {name: given[name] for name in URLS} == URLS


def test_half_of_the_servers_is_refused(environ):
    environ.setenv("DATABASE_URL", URLS["DATABASE_URL"])

    with pytest.raises(Refused, match="missing: DATABASE_OWNER_URL, DATABASE_MAINT_URL, REDIS_URL"):
        read_options([])


def test_fresh_never_empties_a_given_database(environ):
    for name, value in URLS.items():
        environ.setenv(name, value)

    with pytest.raises(Refused, match="--fresh"):
        read_options(["--fresh"])


@pytest.mark.parametrize("value", ["", "eighty", "0", "65536", "-1"])
def test_a_port_must_be_one(environ, value):
    environ.setenv("PORT", value)

    with pytest.raises(Refused, match="PORT must be a number"):
        read_options([])


def test_a_port_in_use_is_named(environ):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        environ.setenv("PORT", str(busy.getsockname()[1]))
        with pytest.raises(Refused, match=r"Port \d+ is in use; stop what uses it or set PORT"):
            Runner(read_options([]))._wait_for_ports()


def test_fresh_deletes_nothing_that_bin_run_did_not_make(environ, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "thesis.txt").write_text("ten years of work")

    with pytest.raises(Refused, match="nothing deleted"):
        Runner(read_options(["--fresh"]))._take_data_dir()
    assert (tmp_path / "data" / "thesis.txt").exists()


def test_two_runs_cannot_share_a_data_directory(environ):
    first, second = Runner(read_options([])), Runner(read_options([]))
    first._take_data_dir()

    with pytest.raises(Refused, match="Another bin/run"):
        second._take_data_dir()


def test_a_data_directory_is_made_for_us_alone(environ, tmp_path):
    Runner(read_options([]))._take_data_dir()

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o711


def test_a_data_directory_that_is_none_is_named_in_one_line(environ, tmp_path):
    (tmp_path / "data").write_text("ten years of work")

    with pytest.raises(Refused, match=r"data cannot be used .*; set DATA_DIR to a folder of yours"):
        Runner(read_options([]))._take_data_dir()


@pytest.mark.parametrize("place", [".", "data"])
def test_an_ordinary_user_is_told_of_a_data_directory_of_somebody_else(place):
    """What root has made stays root's; asked in a process of its own, for rights once dropped do not come back."""
    code = (
        "import os, sys; from portal.core.run_options import Refused, read_options; from portal.core.runner import Runner\n"
        "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: Runner(read_options([]))._take_data_dir()\n"
        "except Refused as error: sys.exit(str(error))"
    )
    with tempfile.TemporaryDirectory() as folder:
        theirs = Path(folder)
        (theirs / "data").mkdir(mode=0o555)
        os.chmod(theirs, 0o555)
        environ = os.environ | {"DATA_DIR": str(theirs / "mine" if place == "." else theirs / "data")}
        done = subprocess.run(python(code), cwd=ROOT, env=environ, capture_output=True, text=True)
        os.chmod(theirs, 0o755)

    assert done.returncode == 1
    assert done.stderr.endswith("; set DATA_DIR to a folder of yours.\n"), done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_table_of_accounts_is_aligned():
    assert _table([("Account", "Kind"), ("nora@north.example", "specialist")]) == [
        "Account             Kind",
        "nora@north.example  specialist",
    ]


def test_a_child_that_dies_is_named_with_its_last_lines(supervisor):
    supervisor.start("patient", python("import time; time.sleep(60)"))
    supervisor.start("short", python("import sys; [print('line', n) for n in range(30)]; sys.exit(3)"))

    with pytest.raises(Died, match="short ended with code 3") as death:
        supervisor.watch()
    assert list(death.value.child.lines) == [f"line {n}" for n in range(10, 30)]


def test_stop_ends_all_even_who_does_not_listen(supervisor, monkeypatch):
    monkeypatch.setattr("portal.core.supervisor.GRACE_SECONDS", 1)
    deaf = supervisor.start(
        "deaf",
        python(
            "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
            "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print(c.pid, flush=True);"
            "time.sleep(60)"
        ),
    )
    polite = supervisor.start("polite", python("import time; print('up', flush=True); time.sleep(60)"))
    until(lambda: deaf.lines and polite.lines)

    supervisor.stop()

    assert (deaf.process.returncode, polite.process.returncode) == (-signal.SIGKILL, -signal.SIGTERM)
    until(lambda: not processes.is_running(int(deaf.lines[0]), "python"))


def test_a_step_that_fails_stops_the_start(supervisor):
    supervisor.run("good", python("print('done')"))
    with pytest.raises(Died, match="bad ended with code 1"):
        supervisor.run("bad", python("raise SystemExit(1)"))


def test_ctrl_c_is_noticed_during_a_step(supervisor):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    supervisor.listen()
    threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
    try:
        with pytest.raises(Stopped):
            supervisor.run("long", python("import time; time.sleep(60)"))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_children_do_not_outlive_a_killed_supervisor():
    code = (
        "import os, sys, time; from pathlib import Path; from portal.core.supervisor import Supervisor;"
        "s = Supervisor(os.environ, Path('.'));"
        "c = s.start('x', [sys.executable, '-c', 'import time; time.sleep(60)']);"
        "sys.stdout.write(f'{c.process.pid}\\n'); sys.stdout.flush(); time.sleep(60)"
    )
    with subprocess.Popen(python(code), cwd=ROOT, stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    until(lambda: not processes.is_running(child, "python"))


def test_translations_are_compiled_only_when_newer(tmp_path):
    po = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Mails"\nmsgstr "E-Mails"\n')

    assert prepare.compile_translations(tmp_path) == [po.with_suffix(".mo")]
    assert prepare.compile_translations(tmp_path) == []
    os.utime(po, (time.time() + 10, time.time() + 10))
    assert prepare.compile_translations(tmp_path) == [po.with_suffix(".mo")]


def test_what_was_collected_into_the_data_directory_is_nothing_new_to_prepare(tmp_path, monkeypatch):
    """The data directory lies in the project's unless told otherwise; each start would prepare everything again."""
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    for name in ("requirements.txt", "static/app.css", "invoices/__init__.py", "invoices/static/invoices/sum.js"):
        write(tmp_path / name, "before")
    before = prepare.everything()

    write(tmp_path / "data" / "static" / "app.css", "collected")
    assert prepare.everything() == before
    write(tmp_path / "invoices" / "static" / "invoices" / "sum.js", "and after")
    assert prepare.everything() != before


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
