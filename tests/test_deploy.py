"""The containers' files, without a container engine: each entry point runs as a process with production settings."""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from portal.core import embedded_postgres, processes
from portal.core.embedded import Embedded
from portal.files.forms import MAX_FILES

ROOT = Path(__file__).resolve().parent.parent
ENTRYPOINT = ROOT / "deploy" / "entrypoint.py"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("web", "worker", "beat", "mail", "migrate")
PATIENCE_SECONDS = 90
CELERYS_FAREWELL = ("", "worker: Warm shutdown (MainProcess)")
PASSWORDS = {
    "DATABASE_URL": "DATABASE_PASSWORD",
    "DATABASE_OWNER_URL": "DATABASE_OWNER_PASSWORD",
    "DATABASE_MAINT_URL": "DATABASE_MAINT_PASSWORD",
    "REDIS_URL": "REDIS_PASSWORD",
}


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "deploy" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_secrets = load("make_secrets")


def test_compose_has_every_part():
    assert set(SERVICES) == {*OURS, "postgres", "valkey", "storage"}
    assert SERVICES["postgres"]["image"].startswith("postgres:18")
    for name in OURS:
        assert SERVICES[name]["command"] == [name]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_watched_restarted_and_not_root(name):
    service = SERVICES[name]
    runs_once = name == "migrate"

    assert int(service["user"].split(":")[0]) > 0
    assert ("healthcheck" in service) is not runs_once
    assert service["restart"] == ("no" if runs_once else "unless-stopped")
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_from_files_or_the_operator(name):
    service = SERVICES[name]
    for variable, value in service.get("environment", {}).items():
        if variable.endswith("_FILE"):
            assert Path(value).parent == Path("/run/secrets")
            assert Path(value).name in service["secrets"]
        elif re.search("PASSWORD|SECRET|KEY|EMAIL_URL", variable):
            assert value.startswith("${")
        else:
            assert not urlsplit(str(value)).password
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


@pytest.mark.parametrize("name", OURS)
def test_whatever_the_operator_sets_reaches_our_services(name):
    """Not only what the file names: a Sentry or a period of retention in .env must not be lost without a word."""
    assert SERVICES[name]["env_file"] == [".env"]


def test_only_migrations_know_the_owners_password():
    holders = [name for name, service in SERVICES.items() if "owner_password" in service.get("secrets", [])]

    assert sorted(holders) == ["migrate", "postgres"]


def test_named_volumes_hold_what_must_last():
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}

    assert {name for name in mounted if not name.startswith(".")} == set(COMPOSE["volumes"])


def test_each_secret_of_the_compose_file_is_made_once(tmp_path):
    assert set(make_secrets.main(tmp_path / "secrets")) == set(COMPOSE["secrets"])
    assert make_secrets.main(tmp_path / "secrets") == []
    assert len((tmp_path / "secrets" / "secret_key").read_text()) >= 50
    for secret, where in COMPOSE["secrets"].items():
        assert where["file"] == f"./secrets/{secret}"


def test_image_is_built_in_stages_and_drops_root():
    lines = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()

    assert sum(line.startswith("FROM python:3.13-slim") for line in lines) == 2
    assert "USER portal" in lines
    assert any("--require-hashes" in line for line in lines)


def test_nothing_that_is_secret_or_made_here_lies_in_the_image():
    """The image takes the whole folder: what git leaves out, the operator's passwords among it, must stay out here too."""
    left_out = set((ROOT / "deploy" / "Dockerfile.dockerignore").read_text().split())
    ours = {line.strip("/") for line in (ROOT / ".gitignore").read_text().split()}
    named = {"*.pyc": "**/__pycache__", "__pycache__": "**/__pycache__", "*.mo": "**/*.mo", "bench/results": "bench"}

    assert {"secrets", ".env"} <= ours
    for name in ours:
        assert named.get(name, name) in left_out or (name.endswith("_cache") and ".*_cache" in left_out), name


def test_the_store_is_started_by_its_images_own_start(tmp_path):
    """Only that makes arguments of VGW_BACKEND and its like; without any the gateway prints its help and ends."""
    start = tmp_path / "docker-entrypoint.sh"
    start.write_text('#!/bin/sh\necho "$ROOT_ACCESS_KEY/$ROOT_SECRET_KEY/$#"\n')
    start.chmod(0o755)
    environ = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    for name in ("access", "secret"):
        environ[f"S3_{name.upper()}_KEY_FILE"] = secret(tmp_path, name, f"of {name}")

    done = subprocess.run(["sh", ROOT / "deploy/storage/start.sh"], env=environ, capture_output=True, text=True)

    assert done.stdout == "of access/of secret/0\n", done.stderr


