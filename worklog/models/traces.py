"""What hangs on an entry: what it said before, the agency's own note, what came of the work, and questions about it."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.events.models import Event
from portal.files.models import File
from portal.tenancy.models import Client, Member, OwnQuerySet, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

from .entries import WorkEntry


class OfEntryQuerySet(TenantQuerySet):
    """Rows of entries that the member sees."""

    def visible_to(self, member):
        return super().visible_to(member).filter(entry__in=WorkEntry.objects.visible_to(member))


class WorkCorrectionQuerySet(OfEntryQuerySet):
    """Corrections; outsiders learn of those that changed what they had seen. To whom only some projects are open, those since the
    entry came to its project: what it was before is the other project's.
    """

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows
        rows = rows.filter(is_internal=False)
        if member.is_contact and member.projects_of("work"):
            same = {"agency_id": OuterRef("agency_id"), "entry": OuterRef("entry")}
            moves = WorkCorrection.objects.filter(**same, pk__gte=OuterRef("pk"), new__has_key="project")
            rows = rows.filter(Q(entry__client__in=member.clients_of("work")) | ~Exists(moves))
        return rows


class WorkCorrection(TenantModel):
    """That an entry said something else before. old and new: only the words that differ, by name.

    is_internal: the client had not looked yet, so nobody outside learns of it.
    """

    entry = TenantForeignKey(WorkEntry, on_delete=models.CASCADE, related_name="corrections")
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    corrected_at = models.DateTimeField(default=timezone.now)
    corrected_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    is_internal = models.BooleanField(default=False)

    objects = WorkCorrectionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "entry", "-corrected_at"], name="work_correction_newest")]

    def __str__(self):
        return self.reason


class StaffQuerySet(TenantQuerySet):
    """For the agency's people."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows.filter(entry__in=WorkEntry.objects.visible_to(member)) if member.is_specialist else rows.none()


class WorkNote(TenantModel):
    """What only the agency's people read about an entry. A table of its own, so that no row of an entry can show it."""

    entry = TenantForeignKey(WorkEntry, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(_("Internal note"))
    written_at = models.DateTimeField(default=timezone.now)
    written_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = StaffQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "entry"], name="work_note_once")]

    def __str__(self):
        return self.text


class WorkResultQuerySet(OfEntryQuerySet):
    """Results. What is linked to an event of the timeline waits with it; contacts wait for the approval of what is held."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows
        rows = rows.filter(Q(event=None) | Q(event__in=Event.objects.visible_to(member)))
        return rows.filter(held_at=None) if member.is_contact else rows


class WorkResult(TenantModel):
    """What came of the work: a link, a file (also a screenshot) or a text. sha256: of the file's, the text's or the link's bytes.

    event: outsiders see it as soon, and only as long, as they see this event of the timeline; with the event it goes.
    held_at: since when it waits for approval, because somebody of the client knew its entry without it. let_at: when that was given.
    """

    entry = TenantForeignKey(WorkEntry, on_delete=models.CASCADE, related_name="results")
    title = models.CharField(_("Title"), max_length=200, blank=True)
    link = models.URLField(_("Link"), max_length=500, blank=True)
    text = models.TextField(_("Text"), blank=True)
    file = TenantForeignKey(File, on_delete=models.RESTRICT, null=True, related_name="+")
    event = TenantForeignKey(Event, on_delete=models.CASCADE, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    held_at = models.DateTimeField(null=True, editable=False)
    let_at = models.DateTimeField(null=True, editable=False)

    objects = WorkResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False, link="", text="")
                | (Q(file=None, text="") & ~Q(link=""))
                | (Q(file=None, link="") & ~Q(text="")),
                name="work_result_is_one",
            ),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="work_result_sha256_is_one"),
        ]
        indexes = [models.Index(fields=["agency", "entry"], name="work_result_of_entry")]

    def __str__(self):
        return self.title or self.link or self.text[:80]


class ExplanationQuerySet(OfEntryQuerySet):
    """Questions about entries."""

    def open(self):
        """Not released yet: the entry cannot be invoiced."""
        return self.filter(released_at=None)


class Explanation(TenantModel):
    """A contact asked to explain an entry. released_by None: released by silence, on the day `due_on`."""

    entry = TenantForeignKey(WorkEntry, on_delete=models.CASCADE, related_name="explanations")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    released_at = models.DateTimeField(null=True)
    released_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "entry"], name="explanation_once")]
        indexes = [models.Index(fields=["due_on"], name="explanation_due", condition=Q(released_at=None))]


class OfExplanationQuerySet(TenantQuerySet):
    """Questions and answers of what the member sees."""

    def visible_to(self, member):
        return super().visible_to(member).filter(explanation__in=Explanation.objects.visible_to(member))


class ExplanationPost(TenantModel):
    """One question or answer."""

    explanation = TenantForeignKey(Explanation, on_delete=models.CASCADE, related_name="posts")
    text = models.TextField(_("Text"))
    posted_at = models.DateTimeField(default=timezone.now)
    posted_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OfExplanationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "explanation", "posted_at"], name="explanation_posts")]

    def __str__(self):
        return self.text


class WorkLook(TenantModel):
    """When a contact last looked at a client's work log. before_at: the end of the look before this one."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    client = TenantForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    before_at = models.DateTimeField(null=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "member", "client"], name="work_look_once")]
