"""Our own check of who a mail is from: DMARC (RFC 7489) by DKIM (RFC 6376) or SPF (RFC 7208). Asks the DNS, never raises.

SPF is about the server that hands the mail over; it says nothing where that is our own relay, a mailbox or a provider. There
a good signature can confirm the sender, but nothing can call the mail forged.
"""

from dataclasses import dataclass
from typing import Any, Literal

import dkim
import spf
from authheaders import dmarc_per_from
from authheaders.dmarc_lookup import get_org_domain

from portal.mail.headers import headers_of
from portal.mail.parsed import FAILED, UNVERIFIED, VERIFIED
from portal.mail.resolver import Ask, Away
from portal.mail.senders import domain_of, values_of

MAX_SIGNATURES = 5
LONGEST_NAME = 253
STRICT = ("quarantine", "reject")
"""What a domain asks for when it wants forged mails to be treated as such."""


@dataclass(frozen=True)
class Handover:
    """Who handed the mail over, as its envelope says. peer: the address of the server, "" when it is not the sender's own."""

    peer: str = ""
    mail_from: str = ""
    helo: str = ""

    @property
    def sender(self) -> str:
        """Whom SPF is asked about; a mail that comes back has no sender, its server speaks then."""
        return self.mail_from if "@" in self.mail_from else f"postmaster@{self.helo}"

    @property
    def domain(self) -> str:
        return _plain(self.sender.rpartition("@")[2])


@dataclass(frozen=True)
class Policy:
    """What the domain in From has published. dkim, spf: "s" when the very same domain must vouch, "r" when a related one may."""

    wish: str
    dkim: str
    spf: str


def checked(raw: bytes, ask: Ask, handover: Handover | None = None) -> str:
    """ "verified": a signature or the server fulfils the policy of the domain in From; "failed": neither does, and the domain
    wants that to be told; "unverified": nobody can say, for there is no policy, or a name server is away.
    """
    domain, handover, noting = domain_of(headers_of(raw)), handover or Handover(), _Noting(ask)
    policy = _policy_of(domain, noting) if domain else None
    if policy is None:
        return UNVERIFIED
    if _signs(raw, domain, policy, noting) or _sends(handover, domain, policy, noting):
        return VERIFIED
    is_certain = bool(handover.peer) and not noting.was_away
    return FAILED if is_certain and policy.wish in STRICT else UNVERIFIED


class _Noting:
    """Asks, and remembers whether somebody was away."""

    def __init__(self, ask: Ask):
        self._ask, self.was_away = ask, False

    def __call__(self, name: str, kind: str) -> list[Any]:
        try:
            return self._ask(name, kind)
        except Away:
            self.was_away = True
            raise

    def txt(self, name: str | bytes, timeout: float = 0) -> bytes | None:
        """The key or policy at this name, as dkimpy asks for it."""
        text = name.decode("ascii", "ignore") if isinstance(name, bytes) else name
        records: list[bytes] = self(text.rstrip("."), "TXT")
        ours = [record for record in records if record.lower().startswith((b"v=dkim1", b"v=dmarc1"))]
        if len(ours) > 1 and text.startswith("_dmarc."):
            return None  # RFC 7489, 6.6.3: several policies are none
        return next(iter(ours or records), None)


def _policy_of(domain: str, ask: _Noting) -> Policy | None:
    def policy_at(name: str) -> str | None:
        found = ask.txt(name)
        return found.decode("utf-8", "replace") if found else None

    try:
        _from, _at, _comment, wish, record, _owner = dmarc_per_from(domain, dnsfunc=policy_at, policy_only=True)
    except Exception:  # a broken record or name server ends in many kinds of error
        return None
    return Policy(wish, record.get("adkim", "r"), record.get("aspf", "r")) if record and wish else None


def _signs(raw: bytes, domain: str, policy: Policy, ask: _Noting) -> bool:
    """Whether a good signature is enough for the policy. One with a length says nothing of what follows."""
    count = min(MAX_SIGNATURES, len(values_of(headers_of(raw), "dkim-signature")))
    return any(_is_good(raw, index, domain, policy, ask) for index in range(count))


def _is_good(raw: bytes, index: int, domain: str, policy: Policy, ask: _Noting) -> bool:
    try:
        signature = dkim.DKIM(raw, minkey=1024)
        if not signature.verify(idx=index, dnsfunc=ask.txt) or b"l" in signature.signature_fields:
            return False
        return _is_aligned(_plain(signature.signature_fields[b"d"].decode("ascii")), domain, policy.dkim)
    except Exception:  # a broken signature, key or name server ends in many kinds of error
        return False


def _sends(handover: Handover, domain: str, policy: Policy, ask: _Noting) -> bool:
    """Whether the server may send for a domain that is enough for the policy."""
    if not handover.peer or not _is_aligned(handover.domain, domain, policy.spf):
        return False
    return spf_of(handover, ask) == "pass"


def spf_of(handover: Handover, ask: Ask) -> str:
    """RFC 7208: pass, fail, softfail, neutral, none, permerror or temperror."""
    try:
        result, _code, _text = _Query(handover, ask).check()
    except Exception:  # records that nobody has thought of
        return "permerror"
    return result


class _Query(spf.query):
    """Asks through us, and leaves out what the domain wants to be said to the sender."""

    def __init__(self, handover: Handover, ask: Ask):
        super().__init__(i=handover.peer, s=handover.sender, h=handover.helo)
        self._ask = ask

    def dns(self, name: Any, qtype: str, cnames: Any = None, ignore_void: bool = False) -> list[Any]:
        wanted = _plain(str(name))
        if not _is_name(wanted):
            return []
        try:
            found = self._ask(wanted, qtype)
        except Away as error:
            raise spf.TempError(f"DNS {error}") from error
        self.void_lookups += not found and not ignore_void
        if self.void_lookups > spf.MAX_VOID_LOOKUPS:
            raise spf.PermError("too many names without an answer")
        return [[record] for record in found] if qtype == "TXT" else found

    def get_explanation(self, spec: str) -> Literal[""]:
        return ""


def _is_aligned(vouching: str, domain: str, mode: str) -> bool:
    """The same domain; in the relaxed mode of the same owner."""
    return vouching == domain if mode == "s" else bool(domain) and _owner(vouching) == _owner(domain)


def _owner(domain: str) -> str:
    """The domain that somebody has registered. The library takes all of a suffix that is on no list for one owner's."""
    found = get_org_domain(domain) or ""
    return found if "." in found else ".".join(domain.split(".")[-2:])


def _is_name(name: str) -> bool:
    """Whether a name server may be asked for it."""
    labels = name.split(".")
    return len(labels) > 1 and len(name) <= LONGEST_NAME and all(0 < len(label) < 64 for label in labels)


def _plain(domain: str) -> str:
    return domain.strip().lower().rstrip(".")
