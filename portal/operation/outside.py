"""Checks of what is seen from outside: the mail door, certificates of own domains, DNS records of sender domains.

Each look is bounded in time, and a silent machine costs its own line only.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.utils import timezone
from dns.exception import DNSException
from dns.resolver import NXDOMAIN, Resolver

from portal.mail.door_models import ALARM_AFTER, ImapMailbox, Trouble
from portal.operation.findings import BROKEN, FINE, SOON, Finding, judged, listed
from portal.operation.findings import said as _
from portal.tenancy.models import Agency

SECONDS = 3
RENEW_WITHIN_DAYS = 14
AT_ONCE, MOST_SECONDS = 16, 60
"""So many are asked side by side, and so long: the whole examination must end before a worker's limit of time."""
EXPIRED = 10
"""X509_V_ERR_CERT_HAS_EXPIRED."""

Lookup = Callable[[str], list[str]]


def mail_doors() -> Iterator[Finding]:
    """Whether each SMTP and LMTP door greets."""
    for place in settings.MAIL_DOORS:
        host, _colon, port = place.rpartition(":")
        try:
            with smtplib.SMTP(host, int(port), timeout=SECONDS) as door:
                code, _greeting = door.noop()
            problems = [] if code == 250 else [_("%(place)s answers %(code)d", {"place": place, "code": code})]
        except (OSError, smtplib.SMTPException) as error:
            problems = [_("%(place)s does not answer: %(error)s", {"place": place, "error": str(error)})]
        hint = _("Start the mail door (deploy/entrypoint.py mail); senders keep their mails for some days.")
        yield judged(_("Mail door"), problems, _("%(place)s answers", {"place": place}), hint)


def mailboxes() -> Iterator[Finding]:
    """Mailboxes at providers that cannot be read at the moment."""
    rows = ImapMailbox.objects.using("maint").filter(paused_at=None).exclude(failed_at=None).select_related("agency")
    for box in rows:
        state = BROKEN if box.has_failed_for(ALARM_AFTER, at=timezone.now()) else SOON
        label = _("Mailbox of %(agency)s", {"agency": str(box.agency)})
        trouble = listed([Trouble(box.error).label])
        yield Finding(label, state, trouble, _("The agency sees it in its settings and can mend it."))


def certificates(port: int = 443) -> Iterator[Finding]:
    """Days left of the installation's own domain and of each agency's."""
    base = urlsplit(settings.BASE_URL)
    own = {base.hostname or ""} if base.scheme == "https" else set()
    hosts = sorted(own | set(_agencies().exclude(host="").values_list("host", flat=True)))
    yield from _side_by_side(_("Certificates"), partial(certificate, port=port), hosts)


def certificate(host: str, *, port: int) -> Finding:
    """One domain."""
    label = _("Certificate of %(host)s", {"host": host})
    hint = _("Does the name lead here? The proxy renews the certificate as soon as it does.")
    try:
        days = days_left(host, port)
    except OSError as error:
        return Finding(label, BROKEN, str(error), hint)
    state = BROKEN if days < 0 else SOON if days < RENEW_WITHIN_DAYS else FINE
    return Finding(label, state, _("ends in %(days)d days", {"days": days}), "" if state == FINE else hint)


def days_left(host: str, port: int) -> int:
    """Whole days until the certificate that this host shows ends; negative when it has.

    Raises OSError, also for a certificate that no browser would take: of another name, or signed by nobody who is trusted.
    """
    context = ssl.create_default_context()
    try:
        return _days_left(host, port, context)
    except ssl.SSLCertVerificationError as error:
        if error.verify_code != EXPIRED:
            raise OSError(error.verify_message) from error
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # for how long it has been over
    return _days_left(host, port, context)


def _days_left(host: str, port: int, context: ssl.SSLContext) -> int:
    connection = socket.create_connection((host, port), SECONDS)
    with connection, context.wrap_socket(connection, server_hostname=host) as secured:
        shown = x509.load_der_x509_certificate(secured.getpeercert(True) or b"")
    return (shown.not_valid_after_utc - datetime.now(UTC)).days


def mail_domains(lookup: Lookup | None = None) -> Iterator[Finding]:
    """Whether DNS names a mail server for each domain of the clients' addresses."""
    domains = {settings.MAIL_DOMAIN, *_agencies().exclude(mail_domain="").values_list("mail_domain", flat=True)}
    rows = sorted(domain.lower() for domain in domains if not _is_local(domain))
    yield from _side_by_side(_("Mail domains"), partial(_mail_domain, lookup or mail_servers), rows)


def _mail_domain(lookup: Lookup, domain: str) -> Finding:
    label = _("Mail domain %(domain)s", {"domain": domain})
    try:
        servers = _texts(lookup, domain)
    except DNSException as error:
        return Finding(label, SOON, _("DNS does not answer: %(error)s", {"error": type(error).__name__}))
    if servers:
        return Finding(label, FINE, _("mails go to %(servers)s", {"servers": ", ".join(servers)}))
    hint = _("Point its MX record at the mail door or at the provider that passes the mails on.")
    return Finding(label, BROKEN, _("has no MX record, so mails to the clients' addresses do not arrive"), hint)


