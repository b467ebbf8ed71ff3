"""A secret in a mail, such as the link of an invitation, stands in no row that people or backups read.

The row of the mail has a seed. From it the key of this installation (SECRET_KEY) makes the secret when the mail is
sent, at each try the same one, also when the key was changed meanwhile (SECRET_KEY_FALLBACKS); then the seed is forgotten.
Text and HTML hold PLACE where the secret belongs.
"""

from base64 import urlsafe_b64encode
from secrets import token_urlsafe

from django.conf import settings
from django.utils.crypto import salted_hmac

PLACE = "~secret~"
SALT, MARK = "portal.mail.seeds", "portal.mail.seeds.mark"


def new_seed() -> str:
    """192 random bits, and a mark of the key that makes a secret of them."""
    bits = token_urlsafe(24)
    return f"{bits}.{_made(MARK, bits, settings.SECRET_KEY, 6)}"


def secret_of(seed: str) -> str:
    """192 bits, fit for an address."""
    bits, _dot, mark = seed.partition(".")
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    key = next((key for key in keys if _made(MARK, bits, key, 6) == mark), settings.SECRET_KEY)
    return _made(SALT, bits, key, 24)


def _made(salt: str, bits: str, key: str, size: int) -> str:
    return urlsafe_b64encode(salted_hmac(salt, bits, secret=key, algorithm="sha256").digest()[:size]).decode()


def with_secret(text: str, seed: str) -> str:
    """The text as it is sent."""
    return text.replace(PLACE, secret_of(seed)) if seed else text
