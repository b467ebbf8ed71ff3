"""Making the first agency of an installation: once, by whoever runs the server."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.tenancy.founding import found
from portal.tenancy.models import Agency, AgencyAddress


def is_due() -> bool:
    """Whether there is no agency yet."""
    return not AgencyAddress.objects.exists()


def secret_key() -> str:
    """The key to the first run: made from the server's secret, so that every process knows it and nothing stores it."""
    return salted_hmac("portal.people.setup", "first run", algorithm="sha256").hexdigest()[:40]


@transaction.atomic
def begin(*, key: str, **fields: Any) -> tuple[Agency, User]:
    """Agency, owner, perhaps the first client. Of two who try at once only the first succeeds."""
    if not constant_time_compare(key, secret_key()):
        raise ValidationError({"key": _("This is not the key that the server printed.")})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('portal.people.setup'))")
    if not is_due():
        raise ValidationError(_("Somebody else was quicker: the first agency is set up already."))
    return found(**fields)
