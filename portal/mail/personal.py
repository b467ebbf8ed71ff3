"""What makes an address of ours one person's: the seal of an alias, and the token of an answer.

Whoever reads one can write in that person's name, so no other reader of the mail is shown it.
"""

import re

from portal.mail.addresses import ALPHABET, RANDOM_LETTERS
from portal.mail.aliases import PREFIX, SEAL_LETTERS
from portal.mail.replies import question_at
from portal.mail.reply_addresses import LOCAL

# An alias is known by the random letters of the client's address before it.
ALIAS = rf"(?<=-[{ALPHABET}]{{{RANDOM_LETTERS}}})(?:\+|%2B){PREFIX}[a-z2-7]{{{SEAL_LETTERS}}}"
ANSWER = r"(?:\+|%2B)(?P<token>[a-z2-7]{20,64})"
SEALED = re.compile(rf"(?:{ALIAS}|{ANSWER})@(?P<domain>[a-z0-9.-]{{1,253}})", re.IGNORECASE)


def unsealed(text: str) -> str:
    """The text with such addresses as everybody may know them; answers to other systems than ours stay as they are."""
    return SEALED.sub(_plain, text)


def unsealed_bytes(raw: bytes) -> bytes:
    """The same of a mail as it came, wherever the address is not encoded."""
    return unsealed(raw.decode("latin-1")).encode("latin-1")


def _plain(found: re.Match) -> str:
    token, domain = found["token"], found["domain"]
    before = found.string[max(0, found.start() - len(LOCAL)) : found.start()].lower()
    is_foreign = token and (before != LOCAL or not question_at(LOCAL, token.lower(), domain.lower().rstrip(".")))
    return found[0] if is_foreign else f"@{domain}"
