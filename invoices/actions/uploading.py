"""Invoices made elsewhere: by the agency in another program, or by a provider for its client."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from invoices.models import Invoice, InvoiceDocument, Kind, Origin, PaperKind, may_settle
from invoices.payment_events import BROUGHT
from invoices.readers import readers_of
from portal.core.context import tenant
from portal.events.record import record
from portal.files.actions import store
from portal.files.models import File
from portal.mail.sending import queue
from portal.notifications.mails import AUTOMATIC
from portal.tenancy.models import Client, Member, Vendor
from portal.tenancy.scope import agency_urls

NUMBER_ONCE = "invoice_outside_number_once"
STILL_READ = "invoices.still_read"


class KnownNumber(Exception):
    """This client has an invoice with this number already, of the same issuer: numbers are each issuer's own.

    A provider is not refused a number of the agency: the refusal would tell that there is such an invoice.
    """


def may_bring(member: Member, client: Client) -> bool:
    """Who brings invoices to the client: its own providers, and the agency's staff who see sums."""
    if member.is_vendor:
        return member.engaged_by_id == client.pk and member.can("write") and not client.is_read_only
    return may_settle(member, client)


def issuer_for(client: Client, by: Member) -> Vendor | None:
    """In whose name the member brings invoices to the client: None for the agency. Raises PermissionDenied."""
    if not may_bring(by, client):
        raise PermissionDenied
    return by.vendor if by.is_vendor else None


@transaction.atomic
def bring(
    client: Client,
    upload: UploadedFile,
    *,
    by: Member,
    number: str,
    issued_on: date,
    due_on: date,
    currency: str,
    gross: Decimal,
    vat: Decimal = Decimal(0),
    title: str = "",
    is_credit: bool = False,
    **books: Any,
) -> Invoice:
    """Keep the PDF and what it says. books: books_rate, books_on and books_source, in another currency.

    Raises FileRefused, StorageTrouble, KnownNumber.
    """
    issuer = issuer_for(client, by)
    with tenant(client.agency_id):
        file = store(upload, client=client, area="money", by=by, vendor=issuer)
        sums = {"gross": gross, "vat": vat, "net": gross - vat, "currency": currency}
        days = {"issued_on": issued_on, "due_on": due_on, "service_from": issued_on, "service_until": issued_on}
        said: dict[str, Any] = {"number": number, "title": title or (issuer.name if issuer else "")}
        said |= {"kind": Kind.CREDIT if is_credit else Kind.INVOICE, "terms_days": max(0, (due_on - issued_on).days)}
        invoice = _written(client, issuer, by, file, **sums, **days, **said, **books)
        _tell(invoice, client, issuer, by)
    return invoice


def _written(client: Client, issuer: Vendor | None, by: Member, file: File, **words: Any) -> Invoice:
    """The row, with its paper. Raises KnownNumber."""
    now = timezone.now()
    mine = {"agency_id": client.agency_id, "client": client, "issuer": issuer, "language": client.agency.language}
    acts = {"created_by": by, "issued_by": by, "issued_at": now, "origin": Origin.OUTSIDE}
    paper = {"kind": PaperKind.PDF, "file": file, "sha256": file.sha256, "made_at": now}
    try:
        with transaction.atomic():
            invoice = Invoice.objects.create(**mine, **acts, **words)
            InvoiceDocument.objects.create(agency_id=client.agency_id, invoice=invoice, **paper)
            return invoice
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != NUMBER_ONCE:
            raise
        raise KnownNumber from error


def _tell(invoice: Invoice, client: Client, issuer: Vendor | None, by: Member) -> None:
    """What a provider writes is no event of the agency: the client's people have a mail, without number and sum."""
    if issuer is None:
        record(BROUGHT, invoice, by=by, number=invoice.number)
        return
    for member in readers_of(client):
        _write(member, client, issuer)


def is_still_read(ids: list[int]) -> bool:
    """A member and a client: its invoices are open to the member today (a question of portal.mail.leaving)."""
    member_id, client_id = ids
    return any(reader.pk == member_id for reader in readers_of(Client.objects.get(pk=client_id)))


def _write(member: Member, client: Client, issuer: Vendor) -> None:
    agency, language = member.agency, member.user.language or member.agency.language
    with translation.override(language), agency_urls(agency) as base:
        words: dict[str, Any] = {
            "agency": agency,
            "subject": _("A new invoice of %(provider)s") % {"provider": issuer.name},
            "heading": _("A new invoice of %(provider)s") % {"provider": issuer.name},
            "line": str(client),
            "text": _("%(provider)s has put an invoice into your portal. Only you and they can see it.")
            % {"provider": issuer.name},
            "action_url": base + reverse("settling:outside", args=[client.slug]),
            "action_label": _("Open it in the portal"),
            "why": _("You get this mail because invoices of %(client)s are open to you.") % {"client": client.name},
            "links": [],
        }
        text, html = (render_to_string(f"mail/base.{form}", words) for form in ("txt", "html"))
        only_if = (STILL_READ, [member.pk, client.pk])
        queue(agency, member.user.email, words["subject"], text, html, headers=AUTOMATIC, only_if=only_if)
