"""What the pages of mails read: threads page by page with the mail that stands for each, one mail, files of all mails."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

from mailbox.models import Mail, MailAttachment, MailQuerySet, Thread, ThreadQuerySet
from portal.core import paging
from portal.core.paging import Page
from portal.core.prepared import Slot
from portal.tenancy.asking import Question
from portal.tenancy.listing import Listing
from portal.tenancy.models import Client, Member, Project
from tickets.models import Ticket

ROWS = 30
MOST_IN_THREAD = 100
LONG = ("text", "html", "to", "cc", "references")


def threads(member: Member, client: Client) -> ThreadQuerySet:
    """The client's threads in which the member sees a mail. `head`: the newest of them; `unread`: id of the first new one.

    For the agency's people with whoever is to answer, which nobody else learns.
    head: {"pk", "name", "address", "subject", "snippet", "problem", "files"}.
    """
    mails = Mail.objects.visible_to(member).filter(agency_id=OuterRef("agency_id"), thread=OuterRef("pk"))
    head = mails.newest_first().values(
        json=JSONObject(
            pk="pk",
            name="from_name",
            address="from_address",
            subject="subject",
            snippet="snippet",
            problem="problem",
            files="attachment_count",
        )
    )
    unread = mails.unread_by(member).order_by("received_at", "pk").values("pk")
    rows = Thread.objects.visible_to(member).of(client).filter(Exists(mails))
    rows = rows.select_related("assignee__user") if member.is_specialist else rows
    return rows.annotate(head=Subquery(head[:1]), unread=Subquery(unread[:1]))


LISTED = Listing(lambda member, client: threads(member, client).shown(), by="last_at", size=ROWS)


def page_of(member: Member, client: Client, after: str, filters) -> Page:
    """One page of the list; filters: mailbox.forms.FilterForm."""
    if not filters.is_narrowing:
        return LISTED.page(member, client, after)
    return paging.page_of(filters.narrow(threads(member, client), member), after, by="last_at", size=ROWS)


def mails(member: Member, client: Client) -> MailQuerySet:
    """The client's mails as the member may see them, each with its thread, the mark of reading, `lines` and `ticket`.

    lines: all mails of the thread, newest first: [{"pk", "name", "address", "at", "is_read"}]; ticket: what was made of the mail,
    if the member sees it: {"number", "key"}.
    """
    rows = Mail.objects.visible_to(member).of(client).with_read_mark(member)
    same = Mail.objects.visible_to(member).filter(agency_id=OuterRef("agency_id"), thread=OuterRef("thread"))
    facts = {"pk": "pk", "name": "from_name", "address": "from_address", "at": "received_at", "is_read": "is_read"}
    lines = same.with_read_mark(member).newest_first().values(json=JSONObject(**facts))[:MOST_IN_THREAD]
    keys = {name: OuterRef(name) for name in ("agency_id", "client_id", "content_key")}
    tickets = Ticket.objects.visible_to(member).exclude(content_key="").filter(**keys)
    ticket = Subquery(tickets.values(json=JSONObject(number="number", key="key"))[:1])
    rows = rows.annotate(lines=ArraySubquery(lines), ticket=ticket)
    return rows.select_related("thread__assignee__user", "author__user", "project")


def thread_to_print(member: Member, mail: Mail) -> list[Mail]:
    """All of its thread that the member may see, the oldest first, with their files."""
    rows = Mail.objects.visible_to(member).filter(thread=mail.thread_id).select_related("author__user")
    return list(rows.order_by("received_at", "pk").prefetch_related("attachments__file")[:MOST_IN_THREAD])


ONE = Question(lambda member, client: mails(member, client).filter(pk=Slot("mail", BigIntegerField())))
PROJECTS = Question(
    lambda member, client: Project.objects.visible_to(member).filter(client=client).order_by("name").only("pk", "name")
)


def attachments_of(mail: Mail) -> list[MailAttachment]:
    """The files of a mail."""
    if not mail.attachment_count:
        return []
    return list(mail.attachments.select_related("file").order_by("pk"))


def _files(member: Member, client: Client):
    rows = MailAttachment.objects.visible_to(member).of(client).relevant()
    return rows.select_related("file", "mail").defer(*(f"mail__{name}" for name in LONG))


FILES = Listing(_files, by="received_at", size=ROWS)


def files_page(member: Member, client: Client, after: str, filters) -> Page:
    """One page of the files of all mails; filters: mailbox.forms.FileFilterForm."""
    return FILES.page(member, client, after, filters.narrow if filters.is_narrowing else None)
