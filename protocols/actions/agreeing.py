"""From the time for corrections to what counts as agreed."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.events.record import record
from portal.tenancy.models import Member
from protocols.actions.writing import words_of
from protocols.models import Protocol
from protocols.notice import arrived_at, corrections_until


class OpenCorrections(Exception):
    """Nothing is agreed while a correction waits for an answer."""


class Outdated(Exception):
    """It says something else since it was on the screen."""


@transaction.atomic
def accept(protocol: Protocol, *, by: Member, seen: int | None = None) -> Protocol:
    """The other side says yes. seen: the version that it has read. Raises `OpenCorrections` and `Outdated`; a second call changes
    nothing.
    """
    protocol = _locked(protocol)
    if protocol.is_accepted:
        return protocol
    if not protocol.can_be_accepted_by(by):
        raise PermissionDenied
    if seen not in (None, protocol.version):
        raise Outdated
    if protocol.comments.open_corrections().exists():
        raise OpenCorrections
    return _accepted(protocol, by=by)


@transaction.atomic
def accept_by_silence(protocol_id: int) -> bool:
    """The time for corrections is over: agreed, if the other side was told, and nothing is open. Safe to run again.

    A notice that came only when it was over begins it anew, and of a closed client nothing is agreed: nobody agrees by silence
    to what he could not have corrected.
    """
    protocol = _locked(Protocol(pk=protocol_id))
    until = protocol.correct_until
    if protocol.is_accepted or not protocol.is_published or until is None or until > timezone.now():
        return False
    if protocol.client.is_read_only or protocol.comments.open_corrections().exists():
        return False
    told_at = arrived_at(protocol)
    if told_at is None:
        return False
    if told_at > until:
        protocol.correct_until = corrections_until(protocol, told_at)
        protocol.save(update_fields=["correct_until"])
        return False
    _accepted(protocol, by=None)
    return True


def _locked(protocol: Protocol) -> Protocol:
    return Protocol.objects.select_for_update(of=("self",)).select_related("client__agency").get(pk=protocol.pk)


def _accepted(protocol: Protocol, *, by: Member | None) -> Protocol:
    protocol.accepted_at, protocol.accepted_by, protocol.accepted_by_silence = timezone.now(), by, by is None
    protocol.save(update_fields=["accepted_at", "accepted_by", "accepted_by_silence"])
    record("protocol.accepted", protocol, by=by, side="" if by else _other_side(protocol), **words_of(protocol))
    return protocol


def _other_side(protocol: Protocol) -> str:
    return "client" if protocol.side == "agency" else "agency"
