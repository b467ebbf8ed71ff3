"""Input of the pages about addresses and mails that wait."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mailbox.renewing import GRACE_DAYS, MOST_DAYS


class RenewalForm(forms.Form):
    """How long the old address is taken."""

    days = forms.IntegerField(
        label=_("Days for which the old address is still taken"), min_value=0, max_value=MOST_DAYS, initial=GRACE_DAYS
    )
