"""Keyset paging of mails: the position of the last row shown, as a short word in the address."""

import re
from datetime import UTC, datetime, timedelta

POSITION = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def position_of(mail) -> str:
    """Where this mail stands in the list."""
    return f"{(mail.received_at - BEGINNING) // MICROSECOND}-{mail.pk}"


def position_from(word: str) -> tuple[datetime, int] | None:
    """The position that a word names; None for anything else, which means the beginning."""
    found = POSITION.fullmatch(word)
    if found is None:
        return None
    try:
        return BEGINNING + int(found[1]) * MICROSECOND, int(found[2])
    except OverflowError:
        return None
