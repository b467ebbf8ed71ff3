"""A secret in a mail, such as the link of an invitation, stands in no row that people or backups read.

The row of the mail has a seed. From it the key of this installation (SECRET_KEY) makes the secret when the mail is
sent, at each try the same one; then the seed is forgotten. Text and HTML hold PLACE where the secret belongs.
"""

from base64 import urlsafe_b64encode
from secrets import token_urlsafe

from django.utils.crypto import salted_hmac

PLACE = "~secret~"
SALT = "portal.mail.seeds"


def new_seed() -> str:
    """192 random bits."""
    return token_urlsafe(24)


def secret_of(seed: str) -> str:
    """192 bits, fit for an address."""
    return urlsafe_b64encode(salted_hmac(SALT, seed, algorithm="sha256").digest()[:24]).decode()


def with_secret(text: str, seed: str) -> str:
    """The text as it is sent."""
    return text.replace(PLACE, secret_of(seed)) if seed else text
