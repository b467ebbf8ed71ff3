"""How tickets are called: the initials of the client and a number. Pure, but for the counter that is locked."""

import re
from collections.abc import Container
from itertools import chain, count

from django.db import IntegrityError, transaction

from portal.tenancy.models import Client
from tickets.models import TicketCounter

LONGEST = 4
"""Letters of a prefix, before digits that make it the only one."""


def initials_of(name: str) -> str:
    """ "Hanse Möbelwerk" is HM, "Acme" is ACM; "T" when there are no letters at all."""
    words = [word for word in re.findall(r"[^\W_]+", name.upper()) if word[0].isalnum()]
    letters = "".join(word[0] for word in words) if len(words) > 1 else "".join(words)[:3]
    return letters[:LONGEST] or "T"


def prefix_for(name: str, taken: Container[str]) -> str:
    """The initials, with a number when another client has them."""
    first = initials_of(name)
    more = (f"{first}{number}" for number in count(2))
    return next(prefix for prefix in chain([first], more) if prefix not in taken)


def next_number(client: Client) -> tuple[int, str]:
    """The next number and the key; whoever comes at the same moment waits. Call with the agency's sight, in a transaction."""
    counter = _locked(client) or _made(client)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last, f"{counter.prefix}-{counter.last}"


def _locked(client: Client) -> TicketCounter | None:
    rows = TicketCounter.objects.select_for_update().filter(agency_id=client.agency_id, client=client)
    return rows.first()


def _made(client: Client) -> TicketCounter:
    """The client's first ticket; another client of the same initials may begin at the same moment."""
    while True:
        counters = TicketCounter.objects.filter(agency_id=client.agency_id)
        prefix = prefix_for(client.name, set(counters.values_list("prefix", flat=True)))
        try:
            with transaction.atomic():
                TicketCounter.objects.create(agency_id=client.agency_id, client=client, prefix=prefix)
        except IntegrityError:
            pass
        if counter := _locked(client):
            return counter
