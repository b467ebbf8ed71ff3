"""Housekeeping of accounts."""

from celery import shared_task
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice

from portal.accounts import actions, limits
from portal.accounts.models import Attempt, FactorReset, Session, TrustedBrowser
from portal.core.context import traced


@shared_task(name="portal.accounts.tasks.sweep")
def sweep():
    """Carry out resets that are due; forget what has run out."""
    with traced(task="sweep accounts"):
        for reset_id in FactorReset.objects.due().values_list("pk", flat=True):
            actions.carry_out_factor_reset(reset_id)
        Session.objects.over().delete()
        EmailDevice.objects.filter(valid_until__lt=timezone.now()).exclude(token=None).update(token=None)
        TrustedBrowser.objects.filter(expires_at__lt=timezone.now()).delete()
        Attempt.objects.using(limits.ALIAS).filter(until__lt=timezone.now()).delete()


sweep.is_tenant_task = False
