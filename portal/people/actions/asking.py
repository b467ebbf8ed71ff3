"""Asking for access, and answering. Whoever asks learns nothing by it: neither whether there is anything, nor who decides."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.record import record
from portal.people import rules
from portal.people.access import behind
from portal.people.models import AccessRequest
from portal.tenancy import actions as places
from portal.tenancy.models import Client, Member, Project

MOST_A_DAY = 10


class NoProject(Exception):
    """Somebody who goes by projects gets one, so one has to be chosen."""


@transaction.atomic
def request_access(member: Member, path: str, why: str) -> AccessRequest | None:
    """Ask whoever may decide, once for each thing; None when there is nothing, or nothing to ask."""
    with tenant(member.agency_id):
        found = behind(path, member.agency)
        mine = AccessRequest.objects.filter(agency_id=member.agency_id, member=member)
        lately = mine.filter(asked_at__gt=timezone.now() - timedelta(days=1)).count()
        if found is None or lately >= MOST_A_DAY:
            return None
        client, project = found
        asked, is_new = AccessRequest.objects.get_or_create(
            agency_id=member.agency_id,
            member=member,
            client=client,
            project=project,
            answered_at=None,
            defaults={"path": path[:500], "why": why[:500]},
        )
        if is_new:
            record(
                "access.requested",
                asked,
                by=member,
                client=client,
                request=asked.pk,
                name=str(member),
                place=str(client),
            )
    return asked


@transaction.atomic
def grant(asked: AccessRequest, *, by: Member, areas: list[str], level: str, project: Project | None) -> None:
    """Contacts get areas of the client besides those they have, whoever goes by projects one at this level. Raises NoProject.

    Nobody opens more by an answer than he could without being asked, and nothing for somebody who has left.
    """
    asked = _locked(asked, by)
    if asked.member.ended_at is not None:
        raise PermissionDenied
    with tenant(asked.agency_id):
        if asked.gets_areas:
            if not (
                rules.areas_can_be_changed_by(asked.member, asked.client, by) or _sees_all(by, asked.client, areas)
            ):
                raise PermissionDenied
            have = [area for row in asked.member.accesses if row.client_id == asked.client_id for area in row.areas]
            places.set_access(asked.member, asked.client, sorted({*have, *areas}))
        else:
            chosen = project or asked.project
            if chosen is None or chosen.client_id != asked.client_id:
                raise NoProject
            if not rules.may_have(asked.member, chosen):
                raise PermissionDenied
            places.share_project(chosen, level=level, member=asked.member)
            asked.project = chosen
        _answer(asked, by, is_granted=True)
    area = next(iter(areas or sorted(rules.own_areas(asked.client, asked.member))), "work")
    place = asked.client if asked.member.knows_clients else asked.project
    words: dict[str, Any] = {"member": asked.member_id, "place": str(place)}
    record("access.granted", asked, by=by, client=asked.client, area=area, **words)


@transaction.atomic
def refuse(asked: AccessRequest, *, by: Member) -> None:
    """Nothing opens. The person is not told why, nor that there is anything."""
    asked = _locked(asked, by)
    with tenant(asked.agency_id):
        _answer(asked, by, is_granted=False)


def _sees_all(by: Member, client: Client, areas: list[str]) -> bool:
    """An account manager who keeps no people opens what is open to himself."""
    return all(by.sees_area(client, area) for area in areas)


def _locked(asked: AccessRequest, by: Member) -> AccessRequest:
    rows = AccessRequest.objects.select_for_update(of=("self",))
    asked = rows.select_related("member__user", "member__role", "member__vendor", "client", "project").get(pk=asked.pk)
    if not asked.can_be_answered_by(by):
        raise PermissionDenied
    return asked


def _answer(asked: AccessRequest, by: Member, *, is_granted: bool) -> None:
    asked.answered_at, asked.answered_by, asked.is_granted = timezone.now(), by, is_granted
    asked.save(update_fields=["answered_at", "answered_by", "is_granted", "project"])
