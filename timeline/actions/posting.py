"""Activities: posted, edited, taken back. What was to be seen already leaves a trace of what it said."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.embargo import due_at
from portal.events.models import Event, Revision
from portal.events.record import amend, record
from portal.files.actions import store_all
from portal.files.models import File
from portal.tenancy.models import Agency, Client, Member
from portal.tenancy.models.access import projects_open_to
from timeline.actions import kinds
from timeline.events import POSTED
from timeline.models import Activity, ActivityFile, ActivityKind, can_be_posted_by
from timeline.presets import kinds_for

WORDS = ("title", "text", "link")


def kind_names(agency: Agency) -> list[str]:
    """The kinds that are offered: the agency's own, or the usual ones as long as nothing was posted."""
    own = ActivityKind.objects.filter(agency=agency)
    return list(own.offered().values_list("name", flat=True)) if own.exists() else kinds_for(agency)


@transaction.atomic
def post(
    client: Client, *, by: Member, kind: str, happened_at: datetime, project=None, uploads: Iterable = (), **words
) -> Activity:
    """Put work on the timeline. words: title, text, link; kind: the name of an offered one.

    Everything is written with the agency's sight, because its vendor may not see it before his project does.
    """
    _check(by, client, project)
    with tenant(client.agency_id):
        activity = Activity.objects.create(
            agency_id=client.agency_id,
            client=client,
            project=project,
            kind=_kind(client.agency, kind),
            posted_by=by,
            **words,
        )
        said = {"title": activity.title, "activity": activity.pk, "kind": activity.kind.name}
        event = record(POSTED, activity, by=by, happened_at=happened_at, **said)
        event.visible_from = due_at(event, client)
        event.save(update_fields=["visible_from"])
        activity.event = event
        activity.save(update_fields=["event"])
        _keep_files(activity, uploads, by)
    return activity


@transaction.atomic
def edit(
    activity: Activity,
    *,
    by: Member,
    kind: str,
    happened_at: datetime,
    uploads: Iterable[UploadedFile] = (),
    dropped: Iterable[ActivityFile] = (),
    **words: Any,
) -> Activity:
    """Other words, another kind or moment, files that come and go. Readers who knew it see old and new."""
    with tenant(activity.agency_id):
        activity = _locked(activity, by)
        old = {name: getattr(activity, name) for name in WORDS if getattr(activity, name) != words[name]}
        before, new_kind = _file_names(activity), _kind(activity.client.agency, kind)
        for name in WORDS:
            setattr(activity, name, words[name])
        activity.kind = new_kind
        activity.save(update_fields=[*WORDS, "kind"])
        File.objects.filter(pk__in=[link.file_id for link in dropped if link.activity_id == activity.pk]).delete()
        _keep_files(activity, uploads, by)
        if _file_names(activity) != before:
            old["files"] = before
        _move(activity.event, happened_at, activity.client)
        amend(activity.event, by=by, old=old, title=activity.title, kind=new_kind.name)
    return activity


@transaction.atomic
def take_back(activity: Activity, *, by: Member) -> bool:
    """Away with it. What nobody outside has seen is gone, and what apps above show with it; what they may have seen stays as a line
    that is struck out.

    Returns whether nothing is left of it.
    """
    with tenant(activity.agency_id):
        activity = _locked(activity, by)
        event = activity.event
        if event.visible_from > timezone.now():
            event.delete()
            return True
        activity.taken_back_at, activity.taken_back_by = timezone.now(), by
        activity.save(update_fields=["taken_back_at", "taken_back_by"])
        File.objects.filter(pk__in=activity.files.values("file_id")).update(is_internal=True)
        # Earlier words would say what is gone.
        Revision.objects.filter(event=event).update(is_internal=True)
        amend(event, by=by, taken_back=activity.taken_back_at.isoformat())
        return False


def _check(by: Member, client: Client, project) -> None:
    if by.agency_id != client.agency_id or not can_be_posted_by(by, client):
        raise PermissionDenied
    if project and project.client_id != client.pk:
        raise PermissionDenied
    if by.is_vendor and (project is None or project.pk not in projects_open_to(by, client)):
        raise PermissionDenied


def _locked(activity: Activity, by: Member) -> Activity:
    """The activity and its event, as they stand now: whoever sets the day meanwhile waits, and is not written over."""
    rows = Activity.objects.select_related("client__agency", "kind")
    activity = rows.select_for_update(of=("self",)).get(pk=activity.pk)
    event_rows = Event.objects.select_related("actor").select_for_update(of=("self",))
    activity.event = event_rows.get(pk=activity.event_id)
    if activity.agency_id != by.agency_id or not activity.can_be_edited_by(by):
        raise PermissionDenied
    return activity


def _kind(agency: Agency, name: str) -> ActivityKind:
    """The kind of this name. The usual ones become the agency's own when the first is needed."""
    kinds.begin(agency)
    return ActivityKind.objects.get(agency=agency, name=name)


def _move(event: Event, happened_at: datetime, client: Client) -> None:
    """Another moment moves the day of what waits, unless somebody set that day."""
    event.happened_at = happened_at
    if event.visible_from > timezone.now() and event.fixed_at is None:
        event.visible_from = due_at(event, client)
    event.save(update_fields=["happened_at", "visible_from"])


def _keep_files(activity: Activity, uploads: Iterable[UploadedFile], by: Member) -> None:
    place = {"client": activity.client, "area": "work", "project": activity.project, "event": activity.event}
    files = store_all(uploads, by=by, **place)
    ActivityFile.objects.bulk_create(
        ActivityFile(agency_id=activity.agency_id, activity=activity, file=file) for file in files
    )


def _file_names(activity: Activity) -> list[str]:
    return list(activity.files.order_by("pk").values_list("file__name", flat=True))
