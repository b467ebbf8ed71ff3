"""manage.py mail_door: the SMTP server for incoming mail, and the LMTP server beside it, until SIGTERM."""

import asyncio
import signal

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.mail.door import Door
from portal.mail.door_tls import certificate
from portal.mail.lmtp import LocalDoor


class Command(BaseCommand):
    help = (
        "Take in mail by SMTP at SMTP_HOST:SMTP_PORT, and by LMTP at LMTP_HOST:LMTP_PORT when a port is set, "
        "until SIGTERM or SIGINT."
    )

    def handle(self, *args, **options):
        asyncio.run(_serve())


async def _serve() -> None:
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    doors = [Door(certificate=certificate())]
    await doors[0].start(settings.SMTP_HOST, settings.SMTP_PORT)
    if settings.LMTP_PORT:
        doors.append(LocalDoor())
        await doors[1].start(settings.LMTP_HOST, settings.LMTP_PORT)
    await asked_to_stop.wait()
    await asyncio.gather(*(door.stop() for door in doors))
