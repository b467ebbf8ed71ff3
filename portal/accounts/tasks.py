"""Housekeeping of accounts."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import actions, limits
from portal.accounts.models import Attempt, FactorReset, Session, TrustedBrowser
from portal.core.context import traced

SHOWN_FOR = timedelta(days=1)
"""So long a secret that was shown waits for its first code."""


@shared_task(name="portal.accounts.tasks.sweep")
def sweep():
    """Carry out resets that are due; forget what has run out."""
    with traced(task="sweep accounts"):
        for reset_id in FactorReset.objects.due().values_list("pk", flat=True):
            actions.carry_out_factor_reset(reset_id)
        Session.objects.over().delete()
        EmailDevice.objects.filter(valid_until__lt=timezone.now()).exclude(token=None).update(token=None)
        TOTPDevice.objects.filter(confirmed=False, created_at__lt=timezone.now() - SHOWN_FOR).delete()
        TrustedBrowser.objects.filter(expires_at__lt=timezone.now()).delete()
        Attempt.objects.using(limits.ALIAS).filter(until__lt=timezone.now()).delete()


sweep.is_tenant_task = False
