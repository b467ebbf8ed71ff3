"""Mailboxes that we ask for new mail: added, paused, removed. That one was added or removed is audited by the database."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.audit.log import log
from portal.mail.models import ImapMailbox
from portal.people import rules
from portal.tenancy.models import Agency, Member


@transaction.atomic
def add(agency: Agency, *, by: Member, password: str, **fields) -> ImapMailbox:
    """A mailbox of the agency. fields: host, port, security, user, folder, done_folder."""
    _guard(agency.pk, by)
    mailbox = ImapMailbox(agency=agency, **fields)
    mailbox.set_password(password)
    mailbox.save()
    return mailbox


@transaction.atomic
def change_password(mailbox: ImapMailbox, *, by: Member, password: str) -> ImapMailbox:
    """Another password; it is tried at once, whatever went wrong before."""
    _guard(mailbox.agency_id, by)
    mailbox = ImapMailbox.objects.select_for_update().get(pk=mailbox.pk)
    mailbox.set_password(password)
    mailbox.failed_at, mailbox.error = None, ""
    mailbox.save(update_fields=["password", "failed_at", "error"])
    log("mailbox.password_changed", {"mailbox": str(mailbox)}, agency_id=mailbox.agency_id)
    return mailbox


@transaction.atomic
def pause(mailbox: ImapMailbox, *, by: Member) -> ImapMailbox:
    """It is not asked until it is resumed. What comes in meanwhile is read then."""
    return _set_paused(mailbox, timezone.now(), by)


@transaction.atomic
def resume(mailbox: ImapMailbox, *, by: Member) -> ImapMailbox:
    """It is asked again, at once, whatever went wrong before."""
    return _set_paused(mailbox, None, by)


@transaction.atomic
def remove(mailbox: ImapMailbox, *, by: Member) -> None:
    """It is not asked any more and its password is forgotten. Mails that came from it stay."""
    _guard(mailbox.agency_id, by)
    mailbox.delete()


def _set_paused(mailbox: ImapMailbox, moment, by: Member) -> ImapMailbox:
    _guard(mailbox.agency_id, by)
    mailbox = ImapMailbox.objects.select_for_update().get(pk=mailbox.pk)
    mailbox.paused_at, mailbox.failed_at, mailbox.error = moment, None, ""
    mailbox.save(update_fields=["paused_at", "failed_at", "error"])
    log("mailbox.paused" if moment else "mailbox.resumed", {"mailbox": str(mailbox)}, agency_id=mailbox.agency_id)
    return mailbox


def _guard(agency_id: int, by: Member) -> None:
    if agency_id != by.agency_id or not rules.manages_agency(by):
        raise PermissionDenied
