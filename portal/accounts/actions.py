"""What is done to accounts: signed in, closed, their second factors changed."""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import codes, hooks, mail, trail
from portal.accounts.models import BackupCode, BackupDevice, FactorReset, User
from portal.accounts.sessions import end_sessions
from portal.accounts.trust import end_trust

RESET_DELAY = timedelta(hours=24)
CANCEL_SALT = "accounts.cancel-factor-reset"

# --- People ------------------------------------------------------------------------------------------------------


def sign_in(request: HttpRequest, user: User, *, next_url: str = "") -> HttpResponse:
    """Begin a sign-in outside the sign-in form (invitations): it goes through the same stages as every other."""
    if request.user.is_authenticated:
        get_adapter(request).logout(request)
    return perform_login(request, Login(user=user, email=user.email, redirect_url=next_url or None))


@transaction.atomic
def close(user: User) -> None:
    """Nobody signs in with this account any more, and whoever is in is out."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    end_trust(user)
    trail.write("account.closed", user)


# --- Second factors -----------------------------------------------------------------------------------------------


@transaction.atomic
def connect_app(user: User, device: TOTPDevice) -> list[str]:
    """The app has shown a right code: it replaces the one before. Gives new backup codes."""
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    trail.write("factor.added", user)
    tell(user, "factor_added")
    return _new_backup_codes(user)


@transaction.atomic
def disconnect_app(user: User) -> None:
    """Back to codes by e-mail; backup codes and trust go with the app."""
    _forget_factors(user)
    trail.write("factor.removed", user)
    tell(user, "factor_removed")


@transaction.atomic
def make_backup_codes(user: User) -> list[str]:
    """Ten new codes; the old ones end."""
    made = _new_backup_codes(user)
    tell(user, "backup_codes_made")
    return made


def _new_backup_codes(user: User) -> list[str]:
    BackupDevice.objects.filter(user=user).delete()
    device = BackupDevice.objects.create(user=user, name="backup")
    made = codes.new_codes()
    BackupCode.objects.bulk_create(BackupCode(device=device, digest=codes.digest(code, device.salt)) for code in made)
    trail.write("factor.backup_codes_made", user)
    return made


def _forget_factors(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    BackupDevice.objects.filter(user=user).delete()
    end_trust(user)


# --- A lost second factor -----------------------------------------------------------------------------------------


@transaction.atomic
def request_factor_reset(user: User, *, by: User, delay: timedelta = RESET_DELAY) -> FactorReset:
    """An owner asks to remove a lost second factor. The person is told at once and may stop it until then.

    What was asked for already stays as it is, unless whoever asked may no longer: that would come to nothing.
    """
    User.objects.select_for_update().get(pk=user.pk)
    pending = FactorReset.objects.pending().filter(user=user).select_related("requested_by").first()
    if pending and _asker_still_may(pending):
        return pending
    if pending:
        cancel_factor_reset(pending, by=None)
    due_at = timezone.now() + delay
    reset = FactorReset.objects.create(user=user, requested_by=by, due_at=due_at)
    trail.write_about("factor.reset_requested", user, by=by, due_at=due_at.isoformat())
    tell(user, "factor_reset_requested", due_at=due_at, by=str(by), cancel_url=_cancel_url(reset))
    return reset


@transaction.atomic
def cancel_factor_reset(reset: FactorReset, *, by: User | None) -> None:
    """The person still has the factor, or never asked: stopped by the person, by an owner, or by the house (None).

    The person is told, and whoever asked for it, unless they stop it themselves.
    """
    cancelled = FactorReset.objects.pending().filter(pk=reset.pk).update(cancelled_at=timezone.now())
    if cancelled:
        trail.write_about("factor.reset_cancelled", reset.user, by=by, due_at=reset.due_at.isoformat())
        tell(reset.user, "factor_reset_cancelled")
        asker = reset.requested_by
        if asker is not None and asker.is_active and by is not None and by != asker:
            tell(asker, "factor_reset_refused", whose=str(reset.user))


@transaction.atomic
def carry_out_factor_reset(reset_id: int) -> None:
    """Remove the factors and end all sessions, if whoever asked for it still may; safe to run twice."""
    reset = FactorReset.objects.due().select_for_update().filter(pk=reset_id).first()
    if reset is None:
        return
    if not _asker_still_may(reset):
        cancel_factor_reset(reset, by=None)
        return
    reset.done_at = timezone.now()
    reset.save(update_fields=["done_at"])
    _forget_factors(reset.user)
    end_sessions(reset.user)
    due_at = reset.due_at.isoformat()
    trail.write_about("factor.reset_done", reset.user, by=reset.requested_by, due_at=due_at)
    tell(reset.user, "factor_reset_done")


def _asker_still_may(reset: FactorReset) -> bool:
    """Whoever lost the place meanwhile, perhaps because somebody else sat at it, opens no account any more."""
    asker = reset.requested_by
    return asker is not None and asker.is_active and hooks.may_still_help(asker, reset.user)


def reset_of(token: str) -> FactorReset | None:
    """The reset that a cancel link is about, while it can be stopped."""
    try:
        pk = signing.loads(token, salt=CANCEL_SALT)
    except signing.BadSignature:
        return None
    return FactorReset.objects.pending().filter(pk=pk).select_related("user").first()


def _cancel_url(reset: FactorReset) -> str:
    token = signing.dumps(reset.pk, salt=CANCEL_SALT)
    return f"{settings.BASE_URL}{reverse('factor_reset_cancel', args=[token])}"


def tell(user: User, letter: str, **facts) -> None:
    """Mail once the change stands."""
    transaction.on_commit(lambda: mail.send(letter, user.email, user=user, **facts))
