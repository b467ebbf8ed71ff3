"""Queries that every request makes: their SQL is compiled once in a process and planned once in a connection.

Compiling costs more than running, and planning as much again, because row-level security adds its conditions to every
table. What differs from call to call is a parameter of the statement; the walls read the transaction's context when the
plan runs, so one plan serves everybody. portal/core/db has the cursor that keeps the plans.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import NotSupportedError, connections, models
from django.db.models import Q, Value
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]

EVER = datetime(9999, 12, 31, tzinfo=UTC)


def since(field: str, moment: Any) -> Q:
    """From this moment on. The range has two ends: of one with an open end, where the plan is made before the moment is known,
    the planner believes that a third of all rows lie in it, and it reads a client's hundred thousand instead of the newest."""
    return Q(**{f"{field}__gte": moment, f"{field}__lt": EVER})


class Slot(Value):
    """A place in a query that is filled in at each call: `Member.objects.filter(user=Slot("user", BigIntegerField()))`."""

    def __init__(self, name: str, output_field: models.Field):
        super().__init__(name, output_field=output_field)
        self.most = 2 ** (31 if output_field.get_internal_type() == "IntegerField" else 63)

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def place(self, connection) -> str:
        """Where the server puts the value. Without a length, because a cast to varchar(50) would cut it off."""
        return f"%({self.value})s::{str(self.output_field.db_type(connection)).partition('(')[0]}"

    def holds(self, value: Any) -> bool:
        """Whether a column of this kind could have this number; addresses name larger ones."""
        return not isinstance(value, int) or -self.most <= value < self.most

    def text_of(self, value: Any, connection) -> str | None:
        """The value as PostgreSQL reads it. Always a text: the type of a parameter is part of what is prepared."""
        value = self.output_field.get_db_prep_value(value, connection)
        if isinstance(value, list):
            return "{" + ",".join(map(str, value)) + "}"
        return None if value is None else str(value)


class Prepared:
    """A queryset, with slots, that is compiled when it is first asked for.

    build: makes the queryset; called once. It must not depend on who asks: what differs from call to call is a slot. The
    walls stay as they are, for the transaction's context is no part of the SQL.
    """

    _generation = 0

    def __init__(self, build: Callable[[], models.QuerySet]):
        self._build = build
        self._compiled: tuple[int, _Compiled] | None = None

    def all(self, **values: Any) -> list[Any]:
        """The rows, as instances of the queryset's model; none for a number that no column holds."""
        if self._compiled is None or self._compiled[0] != Prepared._generation:
            self._compiled = Prepared._generation, _Compiled(self._build())
        return self._compiled[1].run(values)

    def first(self, **values: Any) -> Any:
        """The first row or None."""
        rows = self.all(**values)
        return rows[0] if rows else None

    @classmethod
    def forget(cls) -> None:
        """Compile all anew: querysets or database routers have changed (tests that tear down a wall)."""
        cls._generation += 1


class _Compiled:
    """SQL, and how its rows become instances, as in Django's own ModelIterable."""

    def __init__(self, queryset: models.QuerySet):
        self.alias = queryset.db
        compiler = queryset.query.get_compiler(self.alias)
        sql, params = compiler.as_sql()
        self.slots = {param.value: param for param in params if isinstance(param, Slot)}
        self.sql = _with_places(sql, params, compiler.connection)
        info = compiler.klass_info
        columns = [compiler.select[place][0].target.attname for place in info["select_fields"]]
        self.model, self.columns = info["model"], columns
        self.start, self.end = info["select_fields"][0], info["select_fields"][-1] + 1
        self.annotations = compiler.annotation_col_map
        self.related = [_Related(found) for found in get_related_populators(info, compiler.select, self.alias)]
        self.converters = list(compiler.get_converters([column[0] for column in compiler.select]).items())

    def run(self, values: dict[str, Any]) -> list[Any]:
        connection = connections[self.alias]
        if not all(slot.holds(values[name]) for name, slot in self.slots.items()):
            return []
        texts = {name: slot.text_of(values[name], connection) for name, slot in self.slots.items()}
        try:
            with connection.planned_cursor() as cursor:  # type: ignore[attr-defined]
                cursor.execute(self.sql, texts)
                made: dict[tuple, Any] = {}
                return [self._instance(row, made, connection) for row in cursor.fetchall()]
        except NotSupportedError:
            # A migration has changed a column under the plan: this connection is not lent again, the next one plans anew.
            connection.connection.close()
            raise

    def _instance(self, row: tuple, made: dict[tuple, Any], connection) -> Any:
        if self.converters:
            row = self._converted(row, connection)
        found = self.model.from_db(self.alias, self.columns, row[self.start : self.end])
        for related in self.related:
            related.attach(row, found, made)
        for name, place in self.annotations.items():
            setattr(found, name, row[place])
        return found

    def _converted(self, row: tuple, connection) -> tuple:
        cells = list(row)
        for place, (converters, expression) in self.converters:
            for convert in converters:
                cells[place] = convert(cells[place], expression, connection)
        return tuple(cells)


class _Related:
    """What a row refers to, made once for all rows that refer to it: making instances costs a list more than its query does.

    populator: Django's own, which would make one for each row.
    """

    def __init__(self, populator: Any):
        self.populator = populator
        self.further = [_Related(found) for found in populator.related_populators]

    def attach(self, row: tuple, found: Any, made: dict[tuple, Any]) -> None:
        """Set it on `found`. made: (whose, primary key) -> the instances of this result so far."""
        own = self.populator
        cells = own.reorder_for_init(row) if own.reorder_for_init else row[own.cols_start : own.cols_end]
        other, key = None, (id(self), cells[own.pk_idx])
        if key[1] is not None:
            other = made.get(key)
            if other is None:
                other = made[key] = own.model_cls.from_db(own.db, own.init_list, cells)
                for related in self.further:
                    related.attach(row, other, made)
        own.local_setter(found, other)
        if other is not None:
            own.remote_setter(other, found)


def _with_places(sql: str, params: Sequence[Any], connection) -> str:
    """Django's SQL with its constants written out, as the planner likes them, and with a name for every slot."""
    left = iter(params)

    def part(match: re.Match) -> str:
        if match[0] == "%%":
            return match[0]
        param = next(left)
        if isinstance(param, Slot):
            return param.place(connection)
        return connection.ops.compose_sql("%s", [param]).replace("%", "%%")

    return re.sub("%%|%s", part, sql)
