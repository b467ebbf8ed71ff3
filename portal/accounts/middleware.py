"""Which second factor the session has passed: django-otp's middleware, with its look-up compiled once."""

from django.db.models import BigIntegerField
from django_otp.middleware import OTPMiddleware
from django_otp.models import Device

from portal.accounts.factors import MODELS
from portal.core.prepared import Prepared, Slot

_by_id = {
    f"{model._meta.app_label}.{model._meta.model_name}": Prepared(
        lambda model=model: model.objects.filter(pk=Slot("device", BigIntegerField()))  # type: ignore[misc]
    )
    for model in MODELS.values()
}


class SecondFactor(OTPMiddleware):
    """Puts `otp_device` and `is_verified()` on the user; a device that is gone or unconfirmed counts no longer."""

    def _device_from_persistent_id(self, persistent_id: str) -> Device | None:
        model, _, number = self._normalize_persistent_id(persistent_id).partition("/")
        if model not in _by_id or not number.isdecimal():
            return None
        return _by_id[model].first(device=int(number))
