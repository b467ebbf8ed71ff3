"""The fact sheet of a client: sections of fields, what was changed in them, what contacts propose."""

import hashlib
from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.tenancy.models import Client, Member, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey

CONFIRMED_FOR = timedelta(days=90)
"""After so long somebody is to say once more that it is right."""


class ProfileQuerySet(TenantQuerySet):
    """Rows of clients whose profile is open: staff by role or sharing, contacts by area, vendors by shared projects."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.sees_all_clients:
            return rows
        return rows.filter(client_id__in=_clients_open_to(member))

    def of(self, client):
        return self.filter(client=client)


class SectionQuerySet(ProfileQuerySet):
    """Outsiders see sections in which something is shared."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows if member.is_specialist else rows.shared()

    def shared(self):
        return self.filter(Exists(Field.objects.filter(section=OuterRef("pk")).shared()))

    def in_order(self):
        return self.order_by("position", "pk")


class SharedQuerySet(ProfileQuerySet):
    """Rows that are internal or shared each by itself."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        return rows if member.is_specialist else rows.shared()

    def shared(self):
        return self.filter(is_internal=False)


class FieldQuerySet(SharedQuerySet):
    """Fields; those of one section stand in their order."""

    def in_order(self):
        return self.order_by("position", "pk")


class ProposalQuerySet(ProfileQuerySet):
    """Seen by staff, and by contacts as long as the field is shared or not there yet; vendors have no part in it."""

    def visible_to(self, member):
        rows = super().visible_to(member)
        if member.is_specialist:
            return rows
        return rows.filter(Q(field=None) | Q(field__is_internal=False)) if member.is_contact else rows.none()

    def undecided(self):
        return self.filter(accepted_at=None, declined_at=None)


class OfProfile(TenantModel):
    """A row of one client's profile."""

    client = TenantForeignKey("tenancy.Client", on_delete=models.CASCADE, editable=False, related_name="+")

    class Meta:
        abstract = True


class Section(OfProfile):
    """A part of the profile. code: which of the usual ones it is, "" for a free one; changed_at: the last shared change."""

    code = models.SlugField(max_length=20, blank=True, editable=False)
    title = models.CharField(_("Title"), max_length=120)
    position = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    objects = SectionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "client", "position", "id"], name="profile_section_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "client", "code"], condition=~Q(code=""), name="profile_section_once"
            )
        ]

    def __str__(self):
        return self.title

    @property
    def is_changed_since(self) -> bool:
        """Whether something shared was changed after the confirmation."""
        return bool(self.confirmed_at and self.changed_at and self.changed_at > self.confirmed_at)

    @property
    def is_settled(self) -> bool:
        """Whether it was confirmed as it stands, and not so long ago that it is to be said again."""
        is_said = self.confirmed_at is not None and self.confirmed_at > timezone.now() - CONFIRMED_FOR
        return is_said and not self.is_changed_since

    def can_be_confirmed_by(self, member: Member) -> bool:
        """Whoever sees it and writes, on both sides; vendors do not speak for the client."""
        return not member.goes_by_projects(self.client_id) and member.can_write_for(self.client)


class Field(OfProfile):
    """A label and its text in Markdown. Internal ones never reach anybody outside the agency."""

    section = TenantForeignKey(Section, on_delete=models.CASCADE, editable=False, related_name="fields")
    label = models.CharField(_("Label"), max_length=120)
    text = models.TextField(_("Text"), blank=True)
    is_internal = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0, editable=False)
    edited_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    objects = FieldQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["agency", "section", "position", "id"], name="profile_field_order"),
            models.Index(fields=["agency", "client"], name="profile_field_of_client"),
        ]

    def __str__(self):
        return self.label

    @property
    def version(self) -> str:
        """Tells two states of the field apart."""
        return version_of(self.label, self.text, self.is_internal)

    def can_be_proposed_for_by(self, member: Member) -> bool:
        """Contacts propose changes of what is shared; the agency's people change it themselves."""
        return not self.is_internal and can_be_proposed_by(member, self.client)


class Verb(models.TextChoices):
    """What happened to a field."""

    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    SHARED = "shared", _("Shared")
    HIDDEN = "hidden", _("Made internal")
    REMOVED = "removed", _("Removed")


class Change(OfProfile):
    """Who changed what when. It is internal like its field, and becomes so with it."""

    section = TenantForeignKey(Section, on_delete=models.SET_NULL, null=True, related_name="+")
    field = TenantForeignKey(Field, on_delete=models.SET_NULL, null=True, related_name="changes")
    verb = models.CharField(max_length=8, choices=Verb)
    label = models.CharField(max_length=120)
    old_label = models.CharField(max_length=120, blank=True)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    is_internal = models.BooleanField(default=True)
    by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    proposed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    happened_at = models.DateTimeField(default=timezone.now)

    objects = SharedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "client", "-happened_at", "-id"], name="profile_change_newest")]

    def __str__(self):
        return self.label


class Proposal(OfProfile):
    """A contact's wish for a shared field. base: its text at that time; answer: the word with which it was decided.

    A wholly new one has a `label`, and no field before it is taken in; so has one whose field was removed.
    """

    field = TenantForeignKey(Field, on_delete=models.CASCADE, null=True, editable=False, related_name="proposals")
    label = models.CharField(_("Label"), max_length=120, blank=True, default="", db_default="", editable=False)
    base = models.TextField(blank=True, editable=False)
    text = models.TextField(_("How it should read"), blank=True)
    note = models.TextField(_("Why"), blank=True)
    by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    declined_at = models.DateTimeField(null=True, editable=False)
    decided_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    answer = models.TextField(blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "client", "-created_at", "-id"], name="profile_proposal_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(declined_at=None), name="profile_proposal_decided_once"
            ),
            models.CheckConstraint(
                condition=Q(field__isnull=False) | ~Q(label=""), name="profile_proposal_about_something"
            ),
        ]

    def __str__(self):
        return self.text[:80]

    @property
    def title(self) -> str:
        """What it is about."""
        return self.field.label if self.field else self.label

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.declined_at is None


class Reminder(OfProfile):
    """That a client's people were asked to confirm in a quarter (its first day). The row is there once."""

    quarter = models.DateField()
    sent_at = models.DateTimeField(default=timezone.now)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "client", "quarter"], name="profile_reminder_once")]


def version_of(label: str, text: str, is_internal: bool) -> str:
    """A short name for this state of a field."""
    return hashlib.sha256(f"{label}\0{text}\0{is_internal}".encode()).hexdigest()[:16]


def can_be_edited_by(member: Member, client: Client) -> bool:
    """The agency's people who write."""
    return member.is_specialist and member.can_write_for(client)


def can_be_proposed_by(member: Member, client: Client) -> bool:
    """Contacts propose; the agency's people change it themselves."""
    return member.is_contact and client.pk in member.clients_of("work") and member.can_write_for(client)


def _clients_open_to(member):
    """Their ids; of whoever reads by a prepared query what stands for them there."""
    if member.is_specialist:
        return member.client_ids
    if member.is_contact:
        return member.clients_of("work")
    return {row.client_id for row in member.project_accesses.values()}