def sender_domains(lookup: Lookup | None = None) -> Iterator[Finding]:
    """SPF, DKIM and DMARC of the domain in each agency's sender address, and in ours, which codes for signing in come from."""
    lookup, own = lookup or text_records, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    rows = list(_agencies().exclude(sender_address="").order_by("pk").values_list("name", "sender_address"))
    if not _is_local(own):
        rows.insert(0, (_("this installation"), own))
    yield from _side_by_side(_("Sender domains"), partial(_sender_domain_of, lookup), rows)


def _sender_domain_of(lookup: Lookup, row: tuple[str, str]) -> Finding:
    name, address = row
    label = _("Sender domain of %(agency)s", {"agency": name})
    return sender_domain(label, address.rpartition("@")[2], lookup)


def sender_domain(label: str, domain: str, lookup: Lookup) -> Finding:
    """One domain. Without SPF, or with one that does not name our relay, mails land in spam; a missing DMARC is a warning.

    What cannot be examined without a setting is said, so that nobody takes silence for approval.
    """
    words = {"domain": domain}
    hint = _("Ask whoever keeps the DNS of %(domain)s for the missing records; your mail relay names them.", words)
    try:
        missing = [name for name, is_there in _records(domain, lookup).items() if not is_there]
    except DNSException as error:
        return Finding(label, SOON, _("DNS does not answer: %(error)s", {"error": type(error).__name__}))
    if not missing:
        return _whole(label, domain)
    state = SOON if missing == ["DMARC"] else BROKEN
    text = _("%(domain)s lacks %(records)s", {"domain": domain, "records": ", ".join(missing)})
    return Finding(label, state, text, hint)


def _whole(label: str, domain: str) -> Finding:
    settings_of = ((_("DKIM"), "DKIM_SELECTORS"), (_("your relay in SPF"), "RELAY_SPF"))
    unseen = [listed([what, f"({name})"], " ") for what, name in settings_of if not getattr(settings, name)]
    if not unseen:
        return Finding(label, FINE, _("%(domain)s: the records stand in DNS", {"domain": domain}))
    words = {"domain": domain, "what": listed(unseen)}
    text = _("%(domain)s: the records that were looked for stand in DNS; not examined: %(what)s", words)
    hint = _("Set what stands in brackets, as your mail relay names it.")
    return Finding(label, FINE if settings.DKIM_SELECTORS else SOON, text, hint)


def text_records(name: str) -> list[str]:
    """TXT records of a name, [] when there are none. Raises DNSException when nobody answers in time."""
    answer = Resolver().resolve(name, "TXT", lifetime=SECONDS, raise_on_no_answer=False, search=False)
    return [b"".join(record.strings).decode(errors="replace") for record in answer]


def mail_servers(name: str) -> list[str]:
    """The servers of a name's MX records, first choice first, [] when there are none. Raises as `text_records` does."""
    answer = Resolver().resolve(name, "MX", lifetime=SECONDS, raise_on_no_answer=False, search=False)
    return [str(record.exchange).rstrip(".") for record in sorted(answer, key=lambda record: record.preference)]


def _records(domain: str, lookup: Lookup) -> dict[str, bool]:
    found = {"SPF": bool(_spf(lookup, domain))}
    if found["SPF"] and settings.RELAY_SPF:
        found[f"SPF {settings.RELAY_SPF}"] = settings.RELAY_SPF.lower() in _spf(lookup, domain)
    if settings.DKIM_SELECTORS:
        names = [f"{selector}._domainkey.{domain}" for selector in settings.DKIM_SELECTORS]
        found["DKIM"] = any("p=" in text for name in names for text in _texts(lookup, name))
    return found | {"DMARC": _starts(lookup, f"_dmarc.{domain}", "v=DMARC1")}


def _spf(lookup: Lookup, domain: str, hops: int = 3) -> list[str]:
    """The terms of its SPF record, lower case, with those of the record that it is redirected to."""
    records = [text.lower().split() for text in _texts(lookup, domain) if text.lower().startswith("v=spf1")]
    terms = [term for record in records for term in record]
    onward = [term.partition("=")[2] for term in terms if term.startswith("redirect=")]
    return terms + [term for name in onward[:1] if hops for term in _spf(lookup, name, hops - 1)]


def _starts(lookup: Lookup, name: str, beginning: str) -> bool:
    return any(text.lower().startswith(beginning.lower()) for text in _texts(lookup, name))


def _texts(lookup: Lookup, name: str) -> list[str]:
    try:
        return lookup(name)
    except NXDOMAIN:
        return []


def _side_by_side(label: str, look: Callable[[Any], Finding], rows: list[Any]) -> Iterator[Finding]:
    """What `look` finds for each row, in their order; when the time is over, how many are left out."""
    pool, done = ThreadPoolExecutor(AT_ONCE), 0
    try:
        for finding in pool.map(look, rows, timeout=MOST_SECONDS):
            yield finding
            done += 1
    except TimeoutError:
        words = {"left": len(rows) - done, "all": len(rows)}
        yield Finding(label, SOON, _("%(left)d of %(all)d did not answer in time and were not examined", words))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _is_local(domain: str) -> bool:
    """Of a machine to try things out on; nobody asks DNS about it."""
    return domain.endswith("localhost")


def _agencies():
    return Agency.objects.using("maint")


CHECKS = (mail_doors, mailboxes, certificates, mail_domains, sender_domains)
