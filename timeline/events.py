"""What is posted on the timeline, and who is told when it shows there."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.events.kinds import Kind
from portal.events.models import Event
from portal.notifications.audience import readers
from portal.tenancy.models import Member

POSTED = "activity.posted"


def _outsiders(event: Event) -> QuerySet[Member]:
    """The client's people and vendors; the agency's people see the timeline itself."""
    return readers(event).exclude(kind="specialist")


def _link(event: Event) -> str:
    return reverse("timeline:activity", args=[event.payload["client"], event.payload["activity"]])


KINDS = (
    Kind(
        POSTED,
        _("%(title)s"),
        label=_("News on the timeline (by e-mail once a week)"),
        icon="timeline",
        told=_outsiders,
        link=_link,
        waits=True,
        members=("contact", "vendor"),
        has_own_mail=True,
    ),
)
