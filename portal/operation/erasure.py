"""Erasing a person from one agency: the content stays, whose it was is forgotten.

The member's place gets an account without a person. The real account goes too, unless it has a place in another agency or
looks after the platform. The audit log is append-only by law and by design: it keeps what it has.
"""

import uuid
from typing import Any

from django.db import transaction

from portal.accounts.models import User
from portal.audit.log import log
from portal.core.context import tenant
from portal.events.models import Event
from portal.mail.models import MailReply, OutgoingMail
from portal.notifications.models import Notification, Preference
from portal.people.models import Invitation, PinnedClient, StartChoice
from portal.tenancy.models import Absence, Agency, Member
from protocols.models import Participation

NOBODY = "Former member"
AT_ONCE = 500


class Refused(Exception):
    """There is no such person here, or the place has not ended."""


@transaction.atomic
def erase(email: str, agency: Agency) -> bool:
    """Forget a former member of the agency. True when the account went too. Raises Refused."""
    with tenant(agency.pk):
        rows = Member.objects.select_related("user").select_for_update(of=("self",))
        member = rows.filter(agency=agency, user__email=email.strip().lower()).first()
        if member is None:
            raise Refused(f"Nobody with this address has or had a place at {agency}.")
        if member.ended_at is None:
            raise Refused(f"{member} still has a place at {agency}. End it first.")
        person = member.user
        names = [name for name in (person.name, person.email) if name]
        _unname_place(member)
        _unname_traces(member, names, person.email)
        is_alone = not person.is_staff and not _has_other_places(person, member)
        if is_alone:
            person.delete()
        log("person.erased", {"member": member.pk, "account": is_alone})
    return is_alone


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
    for own in (Notification, Preference, PinnedClient, StartChoice, Absence):
        own._default_manager.filter(**mine).delete()
    Invitation.objects.filter(agency_id=member.agency_id, email=email).delete()
    OutgoingMail.objects.filter(agency_id=member.agency_id, to__contains=[email]).delete()
    for model in (Event, Notification):
        _unname_payloads(model, member.agency_id, names)


def _unname_payloads(model: Any, agency_id: int, names: list[str]) -> None:
    """Titles are made of payloads, which keep the names of the day."""
    for name in names:
        rows = model.objects.filter(agency_id=agency_id, payload__icontains=name)
        for row in rows.only("pk", "payload").iterator(AT_ONCE):
            changed = {key: NOBODY if value == name else value for key, value in row.payload.items()}
            if changed != row.payload:
                model.objects.filter(agency_id=agency_id, pk=row.pk).update(payload=changed)


def _has_other_places(person: User, member: Member) -> bool:
    return Member.objects.using("maint").filter(user=person.pk).exclude(pk=member.pk).exists()
