"""What follows when allauth has changed a password or an address."""

from allauth.account import signals
from allauth.account.models import EmailAddress
from django.dispatch import receiver
from django_otp.plugins.otp_email.models import EmailDevice

from portal.accounts import trail
from portal.accounts.decorators import confirm
from portal.accounts.sessions import end_sessions
from portal.accounts.trust import end_trust


@receiver([signals.password_changed, signals.password_set])
def password_was_changed(request, user, **_kwargs):
    """Whoever is in elsewhere is out, no browser is trusted, and nobody's link makes another address the account's."""
    end_sessions(user, but=request.session.session_key)
    end_trust(user)
    _forget_unproved_addresses(user)
    confirm(request)
    trail.write("password.changed", user)


@receiver(signals.password_reset)
def password_was_reset(request, user, **_kwargs):
    """As above; here nobody is signed in yet."""
    end_sessions(user)
    end_trust(user)
    _forget_unproved_addresses(user)
    trail.write("password.reset", user)


@receiver(signals.email_changed)
def address_was_changed(request, user, from_email_address, to_email_address, **_kwargs):
    """Codes on the way to the old address, and trust that rests on them, are worth nothing."""
    EmailDevice.objects.filter(user=user).update(token=None)
    end_trust(user)
    old = from_email_address.email if from_email_address else ""
    trail.write("email.changed", user, old=old, new=to_email_address.email)


def _forget_unproved_addresses(user):
    """Who was in for a moment may have asked for another address; its link would take the account back."""
    EmailAddress.objects.filter(user=user, verified=False, primary=False).delete()
