"""Putting a mail into its thread: the one that it answers, or a new one."""

from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest

from mailbox.models import Mail, Thread
from mailbox.threading import Known, is_vouched, people_of, thread_of
from portal.events.record import record
from portal.mail.parsed import ParsedMail
from portal.tenancy.models import Client, Member, Project

MOST_KNOWN = 500
"""So many mails of the threads that are referred to are looked at, the newest first."""


def place(
    client: Client, project: Project | None, mail: ParsedMail, *, at: datetime, author: Member | None = None
) -> Thread:
    """The thread for a new mail. An answer belongs where its thread lies, unless its address names another project.

    author: whose personal address it came to.
    """
    is_examined = bool(settings.MAIL_AUTHSERV_ID or settings.MAIL_CHECK_SENDERS)
    may_join = is_vouched(mail, has_own_address=author is not None, is_examined=is_examined)
    answered = _answered(client, mail) if may_join else None
    if answered and project in (None, answered.project):
        return join(answered, at=at)
    return begin(client, project, at=at)


def begin(client: Client, project: Project | None, *, at: datetime) -> Thread:
    """A new thread, for one mail."""
    return Thread.objects.create(agency_id=client.agency_id, client=client, project=project, last_at=at)


def join(thread: Thread, *, at: datetime) -> Thread:
    """One mail more. What was set aside comes back, for nobody has said that the new mail is not relevant."""
    thread = (
        Thread.objects.select_for_update(of=("self",)).select_related("client__agency", "project").get(pk=thread.pk)
    )
    if thread.hidden_at:
        record("mail.unhidden", thread, by=None, mail=newest_of(thread).pk, title=str(newest_of(thread)))
    changes = {"last_at": Greatest(F("last_at"), at), "mail_count": F("mail_count") + 1}
    Thread.objects.filter(pk=thread.pk).update(hidden_at=None, hidden_by=None, **changes)
    return thread


def bring(mail: Mail, thread: Thread) -> None:
    """A mail that began a thread, and is alone there, comes to another in the same project."""
    own = mail.thread
    if own == thread or own.mail_count > 1 or own.project_id != thread.project_id:
        return
    join(thread, at=mail.received_at)
    Mail.objects.filter(pk=mail.pk).update(thread=thread)
    own.delete()


def note_last_word(mail: Mail, *, is_ours: bool) -> None:
    """Answered, or waiting for an answer."""
    at = mail.received_at if is_ours else None
    Thread.objects.filter(pk=mail.thread_id, last_at__lte=mail.received_at).update(answered_at=at)


def newest_of(thread: Thread) -> Mail:
    """The mail that stands for the thread."""
    rows = Mail.objects.filter(agency_id=thread.agency_id, thread=thread)
    return rows.newest_first().defer("text", "html")[0]


def _answered(client: Client, mail: ParsedMail) -> Thread | None:
    if not mail.references:
        return None
    rows = Mail.objects.filter(agency_id=client.agency_id, client=client)
    threads = rows.filter(message_id__in=mail.references).values("thread_id")
    found = rows.filter(thread__in=threads).newest_first()
    parts = found.values_list("thread_id", "message_id", "from_address", "to", "cc")[:MOST_KNOWN]
    pk = thread_of(mail, [Known(thread, key, people_of(sender, to, cc)) for thread, key, sender, to, cc in parts])
    return Thread.objects.select_related("project").get(pk=pk) if pk else None
