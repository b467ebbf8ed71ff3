"""Erasing a person from one agency: the content stays, whose it was is forgotten.

The member's place gets an account without a person. The real account goes too, unless it has a place in another agency or
looks after the platform. The audit log is append-only by law and by design: it keeps what it has.
"""

import json
import re
import uuid
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.models.functions import Cast, Concat, Lower

from mailbox.models import AddressTest, Draft, KnownAddress, MailRead, is_letter
from portal.accounts.models import User
from portal.audit.log import log
from portal.core.context import tenant
from portal.events.models import Event, Revision
from portal.mail.models import MailReply, OutgoingMail
from portal.notifications.models import Delivery, Notification, Preference
from portal.people.models import AccessRequest, Invitation, PinnedClient, StartChoice
from portal.search.keeping import index_again
from portal.tenancy.models import Absence, Agency, Client, Member, Submission
from protocols.models import CalendarFeed, Participation, Version
from tickets.models import Change, Follower, SavedView, TeamMember
from timeline.models import Visit, WeeklyChoice, WeeklyMail
from worklog.models import Timer

NOBODY = "Former member"
OWN: tuple[type[models.Model], ...] = (
    *(Absence, Submission, Notification, Delivery, Preference, PinnedClient, StartChoice, AccessRequest),
    *(Visit, WeeklyChoice, WeeklyMail, Timer, CalendarFeed, AddressTest, Draft, MailRead),
    *(TeamMember, Follower, SavedView),
)
"""What was only ever the person's own, and goes. Any other key to a member shows the nameless place from then on."""
WORDS: dict[type[models.Model], tuple[str, ...]] = {
    Event: ("payload",),
    Revision: ("old",),
    Notification: ("payload",),
    Version: ("content",),
    Change: ("old", "new"),
}
"""Columns that keep the names of the day."""
ALONE = r"(?<![\w.+%-]){}(?!\.?[\w-])"
"""An address that is not the end or the beginning of another one."""
AT_ONCE = 500


class Refused(Exception):
    """There is no such person here, or the place has not ended."""


class Erased(NamedTuple):
    """account: it went too. name_stays: in words of the day, since a client or somebody else there is called so as well."""

    account: bool
    name_stays: bool


@transaction.atomic
def erase(email: str, agency: Agency) -> Erased:
    """Forget a former member of the agency. Raises Refused."""
    with tenant(agency.pk):
        rows = Member.objects.select_related("user").select_for_update(of=("self",))
        member = rows.filter(agency=agency, user__email=email.strip().lower()).first()
        if member is None:
            raise Refused(f"Nobody with this address has or had a place at {agency}.")
        if member.ended_at is None:
            raise Refused(f"{member} still has a place at {agency}. End it first.")
        person = member.user
        is_shared = _is_name_of_others(person, member)
        names = [name for name in (person.email, "" if is_shared else person.name) if name]
        _unname_place(member)
        _unname_traces(member, names, person.email)
        is_alone = not person.is_staff and not _has_other_places(person, member)
        if is_alone:
            person.delete()
        log("person.erased", {"member": member.pk, "account": is_alone})
    return Erased(account=is_alone, name_stays=is_shared)


def _is_name_of_others(person: User, member: Member) -> bool:
    """What was written about a namesake must not become a former member's; nothing tells the two apart there."""
    if not person.name:
        return False
    people = Member.objects.filter(agency_id=member.agency_id, user__name=person.name).exclude(pk=member.pk)
    return people.exists() or Client.objects.filter(agency_id=member.agency_id, name=person.name).exists()


def _unname_place(member: Member) -> None:
    nobody = User(email=f"{uuid.uuid4().hex}@erased.invalid", name=NOBODY, is_active=False)
    nobody.set_unusable_password()
    nobody.save()
    member.user, member.position, member.phone = nobody, "", ""
    member.save(update_fields=["user", "position", "phone"])


def _unname_traces(member: Member, names: list[str], email: str) -> None:
    """What names the person elsewhere in the agency, or was only ever the person's own."""
    mine = {"agency_id": member.agency_id, "member": member}
    Participation.objects.filter(**mine).update(name=NOBODY)
    MailReply.objects.filter(**mine).update(sender="")
    for own in OWN:
        own._default_manager.filter(**mine).delete()
    Invitation.objects.filter(agency_id=member.agency_id, email__iexact=email).delete()
    KnownAddress.objects.filter(agency_id=member.agency_id, address__iexact=email).delete()
    _unname_mails(member.agency_id, email)
    for model, columns in WORDS.items():
        for column in columns:
            _unname_words(model, column, member.agency_id, names)
    index_again(member)


def _unname_mails(agency_id: int, email: str) -> None:
    """Mails of ours to the person alone go; where others read along, and from letters, only the address goes."""
    people = Lower(Concat(Cast("to", models.TextField()), Cast("cc", models.TextField())))
    mails = OutgoingMail.objects.filter(agency_id=agency_id).alias(people=people)
    for mail in mails.filter(people__contains=email.lower()).annotate(stays=is_letter()):
        mail.to, mail.cc = ([one for one in some if one.lower() != email.lower()] for some in (mail.to, mail.cc))
        if mail.to or mail.stays:
            mail.save(update_fields=["to", "cc"])
        else:
            mail.delete()


def _unname_words(model: Any, column: str, agency_id: int, names: list[str]) -> None:
    for name in names:
        written = json.dumps(name, ensure_ascii=False)[1:-1]
        rows = model.objects.filter(agency_id=agency_id, **{f"{column}__icontains": written})
        for row in rows.only("pk", column).iterator(AT_ONCE):
            unnamed = _without(name, getattr(row, column))
            if unnamed != getattr(row, column):
                model.objects.filter(agency_id=agency_id, pk=row.pk).update(**{column: unnamed})


def _without(name: str, value: Any) -> Any:
    """The value where the name alone is NOBODY's, and where an address is, anywhere in a text."""
    if isinstance(value, dict):
        return {key: _without(name, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(name, one) for one in value]
    if isinstance(value, str) and "@" in name:
        return re.sub(ALONE.format(re.escape(name)), NOBODY, value, flags=re.IGNORECASE)
    return NOBODY if value == name else value


def _has_other_places(person: User, member: Member) -> bool:
    return Member.objects.using("maint").filter(user=person.pk).exclude(pk=member.pk).exists()
