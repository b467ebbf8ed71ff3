"""Which pages are measured, as whom."""

from bench import data
from bench.measure import Target
from portal.core.paging import EPOCH, MICROSECOND
from portal.events.models import Event

DEEP, ROWS = 1000, 30
"""The page of the timeline that is measured against the first, and how many entries make one."""


def targets(worlds: list[tuple[str, data.World]], port: int, pid: int, only: str = "") -> list[Target]:
    """Every page of every world (how many rows, which); only: those in whose names this stands."""
    found = []
    for rows, world in worlds:
        base, client = f"/{world.agency.slug}", world.client.slug
        contact, specialist = data.cookie_of(world.contact), data.cookie_of(world.specialist)
        for name, path, cookie in (
            ("protocols, contact", f"/{client}/protocols/", contact),
            ("protocols, specialist", f"/{client}/protocols/", specialist),
            ("protocol, contact", f"/{client}/protocols/1/", contact),
            ("mails, contact", f"/{client}/mails/", contact),
            ("mails, unread alone", f"/{client}/mails/?unread=1", contact),
            ("attachments, contact", f"/{client}/mails/files/", contact),
            ("timeline, contact", f"/{client}/timeline/", contact),
            (f"timeline page {DEEP:,}, contact", f"/{client}/timeline/?after={_deep(world)}", contact),
            ("work log of a month, contact", f"/{client}/work-log/", contact),
            ("work log of a month, specialist", f"/{client}/work-log/", specialist),
            ("my time, specialist", "/work-log/", specialist),
            ("my week, specialist", "/work-log/week/", specialist),
            ("tickets, contact", f"/{client}/tickets/", contact),
            ("tickets done, contact", f"/{client}/tickets/?tab=done", contact),
            ("tickets filtered, specialist", "/tickets/?kind=bug&who=me", specialist),
            ("tickets by words, specialist", "/tickets/?q=cost+10", specialist),
            ("tickets done by words, contact", f"/{client}/tickets/?tab=done&q=cost+11", contact),
            ("ticket of 500 comments, contact", f"/{client}/tickets/1/", contact),
            ("ticket of 500 comments, specialist", f"/{client}/tickets/1/", specialist),
            ("board, specialist", "/tickets/board/", specialist),
            ("start, contact", f"/{client}/", contact),
            ("my day, specialist", "/my-day/", specialist),
            ("clients, specialist", "/clients/", specialist),
        ):
            if only in name:
                found.append(Target(name, port, base + path, pid, cookie, rows))
    return found


def _deep(world: data.World) -> str:
    """The key of page DEEP of the timeline, or of the last one, as the link of the page before would have it."""
    rows = Event.objects.using("maint").filter(client=world.client).order_by("-visible_from", "-pk")
    place = max(min(DEEP * ROWS, rows.count()) - ROWS, 0)
    event = rows[place : place + 1].get()
    return f"{(event.visible_from - EPOCH) // MICROSECOND}-{event.pk}"
