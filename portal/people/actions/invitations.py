"""Inviting, inviting again, withdrawing, accepting."""

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.context import tenant
from portal.events.record import record
from portal.mail.seeds import new_seed, secret_of
from portal.people import letters
from portal.people.models import Invitation, digest_of, in_two_weeks
from portal.tenancy import actions as places
from portal.tenancy.models import Agency, Client, ClientAccess, Member


class InvitationOver(Exception):
    """The link is used, withdrawn, run out, or was never one."""


class AccountExists(Exception):
    """Who is invited has an account: it takes the place, not a new one."""


@transaction.atomic
def invite(agency: Agency, *, by: Member, with_letter: bool = True, **fields) -> Invitation:
    """Ask somebody in. An open invitation of the same address to the same client is replaced.

    with_letter: without, the place waits until somebody sends the invitation (`send_again`).
    fields: email, name, kind, role and, by kind, client and areas, vendor, project and level, language. A contact with a project
    sees this one of the client alone.
    """
    seed = new_seed()
    fields["email"] = fields["email"].strip().lower()
    invitation = Invitation(agency=agency, invited_by=by, digest=digest_of(secret_of(seed)), **fields)
    if not invitation.can_be_sent_by(by):
        raise PermissionDenied
    with tenant(agency.pk):
        _refuse_known(invitation)
        same = Invitation.objects.waiting().filter(agency=agency, email=invitation.email, client=invitation.client)
        same.update(revoked_at=timezone.now())
        invitation.save(force_insert=True)
        if with_letter:
            letters.invite(invitation, seed)
        _record("member.invited", invitation, invitation, by=by)
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, *, by: Member) -> Invitation:
    """A new link for two weeks; the old one stops working."""
    invitation = _locked(invitation, by)
    seed = new_seed()
    invitation.digest, invitation.sent_at = digest_of(secret_of(seed)), timezone.now()
    invitation.expires_at = in_two_weeks()
    with tenant(invitation.agency_id):
        invitation.save(update_fields=["digest", "sent_at", "expires_at"])
        letters.invite(invitation, seed)
    return invitation


@transaction.atomic
def revoke(invitation: Invitation, *, by: Member) -> Invitation:
    """Withdraw it: the link stops working."""
    invitation = _locked(invitation, by)
    invitation.revoked_at = timezone.now()
    with tenant(invitation.agency_id):
        invitation.save(update_fields=["revoked_at"])
    return invitation


def find(agency_id: int, token: str) -> Invitation:
    """The open invitation of this link. Raises InvitationOver."""
    with tenant(agency_id), transaction.atomic():
        rows = Invitation.objects.select_related("agency", "role", "client", "vendor", "project", "invited_by__user")
        invitation = rows.open().filter(agency_id=agency_id, digest=digest_of(token)).first()
        if invitation is None or not _still_stands(invitation):
            raise InvitationOver
    return invitation


def belongs_to(invitation: Invitation, user: User) -> bool:
    """Whether the person has proved the invited address."""
    own = EmailAddress.objects.filter(user=user, verified=True)
    return invitation.email in {address.lower() for address in own.values_list("email", flat=True)}


@transaction.atomic
def accept(invitation: Invitation, *, user: User) -> Member:
    """Take the place. Raises InvitationOver for a second use, PermissionDenied for somebody else's invitation."""
    if not belongs_to(invitation, user):
        raise PermissionDenied
    with tenant(invitation.agency_id):
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # of two invitations at once, the second one waits
        return _take(_locked_open(invitation), user)


@transaction.atomic
def accept_as_new(invitation: Invitation, *, name: str, password: str) -> User:
    """Take the place with a new account; that the link arrived at the address proves it.

    Raises InvitationOver, or AccountExists when somebody has an account of that address, perhaps since a moment ago.
    """
    with tenant(invitation.agency_id):
        invitation = _locked_open(invitation)
        try:
            with transaction.atomic():
                user = User.objects.create_user(invitation.email, password, name=name, language=invitation.language)
                EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        except IntegrityError as error:
            raise AccountExists from error
        _take(invitation, user)
    return user


def _locked_open(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_related("agency", "role", "client", "vendor", "project__client", "invited_by")
    invitation = rows.select_for_update(of=("self",)).get(pk=invitation.pk)
    over = invitation.accepted_at or invitation.revoked_at or invitation.has_run_out
    if over or not _still_stands(invitation):
        raise InvitationOver
    return invitation


def _take(invitation: Invitation, user: User) -> Member:
    member = _place_for(invitation, user)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    _record("member.joined", member, invitation, by=member, invited_by=invitation.invited_by_id)
    return member


def _place_for(invitation: Invitation, user: User) -> Member:
    member = Member.objects.filter(agency_id=invitation.agency_id, user=user, ended_at=None).first()
    if member is not None and member.kind != invitation.kind:
        raise InvitationOver
    if member is None:
        member = places.add_member(
            invitation.agency, user, kind=invitation.kind, role=invitation.role.code, vendor=invitation.vendor
        )
    if invitation.client:
        _open(invitation.client, member, invitation)
    elif invitation.project:
        places.share_project(invitation.project, level=invitation.level, member=member)
    return member


def _open(client: Client, member: Member, invitation: Invitation) -> None:
    """The areas, besides those that are open; with a project only this one, unless all are open to the person already."""
    known = ClientAccess.objects.filter(agency_id=member.agency_id, member=member, client=client).first()
    places.set_access(member, client, sorted({*(known.areas if known else ()), *invitation.areas}))
    if known is None and invitation.project:
        places.limit_access(member, client, {invitation.project: invitation.level}, by=invitation.invited_by)
    elif known and known.is_limited and invitation.project:
        places.share_project(invitation.project, level=invitation.level, member=member)


def _refuse_known(invitation: Invitation) -> None:
    """Say at the field that the person is here already, but only what the inviter may know anyway."""
    members = Member.objects.active().filter(agency=invitation.agency, user__email=invitation.email)
    if invitation.client:
        if members.filter(client_accesses__client=invitation.client).exists():
            raise ValidationError({"email": _("This person already sees this client. Change the areas instead.")})
        members = members.exclude(kind="contact")
    if invitation.invited_by.is_specialist and members.exists():
        raise ValidationError({"email": _("This person already has a place here.")})


def _still_stands(invitation: Invitation) -> bool:
    """An invitation is worth what its sender may give when it is accepted."""
    sender = Member.objects.select_related("role", "vendor").get(pk=invitation.invited_by_id)
    closed = invitation.client is not None and invitation.client.is_read_only
    return sender.ended_at is None and not closed and invitation.can_be_sent_by(sender)


def _locked(invitation: Invitation, by: Member) -> Invitation:
    with tenant(invitation.agency_id):
        invitation = Invitation.objects.waiting().select_for_update(of=("self",)).get(pk=invitation.pk)
        if not invitation.can_be_sent_by(by):
            raise PermissionDenied
    return invitation


def _record(kind: str, subject, invitation: Invitation, *, by: Member, **payload) -> None:
    internal = invitation.client is None
    record(kind, subject, by=by, client=invitation.client, internal=internal, name=invitation.name, **payload)
