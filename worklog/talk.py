"""The question about an entry as its page shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.core.formats import format_date
from portal.tenancy.models import Member
from worklog.actions.tracing import mark_of
from worklog.models import Explanation, ExplanationPost, WorkEntry
from worklog.presenting import state_of
from worklog.questions import can_be_answered_by, can_be_asked_by, can_be_released_by


@dataclass(frozen=True)
class Talk:
    """state: (words, tone), None as long as nobody has asked. hint: what happens next. mark: of the entry as it is on the page."""

    state: tuple[str, str] | None
    is_answered: bool
    posts: list[ExplanationPost]
    hint: str
    may_ask: bool
    may_answer: bool
    may_release: bool
    mark: str = ""

    @property
    def is_shown(self) -> bool:
        return self.may_ask or self.state is not None


def talk_of(entry: WorkEntry, member: Member) -> Talk:
    """One query: a question is asked with its first post."""
    of_entry = ExplanationPost.objects.visible_to(member).filter(explanation__entry=entry).order_by("posted_at", "pk")
    posts = list(of_entry.select_related("posted_by__user", "explanation__released_by__user"))
    if not posts:
        return Talk(None, False, [], "", can_be_asked_by(entry, member), may_answer=False, may_release=False)
    found = posts[0].explanation
    return Talk(
        state_of(found.answered_at, found.released_at),
        found.answered_at is not None,
        posts,
        _hint(found),
        may_ask=can_be_asked_by(entry, member),
        may_answer=can_be_answered_by(found, entry, member),
        may_release=found.released_at is None and can_be_released_by(entry, member),
        mark=mark_of(entry),
    )


def _hint(found: Explanation) -> str:
    if found.released_at:
        day = format_date(found.released_at, style="short")
        if found.released_by is None:
            return _("Released on %(day)s, because nobody said anything more.") % {"day": day}
        return _("Released on %(day)s by %(name)s.") % {"day": day, "name": found.released_by}
    if found.due_on is None:
        return _("It is not invoiced before it is answered.")
    day = format_date(found.due_on, style="weekday")
    return _("Without another word it is released on %(day)s and may then be invoiced.") % {"day": day}
