"""The tab Mails."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailboxConfig(AppConfig):
    name = "mailbox"
    verbose_name = _("Mails")

    def ready(self):
        from mailbox import actions, finding, handing_over, letter, quarantine_menu, replying, returning, strangers
        from mailbox.events import KINDS
        from portal.events import kinds
        from portal.mail import bounces, receiving, replies
        from portal.people import handover
        from portal.search import searchables
        from portal.tenancy import navigation

        kinds.register(*KINDS)
        receiving.register(actions.receive)
        bounces.register(returning.note)
        handover.register(handing_over.ASSIGNED)
        handover.on_merge(strangers.know_both)
        replies.register(replying.PURPOSE, replying.take, may=replying.may)
        searchables.register(*finding.SEARCHABLES, order=30)
        navigation.letter_of = letter.letter_of
        navigation.register(quarantine_menu.ENTRY)
        navigation.register(
            navigation.Entry(
                "mailbox:index",
                "mail",
                _("Mails"),
                of_client=True,
                area="mails",
                group="center",
                order=250,
                bottom=True,
                namespace="mailbox",
            )
        )
