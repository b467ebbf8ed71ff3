"""Protocols: minutes of calls, jours fixes and meetings, with comments and files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProtocolsConfig(AppConfig):
    name = "protocols"
    verbose_name = _("Protocols")

    def ready(self):
        from portal.events.delivery import on_delivery
        from portal.events.kinds import register
        from portal.files.models import kept_back
        from portal.mail import replies
        from portal.people import handover, veils
        from portal.search import searchables
        from portal.tenancy import navigation
        from protocols import finding, handing_over, menu, replying
        from protocols.events import KINDS
        from protocols.meetings import finding as meetings_finding
        from protocols.meetings import handing_over as meetings_handing_over
        from protocols.meetings import invitations
        from protocols.meetings import replying as meeting_replies
        from protocols.meetings import tasks as _tasks  # noqa: F401, Celery looks for tasks beside apps only
        from protocols.meetings.events import KINDS as MEETING_KINDS
        from protocols.veils import hidden_files, veils_of
        from worklog import subjects

        register(*KINDS, group=_("Protocols"))
        register(*MEETING_KINDS, group=_("Meetings"))
        on_delivery(invitations.send)
        handover.register(handing_over.DRAFTS)
        handover.register(handing_over.ACTION_ITEMS)
        handover.register(meetings_handing_over.MEETINGS)
        handover.register(meetings_handing_over.UNWRITTEN)
        handover.on_merge(meetings_handing_over.take_seat)
        navigation.register(menu.ENTRY)
        searchables.register(*finding.SEARCHABLES, meetings_finding.SEARCHABLE, order=20)
        veils.register(*veils_of(self.get_models()))
        subjects.register("protocols.protocol", finding.titles_of)
        replies.register(replying.PURPOSE, replying.take, may=replying.may)
        meeting_replies.register()
        kept_back["protocols"] = hidden_files
