"""Which pages are measured, as whom."""

from bench import data
from bench.measure import Target


def targets(worlds: dict[int, data.World], port: int, pid: int) -> list[Target]:
    """Every page for every size."""
    found = []
    for rows, world in worlds.items():
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
            ("start, contact", f"/{client}/", contact),
            ("my day, specialist", "/my-day/", specialist),
            ("clients, specialist", "/clients/", specialist),
        ):
            found.append(Target(name, port, base + path, pid, cookie, rows))
    return found
