"""Second factors: which a person has, which the policy asks for, and whether a code is right."""

from math import ceil

import django_otp
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import hooks, limits, mail
from portal.accounts.models import BackupDevice, User

TOTP, EMAIL, BACKUP = "totp", "email", "backup"
MODELS: dict[str, type[Device]] = {TOTP: TOTPDevice, EMAIL: EmailDevice, BACKUP: BackupDevice}
LABELS = {TOTP: _("authenticator app"), EMAIL: _("code by e-mail"), BACKUP: _("backup code")}
CODE_MAIL = limits.Limit("code-mail", 10, 3600)


def meets_policy(request) -> bool:
    """Whether the session has passed the second factor that the strictest of the person's agencies asks for."""
    user = request.user
    if not user.is_verified():
        return False
    method = method_of(user.otp_device)
    if method == TOTP:
        return True
    if method == BACKUP and has_app(user):
        return True
    return bool(method) and not asks_for_app(request)


def asks_for_app(request) -> bool:
    """Whether the strictest of the person's agencies takes nothing but an authenticator app.

    `request.factor_policy`, when the door has set it, saves asking all agencies: the person has only this one.
    """
    return (getattr(request, "factor_policy", "") or hooks.policy_of(request.user)) == TOTP


def method_of(device: Device) -> str:
    """totp, email or backup; nothing for any other device."""
    return next((method for method, model in MODELS.items() if isinstance(device, model)), "")


def has_app(user: User) -> bool:
    """Whether an authenticator app is connected."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).exists()


def methods_of(user: User) -> list[str]:
    """How the person may prove to be it, the usual way first. Never empty: without an app it is the code by e-mail."""
    app, strict = has_app(user), hooks.policy_of(user) == TOTP
    methods = [TOTP] if app else []
    if not (app and strict):
        methods.append(EMAIL)
    if backup_codes_left(user) and not (strict and not app):
        methods.append(BACKUP)
    return methods


def device_of(user: User, method: str) -> Device:
    """The person's device of this method. That for e-mail is made when first needed: everybody has an address."""
    found = MODELS[method].objects.devices_for_user(user, confirmed=True).order_by("pk").first()
    return EmailDevice.objects.create(user=user, name=EMAIL) if found is None and method == EMAIL else found


def verify(user: User, method: str, token: str) -> Device | None:
    """The device that took the code, which is used up then. Counts failures on this device alone, in the database."""
    return django_otp.verify_token(user, device_of(user, method).persistent_id, token)


def wait_of(device: Device) -> int:
    """Seconds until the next try; 0 when it is allowed now."""
    allowed, facts = device.verify_is_allowed()
    return 0 if allowed else _seconds_to(facts["locked_until"])


def wait_for_mail(device: EmailDevice) -> int:
    """Seconds until another code may be sent."""
    allowed, facts = device.generate_is_allowed()
    return 0 if allowed else _seconds_to(facts["next_generation_at"])


def has_open_code(device: EmailDevice) -> bool:
    """Whether a code is on its way that still counts."""
    return bool(device.token) and device.valid_until > timezone.now()


def send_code(user: User) -> bool:
    """Mail a new code, unless one has just been sent; whether one went out."""
    device = device_of(user, EMAIL)
    if wait_for_mail(device) or limits.consume(CODE_MAIL, user.pk):
        return False
    device.cooldown_set(commit=False)
    device.generate_token(length=6, valid_secs=settings.OTP_EMAIL_TOKEN_VALIDITY)
    sent = mail.send("code", user.email, user=user, token=device.token)
    if not sent:
        device.token = None  # nobody has it, so the next page tries again
        device.cooldown_reset()
    return sent


def backup_codes_left(user: User) -> int:
    """How many backup codes are unused."""
    device = BackupDevice.objects.devices_for_user(user, confirmed=True).first()
    return device.codes.filter(used_at=None).count() if device else 0


def masked(address: str) -> str:
    """An address as it may be shown to somebody who has only proved the password."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"


def _seconds_to(moment) -> int:
    return max(1, ceil((moment - timezone.now()).total_seconds()))
