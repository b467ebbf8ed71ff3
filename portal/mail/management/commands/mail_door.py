"""manage.py mail_door: the SMTP server for incoming mail, until SIGTERM."""

import asyncio
import signal

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.mail.door import Door


class Command(BaseCommand):
    help = "Take in mail by SMTP at SMTP_HOST:SMTP_PORT until SIGTERM or SIGINT."

    def handle(self, *args, **options):
        asyncio.run(_serve())


async def _serve() -> None:
    asked_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked_to_stop.set)
    door = Door()
    await door.start(settings.SMTP_HOST, settings.SMTP_PORT)
    await asked_to_stop.wait()
    await door.stop()
