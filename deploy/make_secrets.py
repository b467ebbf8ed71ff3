"""Make the secrets that docker-compose.yml expects, once: python3 deploy/make_secrets.py

Existing ones stay as they are. The folder is closed to others; the files in it are readable because
containers read them as users of their own.
"""

import os
import secrets
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "secrets"
NAMES = (
    "secret_key",
    "postgres_password",
    "owner_password",
    "app_password",
    "maint_password",
    "redis_password",
    "s3_access_key",
    "s3_secret_key",
)


def main(folder: Path = FOLDER) -> list[str]:
    """Write what is missing; returns the names written."""
    folder.mkdir(mode=0o700, exist_ok=True)
    made = []
    for name in NAMES:
        path = folder / name
        if not path.exists():
            path.write_text(secrets.token_hex(16) if name == "s3_access_key" else secrets.token_urlsafe(48))
            os.chmod(path, 0o444)
            made.append(name)
    return made


if __name__ == "__main__":
    print("made:", ", ".join(main()) or "nothing, all are there")
