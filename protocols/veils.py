"""Drafts of contacts and vendors, and their files, are nobody's business before they are published: the audit log does not name them."""

from collections.abc import Iterable

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from portal.people.veils import Test, Veil
from portal.tenancy.models import Member
from protocols.models import Protocol, ProtocolFile


def draft_of_another(reader: Member) -> Test:
    """As `ProtocolQuerySet.visible_to` has it, but of the row as it stood then: a draft's old title stays unsaid."""
    return lambda image: image["published_at"] is None and image["side"] != "agency" and image["author_id"] != reader.pk


def hidden_files(member: Member):
    """Ids of files that hang on nothing but protocols which this member may not see."""
    links = ProtocolFile.objects.filter(agency_id=member.agency_id)
    shown = links.visible_to(member)
    drafts = Protocol.objects.filter(agency_id=member.agency_id).drafts()
    return links.filter(protocol__in=drafts).exclude(file__in=shown.values("file")).values_list("file_id", flat=True)


def file_of_hidden(reader: Member) -> Test:
    """Files follow their protocol as it stands now."""
    hidden = frozenset(hidden_files(reader))
    return lambda image: image["id"] in hidden


def part_of_hidden(reader: Member) -> Test:
    """Agenda items, participants and whatever else hangs on a protocol, as it stands now."""
    drafts = Protocol.objects.filter(agency_id=reader.agency_id).drafts()
    hidden = frozenset(drafts.exclude(pk__in=Protocol.objects.visible_to(reader)).values_list("pk", flat=True))
    return lambda image: image["protocol_id"] in hidden


def veils_of(models: Iterable[type[Model]]) -> list[Veil]:
    """For the protocol, its files, and every table with a column `protocol`."""
    parts = [model for model in models if any(field.name == "protocol" for field in model._meta.fields)]
    return [
        Veil("protocols_protocol", _("a draft"), draft_of_another),
        Veil("files_file", _("a file of a draft"), file_of_hidden),
        *(Veil(model._meta.db_table, _("part of a draft"), part_of_hidden) for model in parts),
    ]
