"""The SMTP door: 250 only after the mail is on disk, 550 for unknown addresses, 552 for too large, 4xx for our own trouble."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.db import connections

from portal.mail.addresses import route_of
from portal.mail.door_tls import Certificate
from portal.mail.intake import Envelope, accept
from portal.mail.limits import Peers, peer_of

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 64
MAX_RECIPIENTS = 100
DATABASE_THREADS = 8
IDLE_SECONDS = 120
DRAIN_SECONDS = 10
LONGEST_LINE = 1024 * 1024
"""Longer than the standard allows, because mails with such lines exist and are not to be lost."""

MOST_LINES = 1_000_000
"""25 MB in lines of 25 characters. Each line costs a hundred bytes of memory while it is read."""
ENDLESS = 4 * LONGEST_LINE
AT_ONCE = 16 * 1024
"""Bytes taken from one sender before it is the others' turn; asyncio's 256 KB can be 131,072 lines, a second's work."""

TRY_LATER = "451 4.3.0 We have trouble at the moment, try again later"
TOO_FAST = "450 4.7.1 Too many mails from your address, try again later"


class Connection(SMTP):
    """One sender at the door."""

    line_length_limit = LONGEST_LINE

    def __init__(self, door: "Door"):
        super().__init__(
            door,
            data_size_limit=settings.MAIL_MAX_BYTES,
            hostname=settings.MAIL_DOMAIN,
            ident="Glasshouse",
            enable_SMTPUTF8=True,
            timeout=IDLE_SECONDS,
            loop=asyncio.get_running_loop(),
            tls_context=door.certificate.context() if door.certificate else None,
        )
        self.door, self.peer = door, ""
        self.lines = self.line_bytes = 0

    async def smtp_DATA(self, arg):
        self.lines = 0
        await super().smtp_DATA(arg)

    def data_received(self, data):
        """Count before anything is kept: a mail that is too large is read to its end, and some have none."""
        self.lines += data.count(b"\n")
        end = data.rfind(b"\r\n")
        self.line_bytes = self.line_bytes + len(data) if end < 0 else len(data) - end - 2
        if self.lines > MOST_LINES:
            self._hang_up("552 5.3.4 Too many lines")
        elif self.line_bytes > ENDLESS:
            self._hang_up("500 5.5.6 Line too long")
        else:
            super().data_received(data)

    def _hang_up(self, answer: str) -> None:
        log.warning("mail door hung up", extra={"answer": answer, "peer": _ip(self.session)})
        transport = cast(asyncio.Transport, self.transport)
        transport.write(f"{answer}\r\n".encode())
        transport.close()

    def connection_made(self, transport):
        """Called again, with another transport, when the connection has become encrypted."""
        self.peer = peer_of(transport.get_extra_info("peername"))
        others = [other.peer for other in self.door.open if other is not self]
        self.is_one_too_many = self.door.peers.is_one_too_many(self.peer, others)
        if self.is_one_too_many:
            send_away(transport)
            return
        self.door.open.add(self)
        (self._tls_protocol or transport).max_size = AT_ONCE
        super().connection_made(transport)

    def connection_lost(self, error):
        self.door.open.discard(self)
        if not self.is_one_too_many:
            super().connection_lost(error)


class Busy(asyncio.Protocol):
    """The answer to a sender too many."""

    def connection_made(self, transport: Any):
        send_away(transport)


def send_away(transport: Any) -> None:
    """For now."""
    transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
    transport.close()


class Door:
    """The server and, for each of its connections, the handler of aiosmtpd. Database work runs in threads."""

    source = "smtp"
    connection: type[Connection] = Connection

    def __init__(
        self,
        store: Callable[[bytes, Envelope], Any] = accept,
        find: Callable[[str], int | None] = route_of,
        certificate: Certificate | None = None,
    ):
        self.store, self.find, self.certificate = store, find, certificate
        self.peers = Peers(self.trusted())
        self.open: set[Connection] = set()
        self.storing = 0
        self.threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="mail-door")

    @staticmethod
    def trusted() -> list[str]:
        """Networks that are never held back."""
        return settings.MAIL_TRUSTED_PEERS

    async def start(self, host: str, port: int) -> None:
        self.server = await asyncio.get_running_loop().create_server(self._connection, host, port)
        self.port = self.server.sockets[0].getsockname()[1]
        log.info("mail door open", extra={"host": host, "port": self.port, "source": self.source})

    def _connection(self) -> asyncio.BaseProtocol:
        return Busy() if len(self.open) >= MAX_CONNECTIONS else self.connection(self)

    async def stop(self) -> None:
        """Take nobody new, let mails that are being stored be acknowledged, then hang up."""
        self.server.close()
        for _tick in range(DRAIN_SECONDS * 20):
            if not self.storing:
                break
            await asyncio.sleep(0.05)
        for connection in list(self.open):
            if connection.transport:
                connection.transport.close()
        self.threads.shutdown(wait=False)
        log.info("mail door closed")

    async def handle_MAIL(self, server, session, envelope, address: str, options) -> str:
        if not self.peers.may_send(server.peer):
            log.warning("mail door slowed a peer down", extra={"peer": _ip(session)})
            return TOO_FAST
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address: str, options) -> str:
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            agency_id = await self._in_thread(self.find, address)
        except Exception:
            log.exception("address could not be looked up")
            return TRY_LATER
        if agency_id is None:
            log.info("mail to an unknown address refused", extra={"peer": _ip(session)})
            return "550 5.1.1 No such address" if self.peers.may_send(server.peer) else TOO_FAST
        envelope.routes = {**getattr(envelope, "routes", {}), address: agency_id}
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        return await self.keep(session, envelope, envelope.routes)

    async def keep(self, session, envelope, routes: dict[str, int]) -> str:
        """Store the mail for these recipients and say how that went."""
        told = Envelope(envelope.mail_from or "", routes, _ip(session), session.host_name or "", self.source)
        self.storing += 1
        try:
            ids = await self._in_thread(self.store, envelope.original_content, told)
        except Exception:
            log.exception("mail could not be stored")
            return TRY_LATER
        finally:
            self.storing -= 1
        log.info("mail stored", extra={"inbound": ids, "bytes": len(envelope.original_content), "peer": told.peer})
        return "250 2.0.0 Stored"

    async def handle_exception(self, error: Exception) -> str:
        log.error("mail door failed", exc_info=error)
        return TRY_LATER

    async def _in_thread(self, function: Callable, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, _with_connections, function, *arguments)


def _with_connections(function: Callable, *arguments: Any) -> Any:
    """Run in a worker thread and give its database connections back to the pool."""
    try:
        return function(*arguments)
    finally:
        connections.close_all()


def _ip(session) -> str | None:
    return session.peer[0] if isinstance(session.peer, tuple) else None
