"""Passwords that we must be able to use ourselves, sealed at rest.

A password for somebody else's server cannot be hashed: we have to say it there. It is encrypted (Fernet: AES and HMAC) with a key that is
derived from SECRET_KEY, because that is the one secret that lies outside the database: whoever gets hold of a backup alone reads
nothing, and there is no second key to be lost. SECRET_KEY_FALLBACKS still open what was sealed before a change of the key; without
them the password has to be typed again.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"portal.mail.sealing"


class Unreadable(Exception):
    """It was sealed with a key that we no longer have."""


def seal(text: str) -> str:
    """Encrypt with the current key."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt with the current key or one of its predecessors."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _derived(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return base64.urlsafe_b64encode(derived)
