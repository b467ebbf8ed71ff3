"""Bringing the index up to date where no trigger does: who wrote something is read when it is written."""

from django.db import connection

from portal.search.models import Entry
from portal.tenancy.models import Member


def index_again(author: Member) -> None:
    """Read again all that the member wrote, so that `from:` looks for the name of today."""
    written = Entry.objects.filter(agency_id=author.agency_id, author_id=author.pk)
    with connection.cursor() as cursor:
        for kind, pk in written.values_list("kind", "subject_id"):
            cursor.execute(f"SELECT search_index_{kind}(%s, %s)", [author.agency_id, pk])
