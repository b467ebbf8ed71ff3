"""A test of the client's address: a real mail through the real door, and what has become of it, step by step."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mailbox import tasks
from mailbox.models import AddressTest
from portal.core.jobs import enqueue
from portal.mail.addresses import address_for
from portal.tenancy.models import Client, Member

ALLOWED = timedelta(seconds=10)
"""So long a test may take; after that the step for which it waits is named."""
AGAIN_AFTER = timedelta(seconds=20)
"""A second press within this time shows the test of the first: each leaves a mail behind."""
SHOWN_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Step:
    """One step as shown. state: "done", "now", "failed" or "open"; took: seconds since it was asked for, "" unknown."""

    label: str
    state: str
    took: str = ""
    remark: str = ""


def latest(member: Member, client: Client) -> AddressTest | None:
    """The member's newest test of this client's address, as long as it is of interest."""
    since = timezone.now() - SHOWN_FOR
    tests = AddressTest.objects.visible_to(member).filter(client=client, asked_at__gt=since)
    return tests.order_by("-asked_at").first()


@transaction.atomic
def ask(client: Client, *, by: Member) -> AddressTest:
    """Send a test after commit; the one of a moment ago, unless it has failed."""
    last = latest(by, client)
    if last and not last.failed_at and timezone.now() - last.asked_at < AGAIN_AFTER:
        return last
    key = secrets.token_hex(12)
    test = AddressTest.objects.create(
        agency_id=client.agency_id, client=client, member=by, key=key, address=address_for(client)
    )
    enqueue(tasks.send_test, client.agency_id, test.pk)
    return test


def steps_of(test: AddressTest) -> list[Step]:
    """The four steps; the first that is not done waits, has failed, or takes too long."""
    moments = [test.sent_at, test.accepted_at, test.processed_at, test.processed_at]
    labels = [_("Sent to the address"), _("Accepted by our mail server"), _("Read and checked"), _("Shown under Mails")]
    reached = max((place for place, moment in enumerate(moments, 1) if moment), default=0)
    found = []
    for place, (label, moment) in enumerate(zip(labels, moments, strict=True)):
        if place < reached:
            found.append(Step(label, "done", _seconds(test, moment)))
        elif place == reached:
            found.append(_next_step(test, label, place))
        else:
            found.append(Step(label, "open"))
    return found


def _next_step(test: AddressTest, label: str, place: int) -> Step:
    if test.failed_at:
        return Step(label, "failed", remark=test.error)
    if test.is_late(ALLOWED):
        reasons = [
            _("No worker has sent it yet. Is the queue full, or nobody at work?"),
            _("The mail server has not answered yet."),
            _("It waits to be read. Is the queue full, or nobody at work?"),
        ]
        return Step(label, "failed", remark=reasons[min(place, 2)])
    return Step(label, "now")


def _seconds(test: AddressTest, moment: datetime | None) -> str:
    return _("%(seconds).1f s") % {"seconds": (moment - test.asked_at).total_seconds()} if moment else ""
