"""Tickets: every request and every word about it in one place."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Tickets")

    def ready(self):
        from portal.events.kinds import register
        from portal.mail import receiving
        from portal.people import access, handover
        from portal.search import searchables
        from portal.tenancy import actions, navigation, tabs
        from tickets import finding, handing_over, mail_in, menu, presets, replying
        from tickets.events import KINDS
        from tickets.timing import SUBJECT
        from worklog import subjects

        access.PROJECTS["tickets"] = finding.project_at
        handover.register(handing_over.ON_DESK)
        register(*KINDS, group=_("Tickets"))
        replying.register()
        receiving.register(mail_in.receive)
        searchables.register(*finding.SEARCHABLES, order=10)
        navigation.register(*menu.ENTRIES)
        subjects.register(SUBJECT, finding.titles_of, subjects.Keyed(finding.named, finding.key_of))
        tabs.register(tabs.Tab("desk:types", _("Tickets"), permission="manage_agency", pages=("desk:type",)))
        actions.furnishers.append(presets.furnish)
