"""A file: a row that says whose it is, and a content in the storage that is found by its SHA-256."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.events.models import Event
from portal.files import antivirus
from portal.files.storage import key_of
from portal.tenancy.models import ClientOwned, ClientOwnedQuerySet
from portal.tenancy.models.role import Area
from portal.tenancy.walls import TenantForeignKey

kept_back: dict[str, Callable[[Any], models.QuerySet]] = {}
"""By app: of a member, the ids of files that hang on something which he may not see. Apps add theirs in AppConfig.ready."""


class FileQuerySet(ClientOwnedQuerySet):
    """Files. The app that owns a file decides who may have it; this is the wall behind that decision."""

    def visible_to(self, member):
        if member.is_specialist:
            hidden = [Q(pk__in=ids_hidden_from(member)) for ids_hidden_from in kept_back.values()]
            return super().visible_to(member).filter(vendor=None).exclude(reduce(or_, hidden, Q(pk__in=[])))
        reach = Q(pk__in=[])
        for area in Area.values:
            shared = Q(project_id__in=member.projects_of(area))
            reach |= Q(shared | Q(client_id__in=member.clients_of(area)), area=area)
        if member.is_vendor:
            reach |= Q(vendor_id=member.vendor_id)
        shown = Q(event=None) | Q(event__in=Event.objects.visible_to(member))
        return self.filter(reach, shown, _open_words(member), agency_id=member.agency_id)


def _open_words(member) -> Q:
    """Not what belongs to private words; vendors have those of tickets as they read the words, and what they uploaded."""
    if not member.is_vendor:
        return Q(is_internal=False)
    private = Q(area=Area.TICKETS) if member.reads_private else Q(area=Area.TICKETS, uploaded_by=member.pk)
    return Q(is_internal=False) | private


class File(ClientOwned):
    """One file of a client, in one area. The same content is stored once per agency, however many rows name it.

    is_blocked: came by mail and could run on a computer; only staff may download it.
    is_internal: belongs to something that contacts never see, such as a private comment; of vendors only those with that right.
    event: outsiders have the file as soon, and only as long, as they see this event of the timeline.
    vendor: the provider that gave it to its client alone: the agency's people have no part in it.
    """

    area = models.CharField(_("Area"), max_length=10, choices=Area, editable=False)
    name = models.CharField(_("Name"), max_length=255, editable=False)
    media_type = models.CharField(_("Type"), max_length=100, editable=False)
    size = models.PositiveBigIntegerField(_("Size"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    is_blocked = models.BooleanField(_("Blocked"), default=False, editable=False)
    is_internal = models.BooleanField(_("Internal"), default=False, editable=False)
    event = TenantForeignKey(Event, on_delete=models.CASCADE, null=True, editable=False, related_name="+")
    vendor = TenantForeignKey("tenancy.Vendor", on_delete=models.CASCADE, null=True, editable=False, related_name="+")
    scan_verdict = models.CharField(_("Virus scan"), max_length=10, blank=True, editable=False)
    scan_finding = models.CharField(_("Found"), max_length=200, blank=True, editable=False)
    scanned_at = models.DateTimeField(null=True, editable=False)
    uploaded_by = TenantForeignKey(
        "tenancy.Member", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FileQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agency", "sha256"], name="file_by_content")]
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_sha256_is_one"),
            models.CheckConstraint(
                condition=Q(scan_verdict__in=["", antivirus.CLEAN, antivirus.INFECTED, antivirus.UNKNOWN]),
                name="file_scan_verdict_known",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        """Where the content lies in the storage."""
        return key_of(self.agency_id, self.sha256)

    @property
    def icon(self) -> str:
        """The icon of our set that fits."""
        if self.media_type.startswith("image/"):
            return "image"
        is_sheet = "spreadsheet" in self.media_type or self.media_type in ("text/csv", "application/vnd.ms-excel")
        return "sheet" if is_sheet else "file"

    def hindrance_for(self, member) -> Promise | str:
        """Why this member (None: somebody unknown) cannot download the file, "" when nothing stands in the way."""
        is_staff = member is not None and member.is_specialist
        if self.scan_verdict == antivirus.INFECTED:
            return _("A virus was found in this file.")
        if self.is_blocked and not is_staff:
            return _("This file may be dangerous. Ask the agency for its content.")
        if self.scan_verdict == antivirus.UNKNOWN and not is_staff:
            return _("This file is still being checked for viruses. Try again in a few minutes.")
        return ""
