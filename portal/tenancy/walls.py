"""The second wall: row-level security, written by one migration operation.

`SecureTable` gives a table with a tenant all that it needs: forced policies, a key that starts with the agency, composite
foreign keys that cannot cross tenants, audit triggers.
"""

from django.db import models
from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation

from portal.core.context import AREAS, SHARED_AREAS

AGENCY = "(SELECT app_scope()) = 'agency'"
STAFF_WRITES = {
    "staff_insert": f"AS RESTRICTIVE FOR INSERT TO portal_app WITH CHECK ({AGENCY})",
    "staff_update": f"AS RESTRICTIVE FOR UPDATE TO portal_app USING ({AGENCY})",
    "staff_delete": f"AS RESTRICTIVE FOR DELETE TO portal_app USING ({AGENCY})",
}
OWN_USER = "user_id = (SELECT app_user_id())"
OWN_MEMBER = "member_id = (SELECT app_member_id())"


def of_clients(area: str = "any", column: str = "client_id") -> str:
    """Rows of clients that the outsider may see for this area."""
    return f"{column} = ANY ((SELECT app_client_ids('{area}'))::bigint[])"


def of_projects(column: str = "project_id", area: str = "") -> str:
    """Rows of projects shared with the outsider: at all, or for this area."""
    ids = f"app_project_ids('{area}')" if area else "app_project_ids()"
    return f"{column} = ANY ((SELECT {ids})::bigint[])"


def open_in(area: str) -> str:
    """Rows of this area: of clients to whose every project the outsider has it, or of projects shared with him for it."""
    return f"({of_clients(area)} OR {of_projects(area=area)})" if area in SHARED_AREAS else of_clients(area)


OPEN_BY_AREA = " OR ".join(f"(area = '{area}' AND {open_in(area)})" for area in AREAS)
"""The same for tables whose rows say what area they are of."""


def for_outsiders(area: str, *, project: str = "project_id", when: str = "") -> str:
    """What contacts (by area) and vendors (by shared project) saw before projects were shared by area; for migrations of that time."""
    reach = f"({of_clients(area)} OR {of_projects(project)})"
    return f"{AGENCY} OR ({reach} AND ({when}))" if when else f"{AGENCY} OR {reach}"


def change_outsider(table: str, rule: str, *, before: str) -> RunSQL:
    """For migrations: what outsiders see of this table from now on, and what they saw before."""
    policy = f"ALTER POLICY outsider ON {table} USING ({{}})"
    return RunSQL(policy.format(rule), policy.format(before))


