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


def commands(environ: Mapping[str, str]) -> dict[str, list[str]]:
    """What each kind of container runs."""
    python, celery = sys.executable, [sys.executable, "-m", "celery", "--quiet", "-A", "portal"]
    port = environ.get("WEB_PORT", WEB_PORT)
    # Where it outlives the container: what runs once a day would begin its day anew with each restart.
    schedule = data_dir(environ) / "beat-schedule"
    # fmt: off
    return {
        "web": [python, "-m", "gunicorn", "portal.wsgi", "--bind", f"{environ.get('WEB_HOST', '0.0.0.0')}:{port}",
                "--worker-class", "gthread", "--workers", environ.get("WEB_CONCURRENCY", "2"), "--threads", "4",
                "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "25",
                "--max-requests", "20000", "--max-requests-jitter", "2000", "--log-level", "warning"],
        "worker": [*celery, "worker", "--concurrency", environ.get("WORKER_CONCURRENCY", "2"),
                   "--without-gossip", "--without-mingle", "--max-tasks-per-child", "1000"],
        "beat": [*celery, "beat", "--schedule", str(schedule), "--pidfile="],
        "mail": [python, "manage.py", "mail_door"],
    }
    # fmt: on


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
        command = commands(os.environ).get(name) or [sys.executable, "manage.py", name]
        os.execv(command[0], [*command, *arguments])


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["web"]))
