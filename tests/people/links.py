"""What an invited person finds in the letter."""

import re

from django.db import transaction

from portal.core.context import tenant
from portal.mail.models import OutgoingMail
from portal.mail.seeds import with_secret


def link_to_join(agency, email: str) -> str:
    """The path of the link in the newest invitation that went to this address."""
    with tenant(agency.pk), transaction.atomic():
        mail = OutgoingMail.objects.filter(to=[email]).latest("pk")
    sent = with_secret(mail.text, mail.seed)
    return re.search(r"https?://[^/]+(/\S+/people/join/\S+/)", sent).group(1)
