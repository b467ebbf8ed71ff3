"""What the drawer behind the letter icon explains: who sees a mail, how it finds its project and its sender, whether it arrives."""

from typing import Any

from django.utils.translation import gettext as _

from mailbox import address_test, renewing
from portal.mail.addresses import current_address, tagged
from portal.mail.aliases import alias_of
from portal.tenancy.models import Client, Member, Project
from tickets.mail_in import address_of, opens_tickets

MOST_PROJECTS = 8


def details_of(member: Member, client: Client) -> dict[str, Any]:
    """Everything about the address for its page and the drawer."""
    address = current_address(client)
    test = address_test.latest(member, client)
    return {
        "address": str(address),
        "mailto": f"mailto:?cc={address}",
        "tickets": address_of(str(address)) if opens_tickets(member, client) else "",
        "client": client.name if member.is_specialist else "",
        "seen": _seen_by(member, client),
        "alias": alias_of(member, address),
        "projects": _project_addresses(member, client, address),
        "may_renew": renewing.can_renew(member, client),
        **test_words(test),
    }


def test_words(test) -> dict[str, Any]:
    """The member's newest test, as steps; whether the page should ask again."""
    steps = address_test.steps_of(test) if test else []
    is_running = bool(test) and any(step.state == "now" for step in steps)
    return {"test": test, "steps": steps, "is_running": is_running}


def _seen_by(member: Member, client: Client) -> list[str]:
    """Who sees such a mail, said to this kind of reader."""
    names = {"client": client.name, "agency": client.agency.name}
    if member.is_specialist:
        first = _("Your colleagues who work for %(client)s, its people with the area Mails, and its own providers.")
        suppliers = _("Your suppliers see only mails of projects shared with them.")
    elif member.is_vendor:
        first = _("You and your colleagues, the people of %(client)s with the area Mails, and %(agency)s.")
        suppliers = _("Suppliers of %(agency)s see only mails of projects shared with them.")
    else:
        first = _("%(agency)s, your colleagues with the area Mails, and the providers that you engaged.")
        suppliers = _("Suppliers of %(agency)s see only mails of projects shared with them.")
    lines = [first % names, suppliers % names]
    if client.agency.hold_strangers:
        lines.append(_("A mail in which nobody is known waits until %(agency)s has let it in.") % names)
    return lines


def _project_addresses(member: Member, client: Client, address) -> list[tuple[str, str]]:
    """(project, address that names it), for the first few."""
    rows = Project.objects.visible_to(member).filter(client=client, archived_at=None).order_by("name")[:MOST_PROJECTS]
    return [(row.name, tagged(str(address), row.slug)) for row in rows]
