"""What an agency's owner looks at in the admin beside the things with pages of their own: the rows around them."""

from collections.abc import Callable

from django.apps import apps

PARTS = (
    "mail.mailreply mailbox.mailattachment notifications.delivery people.accessrequest people.invitation people.vendorcard "
    "protocols.internalnote protocols.meetingguest protocols.meetingtopic protocols.participation protocols.protocolfile "
    "protocols.version tickets.change tickets.checklistitem tickets.commentversion tickets.descriptionversion "
    "tickets.fieldvalue tickets.follower tickets.handover tickets.link tickets.teammember tickets.ticketfield "
    "tickets.ticketfile tickets.watchout worklog.timer"
).split()


def _first_of(label: str) -> Callable:
    """The first row that the agency of the scenery's client has, whoever's it is."""
    model = apps.get_model(label)
    return lambda t: model._base_manager.using("maint").filter(agency=t.client.agency_id).earliest("pk")


ADMIN_OF_PARTS = {label.replace(".", "_"): (_first_of(label), {}) for label in PARTS}
