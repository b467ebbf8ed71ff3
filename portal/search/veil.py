"""Searching without learning what clients are called: the index knows names, addresses and initials, and confirms no guess at them."""

from dataclasses import replace

from django.db import connection

from portal.search.asking import Asked
from portal.search.searchables import Hit, Searchable
from portal.tenancy.models import Member

STANDING = """
SELECT number FROM unnest(%(titles)s::text[], %(texts)s::text[]) WITH ORDINALITY AS hit (title, body, number)
WHERE search_words(search_language(concat_ws(' ', title, body)), title, body)
  @@ search_query(%(words)s::text[], %(phrases)s::text[], %(without)s::text[])
"""


def looked_for(asked: Asked, kinds: list[Searchable], member: Member) -> Asked:
    """The question to the index: words that are shown differently to this member as they stand there, and none that must be missing."""
    if member.knows_clients:
        return asked
    words = asked.words
    for way in {kind.behind_veil for kind in kinds if kind.behind_veil}:
        words = [way(word) for word in words]
    return replace(asked, words=words, without=[])


def standing_in(shown: dict[int, Hit], asked: Asked, kind: Searchable, member: Member) -> dict[int, Hit]:
    """Those hits in which this member reads what was asked: the words in title or text, the sender among the facts."""
    if member.knows_clients:
        return shown
    sender = asked.sender.casefold()
    found = {pk: hit for pk, hit in shown.items() if any(sender in fact.casefold() for fact in hit.facts)}
    wanted = {"words": asked.words, "phrases": asked.phrases} if kind.behind_veil else {"words": [], "phrases": []}
    if not found or not (any(wanted.values()) or asked.without):
        return found
    titles, texts = [hit.title for hit in found.values()], [hit.text for hit in found.values()]
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"titles": titles, "texts": texts, "without": asked.without, **wanted})
        numbers = {number for (number,) in cursor.fetchall()}
    return {pk: hit for number, (pk, hit) in enumerate(found.items(), 1) if number in numbers}
