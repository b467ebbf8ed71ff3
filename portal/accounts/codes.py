"""Backup codes: how they look and how they are hashed."""

import secrets

from django.contrib.auth.hashers import make_password

# Without letters that look like digits, and without I, L, O, U.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
COUNT = 10


def new_salt() -> str:
    """A salt for one set of codes."""
    return secrets.token_hex(16)


def new_codes() -> list[str]:
    """Ten codes as they are shown: 7Q4K-M2XR, 39 bits each."""
    made = ("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT))
    return [f"{code[:4]}-{code[4:]}" for code in made]


def digest(code: str, salt: str) -> str:
    """The slow hash of a code. One salt for a whole set, so that checking a guess costs one hash, not ten."""
    return make_password("".join(code.upper().replace("-", "").split()), salt=salt)
