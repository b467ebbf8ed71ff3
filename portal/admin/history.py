"""What was changed, read from the audit log: Django's own log of the admin is one table for all agencies and stays empty."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connections
from django.utils.functional import Promise
from django.utils.translation import gettext as _

OF_ROW = "tab = %s AND row_pk = %s"
BY_USER = "user_id = %s AND tab IS NOT NULL"
SQL = "SELECT at, user_id, kind, tab, row_pk, old, new FROM audit.event WHERE {} ORDER BY id DESC LIMIT %s"


@dataclass(frozen=True)
class Change:
    """One change of one row; `columns` only names what changed, values stay in the audit log."""

    at: datetime
    person: str
    kind: str
    model: str | Promise
    row: str
    columns: list[str]

    @property
    def verb(self) -> str:
        return {"insert": _("Added"), "update": _("Changed"), "delete": _("Deleted")}.get(self.kind, self.kind)


def of_row(obj, using: str, limit: int = 100) -> list[Change]:
    """What happened to this row, newest first."""
    return _read(OF_ROW, [obj._meta.db_table, str(obj.pk)], using, limit)


def by_user(user, using: str, limit: int = 10) -> list[Change]:
    """What this person changed last, as far as the reader may see it."""
    return _read(BY_USER, [user.pk], using, limit)


def _read(condition: str, values: list, using: str, limit: int) -> list[Change]:
    with connections[using].cursor() as cursor:
        cursor.execute(SQL.format(condition), [*values, limit])
        rows = cursor.fetchall()
    people = get_user_model().objects.using(using).in_bulk({row[1] for row in rows if row[1]})
    names = {model._meta.db_table: model._meta.verbose_name for model in apps.get_models()}
    return [
        Change(at, str(people.get(user_id, "")), kind, names.get(tab, tab), row, _changed(old, new))
        for at, user_id, kind, tab, row, old, new in rows
    ]


def _changed(old: str | None, new: str | None) -> list[str]:
    if old is None or new is None:
        return []
    before, after = json.loads(old), json.loads(new)
    return sorted(name for name in after if after[name] != before.get(name))
