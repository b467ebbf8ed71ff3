"""The audit log as rows to read. Only functions of the database write it (deploy/postgres/audit.sql)."""

from django.db import models


class AuditEventQuerySet(models.QuerySet):
    """Events; the wall shows an agency's own to its staff, and everybody what he did himself."""

    def of_agency(self, agency_id: int):
        """Events of one agency."""
        return self.filter(agency_id=agency_id)

    def newest_first(self):
        return self.order_by("-at", "-pk")


class AuditEvent(models.Model):
    """Who did what, when, from where. Row changes have `tab`, `row_pk` and images `old` and `new`; all else a `detail`."""

    at = models.DateTimeField()
    agency_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    ip = models.GenericIPAddressField(null=True)
    ua = models.TextField(null=True)  # noqa: DJ001
    request_id = models.TextField(null=True)  # noqa: DJ001
    task = models.TextField(null=True)  # noqa: DJ001
    kind = models.TextField()
    tab = models.TextField(null=True)  # noqa: DJ001
    row_pk = models.TextField(null=True)  # noqa: DJ001
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    detail = models.JSONField(null=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = 'audit"."event'

    def __str__(self):
        return f"{self.kind} {self.tab or ''}".strip()

    def save(self, *args, **kwargs):
        raise NotImplementedError("The audit log is written by the database.")

    @property
    def changed_columns(self) -> list[str]:
        """Names of the columns that an update changed; secret ones are only named."""
        if self.old is None or self.new is None:
            return []
        names = {name for name in self.old.keys() | self.new.keys() if self.old.get(name) != self.new.get(name)}
        return sorted(names | set((self.detail or {}).get("hidden", ())))
