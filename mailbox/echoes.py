"""Mails that a mail of ours may have caused. They are kept and shown like all others, but no mail goes out about them.

A reader's mailbox forwards our notification to the portal's address, or another portal is one of the readers: each mail
would make the next one, for ever. What programs mark is known by its marks; where these are lost on the way, by its number.
"""

from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings

from mailbox.models import Mail
from portal.mail.models import OutgoingMail
from portal.mail.parsed import AUTOMATIC, ParsedMail
from portal.mail.sending import sender_of
from portal.mail.signs import PROGRAMS

MOST_OF_OURS, HOUR = 2, timedelta(hours=1)
"""Mails of an hour that carry the agency's own address as their sender, where people write from it too, and are told by mail."""
MOST_OF_ONE, MINUTES = 10, timedelta(minutes=10)


def may_be_one(mail: Mail, parsed: ParsedMail) -> bool:
    """Whether a program sent it, a mail of ours comes back, or too many come from one sender at once."""
    if parsed.kind == AUTOMATIC or PROGRAMS.match(mail.from_address) or _is_returned(mail):
        return True
    is_ours = mail.from_address.lower() == parseaddr(sender_of(mail.agency))[1].lower()
    most, time = (MOST_OF_OURS, HOUR) if is_ours else (MOST_OF_ONE, MINUTES)
    rows = Mail.objects.filter(agency_id=mail.agency_id, client_id=mail.client_id, from_address=mail.from_address)
    return rows.filter(received_at__gt=mail.received_at - time).count() > most


def _is_returned(mail: Mail) -> bool:
    """It has the Message-ID of a mail of ours, or comes from an address that only programs use."""
    if mail.from_address.lower().rpartition("@")[2] in (mail.agency.mail_domain.lower(), settings.MAIL_DOMAIN.lower()):
        return True
    ours = OutgoingMail.objects.filter(agency_id=mail.agency_id, message_id=mail.message_id)
    return bool(mail.message_id) and ours.exists()
