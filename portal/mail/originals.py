"""The original of a mail for people outside the agency: as its writer wrote it, without what the way added, who got it unseen, and
the addresses by which one of its readers writes in his own name.
"""

import re

from portal.mail.personal import unsealed_bytes

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
    """The same bytes without these headers. What stands below the first blank line is otherwise untouched, so signatures stay good."""
    end = END.search(raw)
    place = end.start() + 1 if end else len(raw)
    return unsealed_bytes(FIELD.sub(b"", raw[:place]) + raw[place:])
