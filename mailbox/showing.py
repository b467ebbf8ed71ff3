"""The one guarded getter of a mail, which all views of the tab use."""

from django.http import Http404

from mailbox.models import Mail
from mailbox.reading import ONE
from portal.core.context import tenant
from portal.mail.models import InboundMail, OutgoingMail


def one(request, number: int) -> Mail:
    """The mail, as far as the member may see it."""
    mail = next(iter(ONE.ask(request.member, request.client, mail=number)), None)
    if mail is None:
        raise Http404("no such mail")
    request.client.agency = request.agency
    mail.client = mail.thread.client = request.client
    return mail


def outgoing_of(mail: Mail) -> OutgoingMail | None:
    """What became of a mail that was written here. Read with the agency's sight: whoever sees the mail may know it."""
    if mail.outgoing_id is None:
        return None
    with tenant(mail.agency_id):
        rows = OutgoingMail.objects.filter(agency_id=mail.agency_id, pk=mail.outgoing_id)
        return rows.defer("text", "html", "calendar").first()


def original_of(mail: Mail) -> bytes:
    """The mail as it arrived. Read with the agency's sight; the caller has asked whether all of it is open to the reader."""
    with tenant(mail.agency_id):
        return bytes(InboundMail.objects.get(agency_id=mail.agency_id, pk=mail.inbound_id).raw)
