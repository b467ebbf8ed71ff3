"""Mails that arrived, as the tab shows them."""

import pytest
from django.db import transaction

from mailbox.models import Mail, Thread
from portal.core.context import tenant
from portal.mail import intake, processing
from portal.mail.addresses import address_for
from tests.mail.conftest import door, media, open_door, wake_ups  # noqa: F401, fixtures
from tests.mail.makers import raw_letter


@pytest.fixture
def deliver(cast):
    """Deliver a mail to a client's address and process it; yields the client's rows. The server names Nora, unless told."""

    def take_in(raw=None, *, client=None, project="", envelope_from="nora@nora.example", **words):
        client = client or cast.acme
        local, _at, domain = address_for(client).partition("@")
        to = f"{local}+{project}@{domain}" if project else f"{local}@{domain}"
        envelope = intake.Envelope(envelope_from, {to: client.agency_id}, "127.0.0.1")
        for inbound_id in intake.accept(raw or raw_letter(**words), envelope):
            processing.process(client.agency_id, inbound_id)
        with tenant(client.agency_id), transaction.atomic():
            return list(Mail.objects.filter(client=client).order_by("pk"))

    return take_in


def thread_of(mail) -> Thread:
    """The thread of a mail as it stands now."""
    with tenant(mail.agency_id), transaction.atomic():
        return Thread.objects.select_related("client__agency", "project").get(mails=mail)


@pytest.fixture
def mail(deliver):
    """One ordinary mail of Acme with two files."""
    files = [("Terms.txt", "text/plain", b"31.5 kg"), ("Pixel.png", "image/png", PNG)]
    return deliver(files=files)[-1]


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e"
    "44ae426082"
)
