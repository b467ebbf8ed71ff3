"""Who is it from: whether the domain in From vouches for a mail. Pure, never raises.

Two witnesses: the Authentication-Results (RFC 8601) of our own mail server, known by its authserv-id, which must take
headers with that id out of everything it receives, are read here; our own check is in portal.mail.vouching. Without either
a mail is unverified.
"""

import re
from email.message import Message

from portal.mail.headers import people
from portal.mail.parsed import FAILED, UNVERIFIED, VERIFIED
from portal.mail.text import decode_header

MAX_RESULTS = 50
MAX_RESULT = 8_000
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
HEAD = re.compile(r"\s*(\S{1,253})(?:\s+(\d{1,9}))?\s*$")
METHOD = re.compile(r"\s*([a-z][a-z0-9-]{0,30})(?:\s*/\s*1)?\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
HEADER_FROM = re.compile(r"\bheader\.from\s*=\s*[<\"]?(?:[^\s;<>\"@]{0,64}@)?([^\s;<>\"@]{1,253})", re.IGNORECASE)


def told_by(message: Message, authserv_id: str) -> str:
    """What our own mail server found. "" when it says nothing.

    Any fail beats any pass; of the passes only the topmost result counts, for those below may have come along.
    """
    domain, verdicts = domain_of(message), []
    for value in values_of(message, "authentication-results")[:MAX_RESULTS] if authserv_id else []:
        server, *results = without_comments(value[:MAX_RESULT]).split(";")
        head = HEAD.match(server)
        if head and head[1].lower() == authserv_id.lower() and (head[2] or "1") == "1":
            verdicts += [_verdict(result, domain) for result in results if _is_dmarc(result)]
    if FAILED in verdicts:
        return FAILED
    return verdicts[0] if verdicts else ""


def _is_dmarc(result: str) -> bool:
    method = METHOD.match(result)
    return bool(method and method[1].lower() == "dmarc")


def _verdict(result: str, domain: str) -> str:
    method, about = METHOD.match(result), HEADER_FROM.search(result)
    found = method[2].lower() if method else ""
    if found == "fail":
        return FAILED
    is_about_this = about is None or about[1].lower().rstrip(".") == domain
    return VERIFIED if found == "pass" and domain and is_about_this else UNVERIFIED


def domain_of(message: Message) -> str:
    """The domain of the one sender in From, "" with several, none or a doubtful one."""
    if len(values_of(message, "from")) != 1:
        return ""
    senders = people(message, "from")
    if len(senders) != 1:
        return ""
    return senders[0].address.rpartition("@")[2].strip().lower().rstrip(".")


def without_comments(value: str) -> str:
    """A header's value without quoted words and without what stands in brackets, also brackets in brackets."""
    kept, depth = [], 0
    for letter in _without_quoted(decode_header(value, MAX_RESULT)):
        depth += letter == "("
        if not depth:
            kept.append(letter)
        depth = max(0, depth - (letter == ")"))
    return "".join(kept)


def _without_quoted(text: str) -> str:
    """Where one word has no end no later one has: to look for each would take quadratic time."""
    kept, end = [], 0
    while (start := text.find('"', end)) >= 0 and (found := QUOTED.match(text, start)):
        kept += [text[end:start], " "]
        end = found.end()
    return "".join(kept) + text[end:]


def values_of(message: Message, name: str) -> list[str]:
    """Every value of a header as it came."""
    return [str(value) for found, value in message.raw_items() if found.lower() == name]
