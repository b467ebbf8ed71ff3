"""The original of a mail for people outside the agency: as its writer wrote it, without what the way added and who got it unseen.

Nobody else's alias stands in it either, for whoever reads one could write in that name (portal.mail.aliases).
"""

import re

from portal.mail.aliases import unsealed

END = re.compile(rb"\n\r?\n|\r\r")
PRIVATE = (
    rb"(?:resent-)?bcc|received(?:-spf)?|x-received|return-path|delivered-to|x-original-to|envelope-(?:to|from)|"
    rb"x-envelope-[\w-]{1,40}|authentication-results|arc-[\w-]{1,40}|x-forwarded-(?:to|for)"
)
FIELD = re.compile(
    rb"(?:(?<=[\r\n])|\A)(?:" + PRIVATE + rb")[ \t]*:[^\r\n]*(?:\r\n|\r|\n|\Z)(?:[ \t][^\r\n]*(?:\r\n|\r|\n|\Z))*",
    re.IGNORECASE,
)


def for_outsiders(raw: bytes) -> bytes:
    """The same bytes without these headers. What stands below the first blank line is untouched, so signatures stay good."""
    end = END.search(raw)
    place = end.start() + 1 if end else len(raw)
    head = FIELD.sub(b"", raw[:place]).decode("latin-1")
    return unsealed(head).encode("latin-1") + raw[place:]
