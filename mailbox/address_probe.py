"""The mail of an address test, handed to the real door as any other server would hand it on."""

import smtplib
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mailbox.models import AddressTest
from portal.mail.sending import sender_of
from portal.mail.text import clean_line

TIMEOUT_SECONDS = 8


def send(test_id: int) -> None:
    """Hand the mail to the door. A second call does nothing: a test that was begun is not repeated."""
    with transaction.atomic():
        tests = AddressTest.objects.select_for_update(of=("self",), skip_locked=True).filter(
            sent_at=None, failed_at=None
        )
        test = tests.select_related("member__user", "member__agency").filter(pk=test_id).first()
    if test is None:
        return
    try:
        with smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=TIMEOUT_SECONDS) as door:
            _note(test, "sent_at")
            message = _message(test)
            door.send_message(message, parseaddr(message["From"])[1], [test.address])
        _note(test, "accepted_at")
    except (OSError, smtplib.SMTPException) as error:
        test.error = clean_line(str(error) or type(error).__name__)[:300]
        _note(test, "failed_at", "error")


@transaction.atomic
def _note(test: AddressTest, moment: str, *more: str) -> None:
    setattr(test, moment, timezone.now())
    test.save(update_fields=[moment, *more])


def _message(test: AddressTest) -> EmailMessage:
    agency, user = test.member.agency, test.member.user
    message = EmailMessage()
    with translation.override(user.language or agency.language):
        message["Subject"] = _("Test: mails to this address arrive")
        message.set_content(_("You have asked for this test. Only you see it, and nobody was told of it."))
    message["From"], message["To"], message["Message-ID"] = sender_of(agency), test.address, test.message_id
    message["Date"], message["Auto-Submitted"] = format_datetime(timezone.now()), "auto-generated"
    return message
