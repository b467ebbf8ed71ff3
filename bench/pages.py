"""Which pages are measured, as whom."""

from bench import data
from bench.measure import Target
from portal.core.paging import EPOCH, MICROSECOND
from portal.events.models import Event

DEEP, ROWS = 1000, 30
"""The page of the timeline that is measured against the first, and how many entries make one."""
CONTACT, SPECIALIST = "contact", "specialist"
PAGES = (
    ("bell alone", CONTACT, "/notifications/bell/"),
    ("protocols", CONTACT, "/{client}/protocols/"),
    ("protocols", SPECIALIST, "/{client}/protocols/"),
    ("protocol", CONTACT, "/{client}/protocols/1/"),
    ("mails", CONTACT, "/{client}/mails/"),
    ("mails, unread alone", CONTACT, "/{client}/mails/?unread=1"),
    ("attachments", CONTACT, "/{client}/mails/files/"),
    ("timeline", CONTACT, "/{client}/timeline/"),
    (f"timeline page {DEEP:,}", CONTACT, "/{client}/timeline/?after={deep}"),
    ("work log of a month", CONTACT, "/{client}/work-log/"),
    ("work log of a month", SPECIALIST, "/{client}/work-log/"),
    ("my time", SPECIALIST, "/work-log/"),
    ("my week", SPECIALIST, "/work-log/week/"),
    ("tickets", CONTACT, "/{client}/tickets/"),
    ("tickets done", CONTACT, "/{client}/tickets/?tab=done"),
    ("tickets filtered", SPECIALIST, "/tickets/?kind=bug&who=me"),
    ("tickets by words", SPECIALIST, "/tickets/?q=cost+10"),
    ("tickets done by words", CONTACT, "/{client}/tickets/?tab=done&q=cost+11"),
    ("ticket of 500 comments", CONTACT, "/{client}/tickets/1/"),
    ("ticket of 500 comments", SPECIALIST, "/{client}/tickets/1/"),
    ("board", SPECIALIST, "/tickets/board/"),
    ("start", CONTACT, "/{client}/"),
    ("my day", SPECIALIST, "/my-day/"),
    ("clients", SPECIALIST, "/clients/"),
)
"""(what, as whom, where): addresses below that of the agency."""


def targets(worlds: list[tuple[str, data.World]], port: int, pid: int, only: str = "") -> list[Target]:
    """Every page of every world (how many rows, which); only: those in whose names this stands."""
    found = []
    for rows, world in worlds:
        cookies = {CONTACT: data.cookie_of(world.contact), SPECIALIST: data.cookie_of(world.specialist)}
        place = {"client": world.client.slug, "deep": _deep(world)}
        for what, whose, path in PAGES:
            name = f"{what}, {whose}"
            if only in name:
                address = f"/{world.agency.slug}{path.format(**place)}"
                found.append(Target(name, port, address, pid, cookies[whose], rows))
    return found


def _deep(world: data.World) -> str:
    """The key of page DEEP of the timeline, or of the last one, as the link of the page before would have it."""
    rows = Event.objects.using("maint").filter(client=world.client).order_by("-visible_from", "-pk")
    place = max(min(DEEP * ROWS, rows.count()) - ROWS, 0)
    event = rows[place : place + 1].get()
    return f"{(event.visible_from - EPOCH) // MICROSECOND}-{event.pk}"
