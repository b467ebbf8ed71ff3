"""Bank files as they were imported: each once, and each line of them once, however many files it is in."""

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Member, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

FORMATS = [("camt053", "CAMT.053"), ("mt940", "MT940")]


class BankQuerySet(TenantQuerySet):
    """What the bank says is for those of the agency who see all its sums."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        sees = member.is_specialist and member.can("money") and member.sees_all_clients
        return rows if sees else rows.none()


class BankFileQuerySet(BankQuerySet):
    """Files that were read."""

    def with_kept(self):
        """Adds `is_kept`: whether the file itself is still here."""
        kept = BankContent.objects.filter(agency_id=OuterRef("agency_id"), file=OuterRef("pk"))
        return self.annotate(is_kept=Exists(kept))

    def with_counts(self):
        """Adds `count`, `incoming` and `outgoing`: how many lines it has."""
        came, went = Q(lines__amount__gt=0), Q(lines__amount__lt=0)
        counts = {"incoming": Count("lines", filter=came), "outgoing": Count("lines", filter=went)}
        return self.annotate(count=Count("lines"), **counts)


class BankFile(TenantModel):
    """A file that was read. sha256: of the content, so that it comes in once."""

    name = models.CharField(_("Name"), max_length=255)
    sha256 = models.CharField(max_length=64, editable=False)
    form = models.CharField(_("Format"), max_length=8, choices=FORMATS)
    account = models.CharField(_("Account"), max_length=40, blank=True)
    imported_at = models.DateTimeField(default=timezone.now)
    imported_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    objects = BankFileQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "sha256"], name="bank_file_once")]
        indexes = [models.Index(fields=["agency", "-imported_at", "-id"], name="bank_file_newest")]

    def __str__(self):
        return self.name


class BankContent(TenantModel):
    """The file itself, byte for byte, until its time is over (KEEP_BANK_FILES_DAYS); what was read from it stays."""

    file = TenantForeignKey(BankFile, on_delete=models.CASCADE, editable=False, related_name="+")
    content = models.BinaryField(editable=False)
    kept_at = models.DateTimeField(default=timezone.now)

    objects = BankQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "file"], name="bank_content_once")]
        indexes = [models.Index(fields=["kept_at"], name="bank_content_oldest")]

    def __str__(self):
        return str(self.file)


class BankLineQuerySet(BankQuerySet):
    """Lines of bank files."""

    def incoming(self):
        return self.filter(amount__gt=0)

    def waiting(self):
        """Incoming, neither booked nor put aside."""
        booked = Exists(self.model.payments.rel.related_model.objects.filter(line=OuterRef("pk"), reversed_at=None))
        return self.incoming().filter(~booked, put_aside_at=None)


class BankLine(TenantModel):
    """A booked movement of the account; amounts below zero went out. key: the same in every file that holds the line.

    put_aside_at: somebody said that it is for no invoice.
    """

    file = TenantForeignKey(BankFile, on_delete=models.CASCADE, editable=False, related_name="lines")
    key = models.CharField(max_length=64, editable=False)
    position = models.PositiveIntegerField()
    booked_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    name = models.CharField(max_length=200, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    text = models.CharField(max_length=1000, blank=True)
    reference = models.CharField(max_length=140, blank=True)
    put_aside_at = models.DateTimeField(null=True, editable=False)
    put_aside_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    objects = BankLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="bank_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="bank_line_moves_something"),
        ]
        indexes = [models.Index(fields=["agency", "file", "position"], name="bank_line_of_file")]

    def __str__(self):
        return f"{self.booked_on} {self.name}"
