"""Work of a client for the scenery: an entry that the client has seen and that was corrected, one that waits, all that hangs on them."""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from tests.canary import token
from tests.files.makers import picture
from worklog.actions import correcting, logging, looking, months, proving, timers
from worklog.days import Stretch
from worklog.models import (
    ClientWorkPolicy,
    Explanation,
    ExplanationPost,
    WorkBudget,
    WorkEntry,
    WorkNote,
    WorkPolicy,
    WorkResult,
    WorkStatement,
)

YESTERDAY = timedelta(days=1)


def work(t) -> None:
    """Call with the agency's sight."""
    words = {"by": t.staff, "kind": "Content creation"}
    day = timezone.localdate() - YESTERDAY
    content = token(t.client.agency.slug, t.client.slug, "files_file").encode()
    (t.work,) = logging.log(t.client, [Stretch(day, 90)], text="Guide", note="He pays late", **words)
    files = [
        SimpleUploadedFile("Draft.txt", content, "text/plain"),
        SimpleUploadedFile("P.png", picture(), "image/png"),
    ]
    proving.add(t.work, by=t.staff, title="Draft", link="https://links.example/", text="Done", uploads=files)
    t.work_file, t.work_picture = WorkResult.objects.filter(entry=t.work, file__isnull=False).order_by("pk")
    t.work_link = WorkResult.objects.filter(entry=t.work, file=None).earliest("pk")
    looking.look(t.contact, t.client)
    # The clock stands still within a transaction: what is seen was there before.
    WorkEntry.objects.filter(pk=t.work.pk).update(visible_from=timezone.now() - YESTERDAY)
    correcting.correct(t.work, by=t.staff, minutes=60, text="Guide, corrected", reason="A break")
    (t.held_work,) = logging.log(t.client, [Stretch(day, 30)], text="Secret", project=t.project, **words)
    WorkEntry.objects.filter(pk=t.held_work.pk).update(visible_from=None)
    t.work = WorkEntry.objects.select_related("kind", "client__agency").get(pk=t.work.pk)
    t.work_note, t.work_correction = WorkNote.objects.get(entry=t.work), t.work.corrections.get()
    t.explanation = Explanation.objects.create(agency=t.client.agency, entry=t.work, asked_by=t.contact)
    t.explanation_post = ExplanationPost.objects.create(
        agency=t.client.agency, explanation=t.explanation, text="Why?", posted_by=t.contact
    )
    _rules(t)
    timers.start(by=t.owner, client=t.client, kind="Content creation", text="Runs")


def _rules(t) -> None:
    month = {"agency": t.client.agency, "client": t.client, "month": date(2026, 1, 1)}
    t.month_closing = months.close(t.client, date(2026, 1, 1), by=t.owner)
    t.work_statement = WorkStatement.objects.create(**month, minutes=90)
    t.work_budget = WorkBudget.objects.create(**month, minutes=3600)
    WorkBudget.objects.create(**month, project=t.project, amount=1000)
    t.work_policy, _new = WorkPolicy.objects.get_or_create(agency=t.client.agency)
    t.client_work_policy = ClientWorkPolicy.objects.create(agency=t.client.agency, client=t.client)


def providers_work(w) -> None:
    """Time that Acme's provider logged."""
    with tenant(w.north.pk), transaction.atomic():
        (w.providers_work,) = logging.log(
            w.acme, [Stretch(timezone.localdate(), 45)], by=w.pavel, kind="Design", text="Leaflet", project=w.shop
        )
