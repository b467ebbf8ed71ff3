"""What the agency does with a thread: who answers it, where it lies, whether it is relevant at all."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from mailbox.models import Mail, MailAttachment, Thread
from mailbox.placing import newest_of
from portal.events.models import Event
from portal.events.record import record
from portal.files.models import File
from portal.notifications.models import Notification
from portal.tenancy.models import Member, Project


class CannotAssign(Exception):
    """This person does not see the client, or is none of the agency's people."""


class OtherClient(Exception):
    """The project belongs to another client."""


@transaction.atomic
def assign(thread: Thread, *, by: Member, to: Member | None) -> Thread:
    """Somebody of the agency is to answer, and is told; None for nobody. Raises CannotAssign."""
    thread = _locked(thread, by)
    if to and not (to.is_specialist and to.ended_at is None and to.sees_client(thread.client)):
        raise CannotAssign
    if to == thread.assignee:
        return thread
    thread.assignee, thread.assigned_at = to, timezone.now() if to else None
    thread.save(update_fields=["assignee", "assigned_at"])
    if to:
        record("mail.assigned", thread, by=by, assignee=to.pk, name=str(to), **_words_of(thread))
    return thread


@transaction.atomic
def move(thread: Thread, *, by: Member, project: Project | None) -> Thread:
    """To another project of the same client, with mails, files, events and notifications; vendors see what lies in theirs.

    Raises OtherClient.
    """
    thread = _locked(thread, by)
    if project and project.client_id != thread.client_id:
        raise OtherClient
    if project == thread.project:
        return thread
    thread.project = project
    thread.save(update_fields=["project"])
    mails = Mail.objects.filter(agency_id=thread.agency_id, thread=thread)
    attachments = MailAttachment.objects.filter(agency_id=thread.agency_id, mail__in=mails.values("pk"))
    files = File.objects.filter(agency_id=thread.agency_id, pk__in=attachments.values("file_id"))
    for rows in (files, MailAttachment.objects.filter(pk__in=list(attachments.values_list("pk", flat=True))), mails):
        rows.update(project=project)
    for model in (Event, Notification):
        model.objects.filter(
            agency_id=thread.agency_id, subject_type=Mail._meta.label_lower, subject_id__in=mails.values("pk")
        ).update(project_id=thread.project_id)
    record("mail.moved", thread, by=by, project=project.name if project else "", **_words_of(thread))
    return thread


@transaction.atomic
def hide(thread: Thread, *, by: Member) -> Thread:
    """Not relevant: it leaves lists and search for everybody. Nothing is deleted; a second call changes nothing."""
    thread = _locked(thread, by)
    if thread.hidden_at:
        return thread
    thread.hidden_at, thread.hidden_by = timezone.now(), by
    thread.save(update_fields=["hidden_at", "hidden_by"])
    record("mail.hidden", thread, by=by, **_words_of(thread))
    return thread


@transaction.atomic
def unhide(thread: Thread, *, by: Member) -> Thread:
    """Relevant after all."""
    thread = _locked(thread, by)
    if thread.hidden_at is None:
        return thread
    thread.hidden_at = thread.hidden_by = None
    thread.save(update_fields=["hidden_at", "hidden_by"])
    record("mail.unhidden", thread, by=by, **_words_of(thread))
    return thread


def _locked(thread: Thread, by: Member) -> Thread:
    rows = Thread.objects.select_for_update(of=("self",)).select_related("client__agency", "project", "assignee")
    thread = rows.get(pk=thread.pk)
    if not thread.can_be_handled_by(by):
        raise PermissionDenied
    return thread


def _words_of(thread: Thread) -> dict:
    mail = newest_of(thread)
    return {"mail": mail.pk, "title": str(mail)}