class TenantForeignKey(models.ForeignKey):
    """A foreign key between rows of one agency. The constraint is composite, (agency_id, x_id), and made by SecureTable."""

    def __init__(self, to, on_delete, **kwargs):
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class SecureTable(Operation):
    """Walls, keys and audit triggers of one table.

    outsider: SQL condition for scopes other than the agency's own people (default: they see nothing).
    outsiders_write: whether outsiders may write what they see (comments do, settings do not).
    own: SQL condition under which a person may read rows before an agency is known (memberships).
    audited: write every change to the audit log; `secrets` are columns left out of it.
    """

    reduces_to_sql = False
    reversible = True

    def __init__(
        self,
        model_name: str,
        *,
        outsider: str = AGENCY,
        outsiders_write=False,
        own: str = "",
        audited: bool = False,
        secrets=(),
    ):
        self.model_name, self.outsider, self.own = model_name, outsider, own
        self.outsiders_write = outsiders_write
        self.audited, self.secrets = audited, tuple(secrets)

    def deconstruct(self):
        names = ("outsider", "outsiders_write", "own", "audited", "secrets")
        return self.__class__.__name__, [self.model_name], {name: getattr(self, name) for name in names}

    def state_forwards(self, app_label, state):
        pass

    def describe(self):
        return f"Raise the walls around {self.model_name}"

    def database_forwards(self, app_label, editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        for statement in self.statements(model):
            editor.execute(statement, params=None)

    def database_backwards(self, app_label, editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model_name)
        for statement in self.removal(model):
            editor.execute(statement, params=None)

    def statements(self, model) -> list[str]:
        table = model._meta.db_table
        tenant = "id" if table == "tenancy_agency" else "agency_id"
        policy = f"CREATE POLICY {{}} ON {table}"
        mine = f"{tenant} = (SELECT app_agency_id())"
        sql = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"{policy.format('tenant')} FOR ALL TO portal_app USING ({mine}) WITH CHECK ({mine})",
            f"{policy.format('outsider')} AS RESTRICTIVE FOR ALL TO portal_app USING ({self.outsider})",
            f"{policy.format('maint')} FOR ALL TO portal_maint USING (true) WITH CHECK (true)",
            f"{policy.format('owner_migrate')} FOR ALL TO portal_owner "
            "USING (current_setting('app.migrating', true) = 'on')",
        ]
        if not self.outsiders_write:
            sql += [f"{policy.format(name)} {rule}" for name, rule in STAFF_WRITES.items()]
        if self.own:
            sql.append(f"{policy.format('own')} FOR SELECT TO portal_app USING ({self.own})")
        if tenant == "agency_id":
            sql.append(self._key(table))
        for field in tenant_keys(model):
            sql += [self._key(field.remote_field.model._meta.db_table), self._foreign_key(table, field)]
        return sql + (audit_triggers(table, self.secrets) if self.audited else [])

    def removal(self, model) -> list[str]:
        table = model._meta.db_table
        names = ["tenant", "outsider", "maint", "owner_migrate"] + (["own"] if self.own else [])
        names += [] if self.outsiders_write else list(STAFF_WRITES)
        sql = [f"DROP POLICY {name} ON {table}" for name in names]
        sql += [f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"]
        sql += [f"ALTER TABLE {table} DROP CONSTRAINT {table}_{field.column}_tenant" for field in tenant_keys(model)]
        sql.append(f"DROP INDEX IF EXISTS {table}_tenant_key CASCADE")
        return sql + [f"DROP TRIGGER IF EXISTS audit_{verb} ON {table}" for verb in ("insert", "update", "delete")]

    @staticmethod
    def _key(table: str) -> str:
        return f"CREATE UNIQUE INDEX IF NOT EXISTS {table}_tenant_key ON {table} (agency_id, id)"

    @staticmethod
    def _foreign_key(table: str, field) -> str:
        target = field.remote_field.model._meta.db_table
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_{field.column}_tenant "
            f"FOREIGN KEY (agency_id, {field.column}) REFERENCES {target} (agency_id, id) "
            "DEFERRABLE INITIALLY DEFERRED"
        )


def tenant_keys(model) -> list:
    """The foreign keys of a model that must stay inside its agency."""
    return [field for field in model._meta.local_fields if isinstance(field, TenantForeignKey)]


def audit_triggers(table: str, secrets=()) -> list[str]:
    """Statement-level triggers with transition tables: bulk updates, raw SQL and cascades are caught too."""
    arguments = ", ".join(f"'{name}'" for name in secrets)
    call = f"FOR EACH STATEMENT EXECUTE FUNCTION audit.capture({arguments})"
    return [
        f"CREATE TRIGGER audit_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS newt {call}",
        f"CREATE TRIGGER audit_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS oldt NEW TABLE AS newt {call}",
        f"CREATE TRIGGER audit_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS oldt {call}",
    ]


class AuditTable(Operation):
    """Audit triggers for a global table (people, second factors), which has no tenant to wall in."""

    reduces_to_sql = False
    reversible = True

    def __init__(self, table: str, *, secrets=()):
        self.table, self.secrets = table, tuple(secrets)

    def deconstruct(self):
        return self.__class__.__name__, [self.table], {"secrets": self.secrets}

    def state_forwards(self, app_label, state):
        pass

    def describe(self):
        return f"Audit changes of {self.table}"

    def database_forwards(self, app_label, editor, from_state, to_state):
        for statement in audit_triggers(self.table, self.secrets):
            editor.execute(statement, params=None)

    def database_backwards(self, app_label, editor, from_state, to_state):
        for verb in ("insert", "update", "delete"):
            editor.execute(f"DROP TRIGGER audit_{verb} ON {self.table}", params=None)
