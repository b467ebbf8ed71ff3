"""The LMTP door, for a mail server that hands mail over locally: one answer for each recipient once the mail is there."""

from collections.abc import Sequence

from aiosmtpd.lmtp import LMTP

from portal.mail.door import Connection, Door


class LocalConnection(Connection, LMTP):
    """One mail server that hands over. After the mail itself every answer is given once per recipient (RFC 2033, 4.2)."""

    show_smtp_greeting = False

    async def smtp_DATA(self, arg):
        self.is_mail_underway = False
        self.recipients = len(self.envelope.rcpt_tos) if self.envelope else 0
        try:
            await super().smtp_DATA(arg)
        finally:
            self.is_mail_underway = False

    async def push(self, status):
        is_about_the_mail, told = getattr(self, "is_mail_underway", False), status
        if is_about_the_mail and not isinstance(status, Answers):
            told = "\r\n".join([status] * self.recipients)
        self.is_mail_underway = isinstance(status, str) and status.startswith("354")
        await super().push(str(told))


class Answers(str):
    """Several answers, one a line."""


class LocalDoor(Door):
    """Each agency's mail is stored in a transaction of its own: who cannot be served now is asked to be tried again, alone."""

    source = "lmtp"
    connection = LocalConnection

    @staticmethod
    def trusted() -> list[str]:
        """Whoever reaches this port is the agency's own mail server, with everybody's mail."""
        return ["0.0.0.0/0", "::/0"]

    async def handle_DATA(self, server, session, envelope) -> str:
        routes: dict[str, int] = envelope.routes
        outcomes = {
            agency_id: await self.keep(session, envelope, _of(routes, agency_id))
            for agency_id in sorted(set(routes.values()))
        }
        return _in_order(envelope.rcpt_tos, {address: outcomes[agency_id] for address, agency_id in routes.items()})


def _of(routes: dict[str, int], agency_id: int) -> dict[str, int]:
    return {address: owner for address, owner in routes.items() if owner == agency_id}


def _in_order(recipients: Sequence[str], outcomes: dict[str, str]) -> Answers:
    return Answers("\r\n".join(f"{outcomes[address]} <{address}>" for address in recipients))
