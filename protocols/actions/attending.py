"""Who was invited, and who was there. Whoever is noted already keeps the name of that day, because people leave."""

from collections.abc import Iterable

from portal.tenancy.models import Member
from protocols.models import Participation, Protocol


def keep_people(
    protocol: Protocol, present: Iterable[Member], absent: Iterable[Member], uninvited: Iterable[Member] | None
) -> None:
    """Exactly these are noted from now on. uninvited: who came all the same; None leaves that as it is noted."""
    noted = {row.member_id: row for row in protocol.participations.filter(member__isnull=False)}
    there = dict.fromkeys([*present, *(uninvited or ())])
    for member in dict.fromkeys([*there, *absent]):
        row = noted.pop(member.pk, None) or Participation(
            agency_id=protocol.agency_id, protocol=protocol, member=member, name=str(member)[:120]
        )
        row.was_present = member in there
        if not row.was_present:
            row.was_invited = True
        elif uninvited is not None:
            row.was_invited = member not in uninvited
        row.save()
    Participation.objects.filter(pk__in=[row.pk for row in noted.values()]).delete()


def keep_guests(protocol: Protocol, names: Iterable[str]) -> None:
    """People without an account who were there."""
    wanted = dict.fromkeys(name[:120] for name in names)
    guests = protocol.participations.filter(member=None, was_present=True)
    guests.exclude(name__in=wanted).delete()
    known = set(guests.values_list("name", flat=True))
    Participation.objects.bulk_create(
        Participation(agency_id=protocol.agency_id, protocol=protocol, name=name, was_invited=False)
        for name in wanted
        if name not in known
    )
