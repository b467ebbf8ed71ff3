"""Vendors who must not learn what a client is called: wherever they meet it, it has a made-up name, in addresses too.

The veil goes with who asks (`Context.veiled`), so it holds wherever rows are read for that person, in pages, files, mails and searches.
What people write is theirs: nobody takes a name out of a title or a comment.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls.converters import SlugConverter
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from portal.core.context import current, entered

if TYPE_CHECKING:
    from portal.tenancy.models import Client

MARK = "_"
"""How made-up addresses begin; those of clients never do (portal.tenancy.slugs)."""
LENGTH = 8


def is_on() -> bool:
    """Whether rows are being read for somebody behind the veil; what the agency's sight reads meanwhile keeps its names."""
    place = current()
    return place.veiled and place.scope == "vendor"


@contextmanager
def put_on(is_veiled: bool) -> Iterator[None]:
    """Speak to somebody who is behind the veil, or to somebody who is not."""
    with entered(replace(current(), veiled=is_veiled)):
        yield


def alias_of(slug: str) -> str:
    """What stands in addresses instead; nobody who has guessed a name can try it out."""
    return MARK + salted_hmac("portal.tenancy.veiling", slug).hexdigest()[:LENGTH]


def is_alias(slug: str) -> bool:
    return slug.startswith(MARK)


def name_for(slug: str) -> str:
    """What the client is called: the same on every page."""
    return _("Client %(code)s") % {"code": alias_of(slug)[1:5].upper()} if slug else _("A client")


def shown_name(name: str, slug: str) -> str:
    """A name that was read without its row."""
    return name_for(slug) if current().veiled else name


def shown_slug(slug: str) -> str:
    """What stands in the addresses of whoever asks."""
    return alias_of(slug) if current().veiled else slug


def shown_person(name: str, kind: str) -> str:
    """The name of a member of this kind: the client's people would tell whose they are."""
    return _("Somebody at the client") if current().veiled and kind == "contact" else name


def client_among(clients: "Iterable[Client]", alias: str) -> "Client | None":
    """The client of this made-up address."""
    return next((client for client in clients if alias_of(client.slug) == alias), None)


class ClientConverter(SlugConverter):
    """A client in an address: `<client:client>`."""

    def to_url(self, value):
        return shown_slug(str(value))
