"""What a container starts: web, worker, beat, mail, migrate, health, or any manage.py command."""

import http.client
import os
import secrets
import smtplib
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB_PORT = "8000"


def data_dir(environ: Mapping[str, str]) -> Path:
    """The folder of what is kept besides the databases."""
    return Path(environ.get("DATA_DIR", ROOT / "data"))


def command(name: str, environ: Mapping[str, str]) -> list[str]:
    """What this kind of container runs; another name is one of manage.py."""
    from portal.core.commands import commands

    # fmt: off
    web = ["--workers", environ.get("WEB_CONCURRENCY", "2"), "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "25",
           "--max-requests", "20000", "--max-requests-jitter", "2000"]
    worker = ["--concurrency", environ.get("WORKER_CONCURRENCY", "2"), "--max-tasks-per-child", "1000"]
    # fmt: on
    bind = f"{environ.get('WEB_HOST', '0.0.0.0')}:{environ.get('WEB_PORT', WEB_PORT)}"
    # In the folder that outlives the container: what runs once a day would begin its day anew with each restart.
    known = commands(bind=bind, schedule=data_dir(environ) / "beat-schedule", web=web, worker=worker)
    return known.get(name) or [sys.executable, "manage.py", name]


def migrate() -> None:
    """Tables, and the bucket when files go to S3. Run once before the others start."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", interactive=False)
    make_bucket()


def make_bucket() -> None:
    """Create the bucket when it is not there."""
    from botocore.exceptions import ClientError
    from django.core.files.storage import default_storage

    bucket = getattr(default_storage, "bucket", None)
    if bucket is None:
        return
    client = bucket.meta.client
    try:
        client.head_bucket(Bucket=bucket.name)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        client.create_bucket(Bucket=bucket.name)


def build() -> None:
    """Translations and static files, while the image is built: no server is there yet."""
    os.environ.update(
        SECRET_KEY=secrets.token_urlsafe(64),
        DATABASE_URL="postgres://build/portal",
        DATABASE_OWNER_URL="postgres://build/portal",
        DATABASE_MAINT_URL="postgres://build/portal",
        REDIS_URL="redis://build/0",
    )
    os.environ.setdefault("STATIC_ROOT", str(ROOT / "static_collected"))
    os.execv(sys.executable, [sys.executable, "-m", "portal.core.prepare", "--build"])


def check_web() -> None:
    """The web server answers."""
    wire = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("WEB_PORT", WEB_PORT)), timeout=5)
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".*") or "localhost"
    wire.request("GET", "/healthz", headers={"Host": host})
    status = wire.getresponse().status
    if status != 200:
        sys.exit(f"/healthz answers {status}")


def check_mail() -> None:
    """The mail server greets."""
    with smtplib.SMTP("127.0.0.1", int(os.environ.get("SMTP_PORT", "2525")), timeout=5) as wire:
        wire.ehlo("health.invalid")


def check_redis_client(command: str, seconds: int) -> None:
    """Redis saw this container do that lately: a worker waits in BRPOP, beat pushes every 30 s."""
    import redis

    from portal.environment import address

    client = redis.Redis.from_url(address("REDIS_URL"), socket_timeout=5)
    ours = socket.gethostbyname(socket.gethostname())
    for row in client.client_list():
        host = row["addr"].rpartition(":")[0]
        if host in (ours, "127.0.0.1") and row["cmd"] == command and int(row["idle"]) < seconds:
            return
    sys.exit(f"no {command} from here in {seconds} s")


CHECKS = {
    "web": check_web,
    "mail": check_mail,
    "worker": lambda: check_redis_client("brpop", 30),
    "beat": lambda: check_redis_client("lpush", 120),
}


def main(name: str, *arguments: str) -> None:
    """Become what the first argument says."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if name == "build":
        build()
    if name == "health":
        CHECKS[arguments[0]]()
    elif name == "migrate":
        migrate()
    else:
        data_dir(os.environ).mkdir(parents=True, exist_ok=True)
        os.execv(sys.executable, [*command(name, os.environ), *arguments])


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["web"]))
