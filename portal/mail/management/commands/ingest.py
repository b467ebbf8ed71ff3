"""manage.py ingest: one mail from a pipe, or all of a Maildir or mbox. A mail server reads the exit code (sysexits.h)."""

import hashlib
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.mail.intake import Envelope, accept
from portal.mail.intake_routes import addresses_in, keeper_of_strays, return_path_in, routes_among
from portal.mail.stray_models import Stray

log = logging.getLogger(__name__)

EX_NOUSER, EX_DATAERR, EX_TEMPFAIL = 67, 65, 75


class Command(BaseCommand):
    help = (
        "Take in a mail from standard input, or the mails of --maildir or --mbox. Exit codes: 75 try again later, "
        "67 no such address, 65 larger than a mail may be."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--recipient", action="append", default=[], help="envelope recipient; else the headers tell"
        )
        parser.add_argument("--sender", default="", help="envelope sender; else Return-Path tells")
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--strays", action="store_true", help="once more what was nobody's (MAIL_STRAYS)")
        source.add_argument("--maildir", type=Path, help="mails of new/ are moved to cur/ once they are stored")
        source.add_argument("--mbox", type=Path, help="the file is not changed; a second run stores nothing twice")

    def handle(self, *args, **options):
        try:
            if options["strays"]:
                failed = _take_strays()
            elif options["maildir"]:
                failed = _take_maildir(options["maildir"])
            elif options["mbox"]:
                failed = _take_mbox(options["mbox"])
            else:
                return _take_pipe(options["recipient"], options["sender"])
        except OSError as error:
            raise CommandError(str(error), returncode=EX_TEMPFAIL) from error
        if failed:
            raise CommandError(f"{failed} mails are not stored for anybody", returncode=EX_TEMPFAIL)


def _take_pipe(recipients: list[str], sender: str) -> None:
    raw = sys.stdin.buffer.read(settings.MAIL_MAX_BYTES + 1)
    if len(raw) > settings.MAIL_MAX_BYTES:
        raise CommandError("too large", returncode=EX_DATAERR)
    try:
        routes = routes_among(recipients or addresses_in(raw))
        if routes:
            accept(raw, _envelope(raw, routes, sender))
    except Exception as error:
        log.exception("mail could not be stored")
        raise CommandError("try again later", returncode=EX_TEMPFAIL) from error
    if not routes:
        raise CommandError("no such address", returncode=EX_NOUSER)


def _take_strays() -> int:
    """How many are still nobody's. What was stored for an agency is not kept twice."""
    strays = Stray.objects.using("maint").order_by("pk")
    for pk in list(strays.values_list("pk", flat=True)):
        stray = strays.get(pk=pk)
        raw, keeper = bytes(stray.raw), keeper_of_strays()
        routes = routes_among([*stray.recipients, *addresses_in(raw)])
        routes = routes or (dict.fromkeys(stray.recipients, keeper) if keeper else {})
        if routes or keeper:
            posted = (bytes(stray.body), stray.content_type) if stray.body else None
            key, source = stray.source_key, stray.source
            accept(raw, Envelope(stray.envelope_from, routes, source=source, key=key, keeper=keeper, posted=posted))
            stray.delete()
    return strays.count()


def _take_maildir(place: Path) -> int:
    """How many mails could not be stored; they stay where they are."""
    (place / "cur").mkdir(exist_ok=True)
    failed = 0
    for path in sorted((place / "new").iterdir()):
        if _is_stored(path.name, path.read_bytes()):
            os.replace(path, place / "cur" / f"{path.name}:2,")
        else:
            failed += 1
    return failed


def _take_mbox(path: Path) -> int:
    return sum(not _is_stored(name, raw) for name, raw in _mails_of(path))


def _mails_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """A mail begins with a line `From ...` after an empty one (RFC 4155). The library's module has the name of our app."""
    lines: list[bytes] = []
    count, last = 0, b"\n"
    with path.open("rb") as box:
        for line in box:
            if line.startswith(b"From ") and not last.strip():
                yield from _named(path, count, lines)
                lines, count = [], count + 1
            else:
                lines.append(line)
            last = line
    yield from _named(path, count, lines)


def _named(path: Path, count: int, lines: list[bytes]) -> Iterator[tuple[str, bytes]]:
    if count:
        yield f"{path.name} {count}", b"".join(lines[:-1] if lines and not lines[-1].strip() else lines)


def _is_stored(name: str, raw: bytes) -> bool:
    """A mail to nobody is kept as well: a folder cannot be told that an address is unknown."""
    try:
        routes = routes_among(addresses_in(raw))
        accept(raw, _envelope(raw, routes, keeper=None if routes else keeper_of_strays()))
    except Exception:
        log.exception("mail could not be stored", extra={"mail": name})
        return False
    return True


def _envelope(raw: bytes, routes: dict[str, int], sender: str = "", keeper: int | None = None) -> Envelope:
    key = hashlib.sha256(
        b" ".join([raw, *(address.encode(errors="replace") for address in sorted(routes))])
    ).hexdigest()
    return Envelope(sender or return_path_in(raw), routes, source="ingest", key=key, keeper=keeper)
