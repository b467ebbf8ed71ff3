"""What a container starts: web, worker, beat, mail, migrate, health, or any manage.py command.

Secrets come by environment or from files: for each NAME below, NAME_FILE may point at a file. The addresses
of the databases and of Redis may come without a password; it is put in from the variable beside it.
"""

import http.client
import os
import secrets
import smtplib
import socket
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
PASSWORDS = {
    "DATABASE_URL": "DATABASE_PASSWORD",
    "DATABASE_OWNER_URL": "DATABASE_OWNER_PASSWORD",
    "DATABASE_MAINT_URL": "DATABASE_MAINT_PASSWORD",
    "REDIS_URL": "REDIS_PASSWORD",
}
SECRETS = (
    "SECRET_KEY",
    "S3_ACCESS_KEY",
    "S3_SECRET_KEY",
    "EMAIL_URL",
    "OIDC_PROVIDERS",
    *PASSWORDS,
    *PASSWORDS.values(),
)
WEB_PORT = "8000"


def read_secrets(environ: dict[str, str]) -> dict[str, str]:
    """The environment with all secrets in it; a file that cannot be read stops the start."""
    environ = dict(environ)
    for name in SECRETS:
        path = environ.pop(f"{name}_FILE", "")
        if path and not environ.get(name):
            environ[name] = Path(path).read_text().strip()
    for name, password in PASSWORDS.items():
        if environ.get(name) and environ.get(password):
            environ[name] = with_password(environ[name], environ.pop(password))
    return environ


def with_password(url: str, password: str) -> str:
    """Put the password into an address that has none."""
    parts = urlsplit(url)
    if parts.password:
        return url
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{quote(password, safe='')}@{host}"))


def commands(environ: dict[str, str]) -> dict[str, list[str]]:
    """What each kind of container runs."""
    python, celery = sys.executable, [sys.executable, "-m", "celery", "--quiet", "-A", "portal"]
    port = environ.get("WEB_PORT", WEB_PORT)
    # fmt: off
    return {
        "web": [python, "-m", "gunicorn", "portal.wsgi", "--bind", f"{environ.get('WEB_HOST', '0.0.0.0')}:{port}",
                "--worker-class", "gthread", "--workers", environ.get("WEB_CONCURRENCY", "2"), "--threads", "4",
                "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "25",
                "--max-requests", "20000", "--max-requests-jitter", "2000", "--log-level", "warning"],
        "worker": [*celery, "worker", "--concurrency", environ.get("WORKER_CONCURRENCY", "2"),
                   "--without-gossip", "--without-mingle", "--max-tasks-per-child", "1000", "--loglevel", "warning"],
        "beat": [*celery, "beat", "--schedule", "/tmp/beat-schedule", "--pidfile=", "--loglevel", "warning"],
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

    client = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=5)
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
    environ = read_secrets(dict(os.environ))
    os.environ.clear()
    os.environ.update(environ)
    if name == "health":
        CHECKS[arguments[0]]()
    elif name == "migrate":
        migrate()
    else:
        command = commands(environ).get(name) or [sys.executable, "manage.py", name]
        os.execve(command[0], [*command, *arguments], environ)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["web"]))
