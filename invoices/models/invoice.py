"""The document: a draft until `issued_at`, and from then on unchangeable; triggers of the database hold that."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, ClientOwned, ClientOwnedQuerySet, Member, Vendor
from portal.tenancy.walls import TenantForeignKey

from .sides import SHARE, USUAL_TERMS

ZERO = Decimal(0)


class Kind(models.TextChoices):
    """What it is."""

    INVOICE = "invoice", _("Invoice")
    CREDIT = "credit", _("Credit note")


class Origin(models.TextChoices):
    """Where it was made."""

    PORTAL = "portal", _("Made here")
    OUTSIDE = "outside", _("Made elsewhere")


UNSETTLED = Q(kind=Kind.INVOICE, issued_at__isnull=False, settled__lt=F("gross"))


def overdue_on(day: date) -> Q:
    """Nobody is dunned for what was taken back whole, though it may be open again: its money was sent back, and then it bounced."""
    return UNSETTLED & Q(due_on__lt=day, cancelled_at=None)


def may_settle(member: Member, client: Client, issuer_id: int | None = None) -> bool:
    """Who writes a client's invoices and records its payments: staff who see sums and may write for the client; of a provider's
    invoices its own people.

    As long as the client engages them and is not closed.
    """
    if member.agency_id != client.agency_id:
        return False
    if issuer_id is not None:
        is_own = member.is_vendor and member.vendor_id == issuer_id
        return is_own and member.can_write_for(client) and member.engaged_by_id == client.pk
    is_staff = member.is_specialist and member.can("money")
    return is_staff and member.sees_client(client) and member.can_write_for(client)


class OfIssuerQuerySet(ClientOwnedQuerySet):
    """What is between a client and whoever writes it invoices: the agency, or a provider."""

    area = "money"

    def visible_to(self, member):
        """Staff who see sums: the agency's. Contacts with the area: all of the client. A provider's people: their own."""
        rows = self.filter(agency_id=member.agency_id)
        if member.is_vendor:
            return rows.filter(issuer_id=member.vendor_id)
        if member.is_contact:
            return rows.filter(client_id__in=member.clients_of(self.area))
        if not member.can("money"):
            return rows.none()
        rows = rows.filter(issuer=None)
        return rows if member.sees_all_clients else rows.filter(client_id__in=member.client_ids)


class InvoiceQuerySet(OfIssuerQuerySet):
    """Invoices and credit notes, of the agency and of providers."""

    searched = ("number", "title")

    def visible_to(self, member):
        """To contacts only what was issued."""
        rows = super().visible_to(member)
        return rows.issued() if member.is_contact else rows

    def drafts(self):
        return self.filter(issued_at=None)

    def issued(self):
        return self.filter(issued_at__isnull=False)

    def unsettled(self):
        """Invoices of which something is still to be paid."""
        return self.filter(UNSETTLED)

    def overdue(self, *, on: date):
        return self.filter(overdue_on(on))

    def newest_first(self):
        return self.order_by("-issued_on", "-pk")


class Invoice(ClientOwned):
    """An invoice, or a credit note. All amounts are positive, also of a credit note; `kind` says which way they count.

    issuer: the provider that wrote it, None for the agency. origin: a PDF made elsewhere, or made here.
    corrects: the invoice that a credit note takes back, in part or whole; cancelled_at: when it was taken back whole.
    series, year, sequence: what `number` is made of; no number: a draft. net is after the discount (percent).
    settled: so much is paid, or set off by credit notes; since settled_on nothing is left. It never exceeds gross.
    work_group, with_retainer: how its lines were taken from work, "" when they were not.
    seller, buyer: both sides as they were at issue. books_rate: what one unit of its currency was in the agency's on
    books_on, by books_source; empty when it is the agency's own.
    """

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.INVOICE, editable=False)
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.PORTAL, editable=False)
    issuer = TenantForeignKey(Vendor, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    corrects = TenantForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="credits")
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    external_id = models.CharField(_("External id"), max_length=120, blank=True)
    title = models.CharField(_("Subject"), max_length=160)
    series = models.CharField(max_length=10, blank=True, editable=False)
    year = models.PositiveSmallIntegerField(null=True, editable=False)
    sequence = models.PositiveIntegerField(null=True, editable=False)
    number = models.CharField(_("Number"), max_length=40, null=True, editable=False)  # noqa: DJ001, a draft has none
    currency = models.CharField(_("Currency"), max_length=3)
    language = models.CharField(_("Language"), max_length=8)
    service_from = models.DateField(_("Service from"))
    service_until = models.DateField(_("Service until"))
    terms_days = models.PositiveSmallIntegerField(_("Days to pay"), default=USUAL_TERMS)
    issued_on = models.DateField(_("Date"), null=True, editable=False)
    due_on = models.DateField(_("Due"), null=True, editable=False)
    intro = models.TextField(_("Opening words"), blank=True)
    notes = models.TextField(_("Closing words"), blank=True)
    discount = models.DecimalField(
        _("Discount in percent"), max_digits=5, decimal_places=2, default=ZERO, validators=SHARE
    )
    with_annex = models.BooleanField(_("Add the work report as an annex"), default=False)
    work_group = models.CharField(max_length=10, blank=True, editable=False)
    with_retainer = models.BooleanField(default=False, editable=False)
    net = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO, editable=False)
    vat = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO, editable=False)
    gross = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO, editable=False)
    settled = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO, editable=False)
    settled_on = models.DateField(null=True, editable=False)
    books_rate = models.DecimalField(_("Exchange rate"), max_digits=18, decimal_places=8, null=True, blank=True)
    books_on = models.DateField(_("Rate of"), null=True, blank=True)
    books_source = models.CharField(_("Source of the rate"), max_length=120, blank=True)
    seller = models.JSONField(default=dict, editable=False)
    buyer = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    issued_at = models.DateTimeField(null=True, editable=False)
    issued_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    cancelled_at = models.DateTimeField(null=True, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(issued_at=None, number=None, sequence=None, issued_on=None)
                | Q(issued_at__isnull=False, number__isnull=False, issued_on__isnull=False, due_on__isnull=False),
                name="invoice_is_draft_or_issued",
            ),
            models.CheckConstraint(
                condition=Q(issued_at=None)
                | Q(origin=Origin.OUTSIDE, sequence=None)
                | Q(origin=Origin.PORTAL, sequence__isnull=False, year__isnull=False),
                name="invoice_number_is_counted",
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("vat")), name="invoice_gross_is_the_sum"),
            models.CheckConstraint(condition=Q(net__gte=0, vat__gte=0), name="invoice_amounts_are_positive"),
            models.CheckConstraint(
                condition=Q(settled__gte=0, settled__lte=F("gross")), name="invoice_settled_within_gross"
            ),
            models.CheckConstraint(
                condition=Q(settled_on=None) | Q(settled=F("gross")), name="invoice_settled_on_is_whole"
            ),
            models.CheckConstraint(condition=Q(service_until__gte=F("service_from")), name="invoice_period"),
            models.CheckConstraint(
                condition=Q(kind=Kind.INVOICE, corrects=None)
                | Q(kind=Kind.CREDIT, corrects__isnull=False)
                | Q(kind=Kind.CREDIT, origin=Origin.OUTSIDE),
                name="invoice_credit_corrects",
            ),
            models.CheckConstraint(
                condition=Q(books_rate=None, books_on=None, books_source="")
                | (Q(books_rate__gt=0, books_on__isnull=False) & ~Q(books_source="")),
                name="invoice_books_rate_is_whole",
            ),
            models.UniqueConstraint(
                fields=["agency", "series", "year", "sequence"],
                name="invoice_sequence_once",
                condition=Q(sequence__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["agency", "number"], name="invoice_number_once", condition=Q(origin=Origin.PORTAL)
            ),
            models.UniqueConstraint(
                fields=["agency", "client", "issuer", "kind", "number"],
                name="invoice_outside_number_once",
                condition=Q(origin=Origin.OUTSIDE),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["agency", "external_id"], name="invoice_external_id_once", condition=~Q(external_id="")
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "client", "-issued_on", "-id"], name="invoice_by_client"),
            models.Index(fields=["agency", "-issued_on", "-id"], name="invoice_newest"),
            models.Index(
                fields=["agency", "due_on"],
                name="invoice_unsettled",
                condition=UNSETTLED,
            ),
        ]

    def __str__(self):
        return self.number or self.title

    @property
    def is_draft(self) -> bool:
        return self.issued_at is None

    @property
    def is_credit(self) -> bool:
        return self.kind == Kind.CREDIT

    @property
    def open_amount(self) -> Decimal:
        """What is still to be paid, or, of a credit note, to be used."""
        return self.gross - self.settled

    def is_overdue(self, on: date) -> bool:
        is_open = not self.is_draft and not self.is_credit and not self.cancelled_at and bool(self.open_amount)
        return is_open and self.due_on is not None and self.due_on < on

    def can_be_managed_by(self, member: Member) -> bool:
        """Who writes, issues and takes back the agency's invoices."""
        return self.issuer_id is None and may_settle(member, self.client)
