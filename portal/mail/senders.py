"""Who is it from: whether the domain in From vouches for a mail (DMARC, RFC 7489). Pure but for the DNS, never raises.

Two witnesses: the Authentication-Results (RFC 8601) of our own mail server, known by its authserv-id, which must take
headers with that id out of everything it receives; or our own check of the DKIM signatures. Without either a mail is
unverified. Our own check knows no SPF, so it can confirm a sender but never call one forged.
"""

import re
from collections.abc import Callable
from email.message import Message

import dkim
import dns.resolver
from authheaders import dmarc_per_from
from authres import DKIMAuthenticationResult

from portal.mail.headers import headers_of, people
from portal.mail.parsed import FAILED, UNVERIFIED, VERIFIED
from portal.mail.text import decode_header

MAX_RESULTS = 50
MAX_RESULT = 8_000
MAX_SIGNATURES = 5
DNS_SECONDS = 2.0
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
HEAD = re.compile(r"\s*(\S{1,253})(?:\s+(\d{1,9}))?\s*$")
METHOD = re.compile(r"\s*([a-z][a-z0-9-]{0,30})(?:\s*/\s*1)?\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
HEADER_FROM = re.compile(r"\bheader\.from\s*=\s*[<\"]?(?:[^\s;<>\"@]{0,64}@)?([^\s;<>\"@]{1,253})", re.IGNORECASE)

Lookup = Callable[..., bytes | None]


def told_by(message: Message, authserv_id: str) -> str:
    """What our own mail server found. "" when it says nothing.

    Any fail beats any pass; of the passes only the topmost result counts, for those below may have come along.
    """
    domain, verdicts = domain_of(message), []
    for value in _values(message, "authentication-results")[:MAX_RESULTS] if authserv_id else []:
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
    if len(_values(message, "from")) != 1:
        return ""
    senders = people(message, "from")
    if len(senders) != 1:
        return ""
    return senders[0].address.rpartition("@")[2].strip().lower().rstrip(".")


def without_comments(value: str) -> str:
    """A header's value without quoted words and without what stands in brackets, also brackets in brackets."""
    kept, depth = [], 0
    for letter in QUOTED.sub(" ", decode_header(value, MAX_RESULT)):
        depth += letter == "("
        if not depth:
            kept.append(letter)
        depth = max(0, depth - (letter == ")"))
    return "".join(kept)


def _values(message: Message, name: str) -> list[str]:
    return [str(value) for found, value in message.raw_items() if found.lower() == name]


def checked(raw: bytes, lookup: Lookup | None = None) -> str:
    """Our own check: "verified" when a valid signature of the sender's domain fulfils the domain's DMARC policy.

    lookup: name -> TXT record, for tests. A DNS that is away leaves the mail unverified.
    """
    domain = domain_of(headers_of(raw))
    if not domain:
        return UNVERIFIED
    count = min(MAX_SIGNATURES, len(_values(headers_of(raw), "dkim-signature")))
    return VERIFIED if any(_vouches(raw, index, domain, lookup or txt) for index in range(count)) else UNVERIFIED


def _vouches(raw: bytes, index: int, domain: str, lookup: Lookup) -> bool:
    """Whether this signature is good and enough for the domain's policy. One with a length says nothing of what follows."""
    try:
        signature = dkim.DKIM(raw, minkey=1024)
        if not signature.verify(idx=index, dnsfunc=lookup) or b"l" in signature.signature_fields:
            return False
        signer = signature.signature_fields[b"d"].decode("ascii").lower()
        if not _is_related(signer, domain):
            return False
        told = DKIMAuthenticationResult(result="pass", header_d=signer)
        result, *_rest = dmarc_per_from(domain, dkim_result=told, dnsfunc=lambda name: _text(lookup(name)))
    except Exception:  # a broken signature, key or name server ends in many kinds of error
        return False
    return result == "pass"


def _is_related(signer: str, domain: str) -> bool:
    """The same domain or one below the other. The library's list of suffixes takes all of an unlisted one for one owner."""
    return "." in min(signer, domain, key=len) and (
        f".{domain}".endswith(f".{signer}") or signer.endswith(f".{domain}")
    )


def _text(record: bytes | None) -> str | None:
    return record.decode("utf-8", "replace") if isinstance(record, bytes) else record


def txt(name: str | bytes, timeout: float = DNS_SECONDS) -> bytes | None:
    """The TXT record of a name, None when there is none or nobody answers in time."""
    text = name.decode("ascii", "ignore") if isinstance(name, bytes) else name
    try:
        found = dns.resolver.resolve(text, "TXT", lifetime=min(timeout, DNS_SECONDS))
    except dns.exception.DNSException:
        return None
    records = [b"".join(record.strings) for record in found]
    ours = (record for record in records if record.lower().startswith((b"v=dkim1", b"v=dmarc1")))
    return next(ours, records[0] if records else None)
