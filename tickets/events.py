"""What can happen to tickets, who is told, and what of it is mailed."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind, Said
from portal.events.models import Event
from portal.notifications.audience import everybody, responsible
from portal.tenancy.models import Member
from portal.tenancy.models.role import Kind as MemberKind
from portal.tenancy.naming import name_of
from tickets import keys, muting
from tickets.models import Comment, Follower, TeamMember, Ticket, TicketFile, TicketStatus
from tickets.presenting import said_by

PUBLIC, PRIVATE = "ticket", "note"
"""What an answer becomes: a comment for everybody of the ticket, or a private one."""


def _followers(event: Event) -> QuerySet[Member]:
    """Who follows. As long as these are the client's people alone, who is responsible for the client hears what they do: else a
    question about a ticket that nobody has taken yet would reach nobody.
    """
    rows = Follower.objects.filter(agency_id=event.agency_id, ticket_id=event.subject_id)
    told = Q(pk__in=rows.listening().values("member_id"))
    if event.side == "client" and not rows.listening().exclude(member__kind=MemberKind.CONTACT).exists():
        told |= responsible(event) & ~Q(pk__in=rows.values("member_id"))
    return everybody(event).filter(told)


def _told_of_words(event: Event) -> QuerySet[Member]:
    """Followers, but for the one whom the words are meant for: a message of its own tells him."""
    return _followers(event).exclude(pk=event.payload.get("direct") or 0)


def _addressee(event: Event) -> QuerySet[Member]:
    return everybody(event).filter(pk=event.payload["direct"])


def _told_of_new(event: Event) -> QuerySet[Member]:
    """Followers, and who is responsible for the client, for nobody works on it yet."""
    return _followers(event) | everybody(event).filter(responsible(event))


def _told_of_desk(event: Event) -> QuerySet[Member]:
    """Whoever has it now, or the team in whose queue it lies."""
    team = TeamMember.objects.filter(agency_id=event.agency_id, team_id=event.payload["team"] or 0)
    return everybody(event).filter(Q(pk=event.payload["assignee"] or 0) | Q(pk__in=team.values("member_id")))


def _told_of_merging(event: Event) -> QuerySet[Member]:
    """Those followers who follow the other one too, as whoever sees it does since then."""
    there = Follower.objects.filter(agency_id=event.agency_id, ticket_id=event.payload.get("into_id") or 0)
    return _followers(event).filter(pk__in=there.values("member_id"))


def _new_follower(event: Event) -> QuerySet[Member]:
    return everybody(event).filter(pk=event.payload["follower"])


def _link(event: Event) -> str:
    return reverse("tickets:detail", args=[event.payload["client"], event.payload["number"]])


def _link_to_comment(event: Event) -> str:
    return f"{_link(event)}#comment-{event.payload['comment']}"


def _comment(event: Event, member: Member) -> Said | None:
    """What was said, as it stands now and as far as the member may read it."""
    rows = Comment.objects.visible_to(member).filter(pk=event.payload["comment"])
    said = rows.select_related("author__user", "ticket").first()
    if said is None:
        return None
    # Joined, not fetched apart: what the member may not have is no row then, and stops no mail.
    files = TicketFile.objects.visible_to(member).filter(comment=said).select_related("file").order_by("pk")
    return Said(name_of(said.author), said.shown_text, tuple(link.file.name for link in files))


def _request(event: Event, member: Member) -> Said | None:
    """What the ticket asks for; of outsiders nobody is mailed words that may be somebody else's."""
    place = {"client__slug": event.payload["client"], "number": event.payload["number"]}
    ticket = Ticket.objects.visible_to(member).filter(**place).select_related("logger__user", "opened_by__user").first()
    if ticket is None or not ticket.description or (ticket.is_doubted and not member.is_specialist):
        return None
    warning = gettext("It came by mail, and nobody vouches for the sender.")
    asked = ticket.shown_description
    return Said(said_by(ticket), f"*{warning}*\n\n{asked}" if ticket.is_doubted else asked)


def _state(event: Event, member: Member) -> Said | None:
    """The new state, in the reader's own word for it."""
    step = TicketStatus.objects.visible_to(member).filter(pk=event.payload.get("step", 0)).first()
    return Said(gettext("State"), step.word_for(member)) if step else None


def _leave(event: Event, member: Member) -> tuple[str, str]:
    """Followers can leave one ticket alone."""
    return gettext("No more mails about %(key)s") % keys.shown_words(event.payload), muting.path_for(
        member, event.subject_id
    )


def _kind(code: str, title, label, icon: str, **more) -> Kind:
    words = {
        "area": "tickets",
        "told": _followers,
        "link": _link,
        "reply": PUBLIC,
        "timeline": False,
        "said": keys.shown_words,
        **more,
    }
    if words["told"] in FOLLOWING:
        words["leave"] = _leave
    return Kind(f"ticket.{code}", title, label=label, icon=icon, **words)


FOLLOWING = (_followers, _told_of_words, _told_of_new, _told_of_merging)
"""Who is told because he follows, and can end that; what is meant for one person reaches him all the same."""
AMONG_US: dict[str, Any] = {"internal": True, "reply": PRIVATE, "members": ("specialist", "vendor")}
KINDS = (
    _kind(
        "opened",
        _("New ticket %(key)s: %(title)s"),
        _("New tickets"),
        "ticket",
        told=_told_of_new,
        timeline=True,
        quote=_request,
    ),
    _kind(
        "commented",
        _("%(key)s %(title)s"),
        _("Comments on tickets"),
        "chat",
        told=_told_of_words,
        link=_link_to_comment,
        quote=_comment,
    ),
    _kind(
        "messaged",
        _("For you: %(key)s %(title)s"),
        _("Messages to me about tickets"),
        "chat",
        told=_addressee,
        link=_link_to_comment,
        quote=_comment,
        urgent=True,
        members=("specialist", "vendor"),
    ),
    _kind(
        "noted",
        _("Private: %(key)s %(title)s"),
        _("Private comments on tickets"),
        "lock",
        told=_told_of_words,
        link=_link_to_comment,
        quote=_comment,
        **AMONG_US,
    ),
    _kind(
        "whispered",
        _("For you, private: %(key)s %(title)s"),
        _("Private messages to me about tickets"),
        "lock",
        told=_addressee,
        link=_link_to_comment,
        quote=_comment,
        urgent=True,
        **AMONG_US,
    ),
    _kind("moved", _("New state of %(key)s %(title)s"), _("States of tickets"), "flag", quote=_state),
    _kind("changed", _("Changed: %(key)s %(title)s"), _("Changes of tickets"), "edit", amends="ticket.opened"),
    _kind(
        "assigned",
        _("On your desk: %(key)s %(title)s"),
        _("Tickets for me or my team"),
        "user",
        told=_told_of_desk,
        members=("specialist", "vendor"),
    ),
    _kind("shared", _("You follow %(key)s %(title)s"), _("Tickets that I was added to"), "users", told=_new_follower),
    _kind("closed", _("Done: %(key)s %(title)s"), _("Tickets that are done"), "check", timeline=True),
    _kind("reopened", _("Open again: %(key)s %(title)s"), _("Tickets that were opened again"), "undo"),
    _kind(
        "merged",
        _("%(key)s %(title)s goes on in %(into)s"),
        _("Tickets that were merged"),
        "link",
        told=_told_of_merging,
    ),
)
