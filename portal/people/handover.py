"""What somebody leaves behind whose place ends: apps that hold such things register how they are handed over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.tenancy.models import Client, Member


@dataclass(frozen=True)
class Handover:
    """One sort of open things. count: how many the member holds; hand_over: gives them to somebody else."""

    label: Any
    count: Callable[[Member], int]
    hand_over: Callable[[Member, Member], None]


_handovers: list[Handover] = []
_closings: list[Callable[[Member], None]] = []
_merges: list[Callable[[Member, Member], None]] = []


def register(handover: Handover) -> None:
    """Called from AppConfig.ready."""
    _handovers.append(handover)


def on_end(close: Callable[[Member], None]) -> None:
    """close: ends what runs for a member and cannot be given to anybody, whatever its kind. Called from AppConfig.ready."""
    _closings.append(close)


def on_merge(move: Callable[[Member, Member], None]) -> None:
    """move: gives what names the first place otherwise than by a key to the second one. Called from AppConfig.ready."""
    _merges.append(move)


def open_things_of(member: Member) -> list[tuple[Any, int]]:
    """(label, count) of what would be left without anybody."""
    counted = [(handover.label, handover.count(member)) for handover in _handovers]
    return [(label, count) for label, count in counted if count]


def hand_over(member: Member, to: Member) -> None:
    """Give all of it to `to`. Call inside the transaction that ends the place."""
    for handover in _handovers:
        handover.hand_over(member, to)


def close(member: Member) -> None:
    """End what runs for the member, while its access is still there. Call inside the transaction that ends the place."""
    for closing in _closings:
        closing(member)


def merge(member: Member, into: Member) -> None:
    """Move what no key shows. Call inside the transaction that merges two places."""
    for move in _merges:
        move(member, into)


def managed_clients_of(member: Member) -> int:
    """Clients whose account manager this is."""
    return Client.objects.filter(agency_id=member.agency_id, manager=member).count()


def hand_clients_over(member: Member, to: Member) -> None:
    """The new account manager of all of them."""
    Client.objects.filter(agency_id=member.agency_id, manager=member).update(manager=to)
