"""Who takes a mail once it has been read: the app above registers its handler at start-up."""

from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured

from portal.mail.addresses import Recipient
from portal.mail.models import InboundMail
from portal.mail.parsed import ParsedMail

Handler = Callable[[InboundMail, ParsedMail, list[Recipient]], None]

_handlers: list[Handler] = []


def register(handler: Handler) -> None:
    """Hand every mail to `handler`, in one transaction with its mark as done. It must be idempotent."""
    _handlers.append(handler)


def hand_on(inbound: InboundMail, mail: ParsedMail, recipients: list[Recipient]) -> None:
    """Call the handlers, in the order in which they were registered."""
    if not _handlers:
        raise ImproperlyConfigured("nobody takes incoming mail")
    for handler in _handlers:
        handler(inbound, mail, recipients)
