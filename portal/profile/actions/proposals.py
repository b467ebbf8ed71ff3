"""Contacts propose, specialists take in or decline."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.events.record import record
from portal.profile.actions import fields
from portal.profile.models import Field, Proposal, Section, can_be_edited_by, can_be_proposed_by
from portal.profile.secrets import refuse_secrets
from portal.tenancy.models import Client, Member


class Changed(Exception):
    """The field was changed since it was on the screen; `field` is how it stands now."""

    def __init__(self, field: Field):
        super().__init__()
        self.field = field


class Decided(Exception):
    """Somebody was quicker."""


@transaction.atomic
def propose(field: Field, *, by: Member, text: str, note: str = "") -> Proposal:
    """A contact's wish for a field that is there."""
    if not field.can_be_proposed_for_by(by):
        raise PermissionDenied
    refuse_secrets(field.label, text)
    return _proposed(field.client, by=by, field=field, base=field.text, text=text, note=note)


@transaction.atomic
def propose_new(client: Client, *, by: Member, label: str, text: str, note: str = "") -> Proposal:
    """A contact's wish for something that stands nowhere yet."""
    if not can_be_proposed_by(by, client):
        raise PermissionDenied
    refuse_secrets(label, text)
    return _proposed(client, by=by, label=label, text=text, note=note)


def _proposed(client: Client, *, by: Member, note: str, **words: Any) -> Proposal:
    """Written with the agency's sight, because nobody outside may write here by himself."""
    refuse_secrets("", note)
    with tenant(client.agency_id):
        made = Proposal.objects.create(agency_id=client.agency_id, client=client, note=note, by=by, **words)
    record("profile.proposed", made, by=by, label=made.title, proposal_id=made.pk)
    return made


@transaction.atomic
def take_in(proposal: Proposal, *, by: Member, text: str, version: str, answer: str = "") -> Proposal:
    """The field reads so from now on; `text` may differ from what was proposed. Raises `Changed` and `Decided`."""
    proposal = _locked(proposal, by=by)
    if proposal.field is None:  # somebody has removed it; now it is taken in by take_in_new
        raise Decided
    # The section first, as when it is saved whole: two orders would be a deadlock.
    Section.objects.select_for_update().get(pk=proposal.field.section_id)
    field = Field.objects.select_for_update(of=("self",)).select_related("section__client").get(pk=proposal.field_id)
    if field.version != version:
        raise Changed(field)
    refuse_secrets(field.label, text)
    words = {"label": field.label, "text": text, "is_internal": field.is_internal}
    change = fields.rewrite(field, by=by, proposed_by=proposal.by, **words)
    if change and not field.is_internal:
        fields.touch(field.section)
    proposal.accepted_at = timezone.now()
    return _decided(proposal, "profile.taken_in", by=by, answer=answer)


@transaction.atomic
def take_in_new(
    proposal: Proposal, *, by: Member, section: Section, label: str, text: str, answer: str = ""
) -> Proposal:
    """It becomes a shared field at the end of this section of the same client. Raises `Decided`."""
    proposal = _locked(proposal, by=by)
    section = Section.objects.select_for_update().get(pk=section.pk, client_id=proposal.client_id)
    refuse_secrets(label, text)
    change = fields.add(section, by=by, label=label, text=text, is_internal=False, proposed_by=proposal.by)
    fields.touch(section)
    proposal.field, proposal.accepted_at = change.field, timezone.now()
    return _decided(proposal, "profile.taken_in", by=by, answer=answer)


@transaction.atomic
def decline(proposal: Proposal, *, by: Member, answer: str) -> Proposal:
    """It stays as it is, and the contact reads why. Raises `Decided`."""
    proposal = _locked(proposal, by=by)
    proposal.declined_at = timezone.now()
    return _decided(proposal, "profile.declined", by=by, answer=answer)


def _locked(proposal: Proposal, *, by: Member) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("client__agency", "field", "by")
    proposal = rows.get(pk=proposal.pk)
    if not can_be_edited_by(by, proposal.client):
        raise PermissionDenied
    if not proposal.is_open:
        raise Decided
    return proposal


def _decided(proposal: Proposal, kind: str, *, by: Member, answer: str) -> Proposal:
    refuse_secrets("", answer)
    proposal.decided_by, proposal.answer = by, answer
    proposal.save(update_fields=["field", "accepted_at", "declined_at", "decided_by", "answer"])
    field = proposal.field
    section_id = field.section_id if field else None
    # Outsiders hear of it only while they see the field itself; of one that never came to be, they know.
    record(
        kind,
        proposal,
        by=by,
        internal=bool(field and field.is_internal),
        label=proposal.title,
        section_id=section_id,
        proposal_id=proposal.pk,
    )
    return proposal
