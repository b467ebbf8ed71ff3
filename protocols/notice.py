"""Whether the other side knows of a protocol: silence counts only then."""

from django.db.models import Q

from portal.notifications.models import Notification
from portal.tenancy.models.role import Kind as MemberKind
from protocols.models import Protocol

TOLD = ("protocol.published", "protocol.changed")


def has_arrived(protocol: Protocol) -> bool:
    """Somebody of the other side has opened it, or a notice of it was read under the bell or has left as a mail."""
    kinds = [MemberKind.CONTACT] if protocol.side == "agency" else [MemberKind.SPECIALIST]
    if protocol.reads.filter(member__kind__in=kinds).exists():
        return True
    about = {"subject_type": protocol._meta.label_lower, "subject_id": protocol.pk, "kind__in": TOLD}
    told = Notification.objects.filter(agency_id=protocol.agency_id, member__kind__in=kinds, **about)
    return told.filter(Q(read_at__isnull=False) | Q(deliveries__mail__sent_at__isnull=False)).exists()
