"""From the question to what is shown: one call of search_find for all kinds, one look of each app at what it found."""

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from portal.search import veil
from portal.search.asking import Asked
from portal.search.searchables import NEWEST, Hit, Searchable, open_to
from portal.tenancy.models import Client, Member

MOST = 60
"""Newest entries of each kind that are looked at; some of them may be hidden by what only their app knows."""
FIND = (
    "SELECT f.kind, f.subject_id, search_stems(%(words)s::text[]) FROM search_find("
    "search_query(%(words)s::text[], %(phrases)s::text[], %(without)s::text[]), %(kinds)s::text[], %(sender)s, "
    "%(clients)s::bigint[], %(since)s, %(before)s, %(most)s) f"
)


@dataclass
class Group:
    """Hits of one kind, newest first. is_full: there may be more."""

    kind: Searchable
    hits: list[Hit]
    is_full: bool


@dataclass
class Found:
    """stems: beginnings of words that are marked in what is quoted."""

    groups: list[Group] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)


def find(member: Member, asked: Asked) -> Found:
    """What the member may see and what fits the question; kinds without a hit are left out."""
    kinds, clients = _places(member, asked)
    if asked.is_empty or not kinds:
        return Found()
    rows = _entries(veil.looked_for(asked, kinds, member), kinds, clients)
    found = Found(stems=sorted({*asked.words, *asked.phrases, *(rows[0][2] or [] if rows else [])}))
    for kind in kinds:
        ids = [pk for code, pk, _stems in rows if code == kind.code]
        shown = dict(kind.show(member, ids)) if ids else {}
        hits = _in_order(veil.standing_in(shown, asked, kind, member), ids)
        if hits:
            found.groups.append(Group(kind, hits[:NEWEST], len(hits) > NEWEST or len(ids) == MOST))
    return found


def _places(member: Member, asked: Asked) -> tuple[list[Searchable], list[int] | None]:
    """The kinds to look for, and the clients to look at (None: all)."""
    kinds = open_to(member)
    named = [kind for kind in kinds if any(kind.is_called(name) for name in asked.places)]
    others = [name for name in asked.places if not any(kind.is_called(name) for kind in kinds)]
    clients = Client.objects.visible_to(member)
    if not others or not member.knows_clients:
        # The wall of search_find lets the agency's people through; of those who see some clients, the newest of all would hide theirs.
        is_limited = member.is_specialist and not member.sees_all_clients
        return named or kinds, sorted(clients.values_list("pk", flat=True)) if is_limited else None
    ids = {
        pk
        for name in others
        for pk in clients.filter(Q(slug=name) | Q(name__icontains=name)).values_list("pk", flat=True)
    }
    return named or kinds, sorted(ids)


def _entries(
    asked: Asked, kinds: list[Searchable], clients: list[int] | None
) -> list[tuple[str, int, list[str] | None]]:
    values = {
        "words": asked.words,
        "phrases": asked.phrases,
        "without": asked.without,
        "kinds": [kind.code for kind in kinds],
        "sender": asked.sender,
        "clients": clients,
        "since": asked.since,
        "before": asked.before,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND, values)
        return cursor.fetchall()


def _in_order(hits: dict[int, Hit], ids: list[int]) -> list[Hit]:
    return [hits[pk] for pk in ids if pk in hits]
