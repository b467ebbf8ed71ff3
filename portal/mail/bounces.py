"""Mails of ours that came back: told to the mail itself and to the apps that wrote it, never to a ticket or the tab."""

import logging
from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.mail.models import BounceKind, InboundMail, OutgoingMail
from portal.mail.parsed import BOUNCE, Failure, ParsedMail
from portal.mail.reply_addresses import Question

log = logging.getLogger(__name__)

METADATA = "sent_as"
"""Under this name a provider keeps our Message-ID, whatever it makes of the header, and tells it with each event."""

Handler = Callable[[OutgoingMail, Failure], None]
_handlers: list[Handler] = []


def register(handler: Handler) -> None:
    """Call `handler` once for every mail that comes back or is refused for good, in the transaction that marks it.
    Called from AppConfig.ready.

    A mail that came back for now and later for good is told twice, for it is other news.
    """
    _handlers.append(handler)


def take_in(inbound: InboundMail, mail: ParsedMail, returned: Iterable[Question]) -> list[OutgoingMail]:
    """Mark the mails of ours that this bounce is about, by its address or the Message-ID in it; [] when there are none."""
    if mail.kind != BOUNCE or mail.failure is None:
        return []
    rows = OutgoingMail.objects.filter(agency_id=inbound.agency_id).select_for_update()
    about = list(rows.filter(pk__in=[question.subject_id for question in returned]))
    about = about or list(rows.filter(message_id__in=mail.failure.message_ids))
    for outgoing in about:
        _mark(outgoing, mail.failure)
    return about


def take_word(message_id: str, failure: Failure) -> None:
    """A provider says that the mail of ours with this Message-ID came back; one that is none of ours changes nothing."""
    found = (
        OutgoingMail.objects.using("maint").filter(message_id=message_id).values_list("agency_id", flat=True).first()
    )
    if found is None:
        return
    with tenant(found), transaction.atomic():
        _mark(OutgoingMail.objects.select_for_update().get(message_id=message_id), failure)


def _mark(outgoing: OutgoingMail, failure: Failure) -> None:
    """The first word counts, but "for good" is worth more than "for now"."""
    if outgoing.bounced_at and not (outgoing.bounce_kind == BounceKind.SOFT and failure.kind == BounceKind.HARD):
        return
    outgoing.bounced_at, outgoing.bounce_kind = timezone.now(), BounceKind(failure.kind)
    outgoing.bounce_text = failure.text[:500]
    outgoing.save(update_fields=["bounced_at", "bounce_kind", "bounce_text"])
    log.warning("mail came back", extra={"outgoing": outgoing.pk, "kind": failure.kind})
    tell(outgoing, failure)


def tell(outgoing: OutgoingMail, failure: Failure) -> None:
    """Let the apps know, in the transaction that marks the mail."""
    for handler in _handlers:
        handler(outgoing, failure)
