"""A mail that was written in the tab came back, or was refused: its writer is told, for nobody else was waiting for it to arrive."""

from mailbox import placing
from mailbox.models import Mail
from portal.events.record import record
from portal.mail.models import OutgoingMail
from portal.mail.parsed import Failure


def note(outgoing: OutgoingMail, failure: Failure) -> None:
    """Record it once for each piece of news. A last word that did not arrive is no answer: the thread waits again."""
    mails = Mail.objects.filter(agency_id=outgoing.agency_id, outgoing=outgoing).select_related("client", "project")
    mail = mails.defer("text", "html").first()
    if mail is None:
        return
    if failure.kind == "hard":
        placing.note_last_word(mail, is_ours=False)
    people = ", ".join(failure.recipients or outgoing.to)[:300]
    record("mail.returned", mail, by=None, mail=mail.pk, title=str(mail), people=people, author=mail.author_id)