def test_init_script_makes_the_databases_and_can_run_again(tmp_path):
    servers = Embedded(tmp_path / "data", fsync=False)
    port = processes.free_port()
    servers.postgres.start(port)
    try:
        environ = {"PORTAL_SQL": str(ROOT / "deploy" / "postgres"), "PGHOST": "127.0.0.1", "PGPORT": str(port)}
        environ |= {"PGPASSWORD": servers.secrets["superuser"], "PATH": path_with_psql()}
        for role in ("app", "owner", "maint"):
            (tmp_path / role).write_text(servers.secrets[role])
            environ[f"{role.upper()}_PASSWORD_FILE"] = str(tmp_path / role)
        for _ in range(2):
            subprocess.run(["sh", ROOT / "deploy" / "postgres" / "init.sh"], env=environ, check=True, timeout=60)
        for role in ("app", "owner", "maint"):
            with psycopg.connect(servers.postgres.dsn(role, port)) as database:
                assert database.execute("SELECT to_regclass('audit.event') IS NOT NULL").fetchone()[0]
    finally:
        servers.remove()


def path_with_psql():
    return f"{embedded_postgres.find_binaries()}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """Environment of a production installation: secrets in files, addresses without passwords."""
    folder = tmp_path_factory.mktemp("production")
    servers = Embedded(folder / "servers", fsync=False)
    try:
        addresses = servers.start()
        yield settings_for(folder, addresses)
    finally:
        servers.remove()


def settings_for(folder, addresses):
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "BASE_URL": "https://portal.example.com",
        "ALLOWED_HOSTS": "portal.example.com",
        "MAIL_DOMAIN": "in.portal.example.com",
        "DATA_DIR": str(folder),
        "STATIC_ROOT": str(folder / "static"),
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "PYTHONWARNINGS": "ignore:You're running the worker",  # a container runs as nobody of importance, the tests perhaps as root
        "WEB_HOST": "127.0.0.1",
        "WEB_PORT": str(processes.free_port()),
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(processes.free_port()),
        "SECRET_KEY_FILE": secret(folder, "SECRET_KEY", addresses.secret_key),
    }
    for url, password in PASSWORDS.items():
        parts = urlsplit(addresses.environ()[url])
        environ[url] = addresses.environ()[url].replace(f":{parts.password}@", "@")
        environ[f"{password}_FILE"] = secret(folder, password, parts.password)
    return environ


def secret(folder, name, value):
    (folder / name).write_text(value + "\n")
    return str(folder / name)


def run(environ, *arguments):
    command = [sys.executable, str(ENTRYPOINT), *arguments]
    return subprocess.run(command, env=environ, cwd="/", capture_output=True, text=True, timeout=180)


def becomes_healthy(environ, name, process):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, process.stdout.read()
        done = run(environ, "health", name)
        if done.returncode == 0:
            return True
        time.sleep(0.5)
    pytest.fail(f"{name}: {done.stderr}")


def commands_for_a_running_container() -> list[list[str]]:
    """What the README has an operator run beside the processes: there no entry point has put the passwords in."""
    lines = re.findall(r"^docker compose exec web python ([^#\n]+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert lines
    return [line.split() for line in lines]


def test_every_entry_point_starts_with_production_settings(production):
    for step in ("build", "migrate"):
        done = run(production, step)
        assert done.returncode == 0, done.stdout + done.stderr
    without_owner = {name: value for name, value in production.items() if name != "DATABASE_OWNER_PASSWORD_FILE"}
    started, said = {}, {}
    try:
        for name in ("web", "worker", "beat", "mail"):
            started[name] = subprocess.Popen(
                [sys.executable, str(ENTRYPOINT), name],
                env=without_owner,
                cwd="/",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        for name, process in started.items():
            assert becomes_healthy(without_owner, name, process)
        assert run(without_owner, "check").returncode == 0
        of_the_doctor = run(without_owner, "check", "--deploy", "--database", "maint")  # his hint about walls
        assert of_the_doctor.returncode == 0, of_the_doctor.stderr
        for words in commands_for_a_running_container():
            command = [sys.executable, *words]
            done = subprocess.run(command, env=without_owner, cwd=ROOT, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, (words, done.stderr[-500:])
        os.kill(worker_of(started["web"]), signal.SIGKILL)
        assert becomes_healthy(without_owner, "web", started["web"])
    finally:
        for process in started.values():
            process.terminate()
        for name, process in started.items():
            said[name] = process.communicate(timeout=30)[0].splitlines()
    # What beat has set going is known to the next one, in the folder that lasts.
    assert list(Path(production["DATA_DIR"]).glob("beat-schedule*"))
    # One JSON object a line, whoever writes it.
    assert any("SIGKILL" in json.loads(line)["message"] for line in said["web"])
    for lines in said.values():
        assert all(json.loads(line)["level"] for line in lines if line not in CELERYS_FAREWELL)


def worker_of(process):
    """One of the processes that gunicorn has started."""
    return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])


def test_the_proxy_takes_what_the_portal_takes(settings):
    """A form is not refused by the example in front of us, and none without files waits in a thread of ours."""
    caddyfile = (settings.BASE_DIR / "deploy/Caddyfile").read_text()
    largest, buffered = (
        int(re.search(rf"^\s*{name} (\d+)MB$", caddyfile, re.M)[1]) * 10**6 for name in ("max_size", "request_buffers")
    )

    assert largest > MAX_FILES * settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert buffered > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
