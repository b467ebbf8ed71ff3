"""What bin/run is asked to do, from the environment and the command line."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from portal.core.embedded import Addresses, read_secrets

GIVEN = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINT_URL", "REDIS_URL")
HELP = """The whole portal on one machine, with a demo world.

Environment: PORT, SMTP_PORT, DATA_DIR, MAIL_DOMAIN, LISTEN (address, 127.0.0.1), and DATABASE_URL,
DATABASE_OWNER_URL, DATABASE_MAINT_URL, REDIS_URL all together: then nothing is embedded."""


class Refused(Exception):
    """We cannot start, and this one line says why."""


@dataclass(frozen=True)
class Options:
    """What the environment and the command line ask for."""

    port: int
    smtp_port: int
    listen: str
    data_dir: Path
    mail_domain: str
    fresh: bool
    given: Addresses | None

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def address(self) -> str:
        """Where our own questions to the servers go."""
        return "127.0.0.1" if self.listen in ("0.0.0.0", "::") else self.listen  # noqa: S104


def read_options(arguments: list[str]) -> Options:
    """Read and check; raises Refused."""
    parser = argparse.ArgumentParser(prog="bin/run", description=HELP)
    parser.add_argument("--fresh", action="store_true", help="delete the data directory's content first")
    fresh = parser.parse_args(arguments).fresh
    environ = os.environ
    missing = [name for name in GIVEN if not environ.get(name)]
    if missing and len(missing) < len(GIVEN):
        raise Refused(f"Give all of {', '.join(GIVEN)} or none; missing: {', '.join(missing)}.")
    if fresh and not missing:
        raise Refused("--fresh deletes only what bin/run made itself; empty the given database by hand.")
    data_dir = Path(environ.get("DATA_DIR", "data")).absolute()
    return Options(
        port=_port("PORT", 8000),
        smtp_port=_port("SMTP_PORT", 2525),
        listen=environ.get("LISTEN", "127.0.0.1"),
        data_dir=data_dir,
        mail_domain=environ.get("MAIL_DOMAIN", "in.localhost"),
        fresh=fresh,
        given=None if missing else _given(data_dir),
    )


def own_folder(path: Path) -> None:
    """Make the data directory, which others may pass but not list; Refused when it is not ours to write in."""
    try:
        if not path.exists():
            path.mkdir(parents=True)
            os.chmod(path, 0o711)  # noqa: S103 (the database's user must be able to pass)
        os.scandir(path).close()
    except OSError as error:
        raise Refused(f"{path} cannot be used ({error.strerror}); set DATA_DIR to a folder of yours.") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise Refused(f"{path} is somebody else's; set DATA_DIR to a folder of yours.")


def _given(data_dir: Path) -> Addresses:
    app, owner, maint, redis = (os.environ[name] for name in GIVEN)
    own_folder(data_dir)
    key = os.environ.get("SECRET_KEY") or read_secrets(data_dir)["secret_key"]
    return Addresses(app=app, owner=owner, maint=maint, superuser="", redis=redis, secret_key=key)


def _port(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise Refused(f"{name} must be a number between 1 and 65535, not {value!r}.")
    return int(value)
