"""The papers of an invoice, each stored once; and who has read them."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.files.models import File
from portal.tenancy.models import Member, TenantModel
from portal.tenancy.walls import TenantForeignKey

from .invoice import Invoice
from .lines import OfInvoiceQuerySet


class PaperKind(models.TextChoices):
    """What there can be to download."""

    PDF = "pdf", _("PDF")
    XRECHNUNG = "xrechnung", _("XRechnung")
    ANNEX = "annex", _("Work report")


class InvoiceDocument(TenantModel):
    """A paper of an issued invoice: the row is the order to make it. file, sha256: once made they never change.

    tries: how often that failed; next_try_at: not before then is it tried again.
    """

    invoice = TenantForeignKey(Invoice, on_delete=models.CASCADE, editable=False, related_name="documents")
    kind = models.CharField(max_length=10, choices=PaperKind)
    file = TenantForeignKey(File, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    ordered_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)

    objects = OfInvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "invoice", "kind"], name="invoice_document_once"),
            models.CheckConstraint(
                condition=Q(file=None, sha256="", made_at=None)
                | Q(file__isnull=False, made_at__isnull=False, sha256__regex=r"^[0-9a-f]{64}$"),
                name="invoice_document_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["next_try_at"], name="invoice_document_to_make", condition=Q(file=None))]

    def __str__(self):
        return self.get_kind_display()


class ReadQuerySet(OfInvoiceQuerySet):
    """Marks of reading: all for the agency, everybody else's own."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows if member.is_specialist else rows.filter(member=member.pk)


class InvoiceRead(TenantModel):
    """When a contact first opened an invoice, and first downloaded one of its papers."""

    invoice = TenantForeignKey(Invoice, on_delete=models.CASCADE, editable=False, related_name="reads")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(default=timezone.now)
    downloaded_at = models.DateTimeField(null=True)

    objects = ReadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "invoice", "member"], name="invoice_read_once"),
            models.CheckConstraint(
                condition=Q(downloaded_at=None) | Q(downloaded_at__gte=F("read_at")), name="invoice_read_first"
            ),
        ]
