"""The catalogue audit: questions to the database itself, each of which must be answered with nothing.

Code can forget a wall; the catalogue cannot hide it. Asked by `manage.py check --deploy --database default`, by the tests and at
start-up.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections, models, transaction

from portal.tenancy.walls import tenant_keys

SNAPSHOT = Path(__file__).with_name("policies.txt")
POLICIES = ("maint", "outsider", "owner_migrate", "tenant")
SEES_ALL_ROWS = ("owner", "maint")

GLOBAL = {
    "account.EmailAddress": "addresses of people, needed before any agency is known",
    "account.EmailConfirmation": "allauth's; we confirm by signed links, so it stays empty",
    "accounts.Attempt": "keyed hashes and counters of tries",
    "accounts.BackupCode": "second factors belong to people",
    "accounts.BackupDevice": "second factors belong to people",
    "accounts.FactorReset": "second factors belong to people",
    "accounts.Session": "sessions belong to people",
    "accounts.TrustedBrowser": "browsers belong to people",
    "accounts.User": "people may have places in several agencies",
    "accounts.User_groups": "Django's; empty",
    "accounts.User_user_permissions": "Django's; empty",
    "admin.LogEntry": "Django's; empty, the audit log takes its place",
    "auth.Group": "Django's; empty",
    "auth.Group_permissions": "Django's; empty",
    "auth.Permission": "names of models",
    "contenttypes.ContentType": "names of models",
    "mail.MailRoute": "from an address to its agency, before any agency is known; holds nothing else",
    "mail.Stray": "mail that is nobody's; only the maintenance role reaches it",
    "otp_email.EmailDevice": "second factors belong to people",
    "otp_totp.TOTPDevice": "second factors belong to people",
    "sessions.Session": "Django's; empty, ours takes its place",
    "socialaccount.SocialAccount": "outside accounts of people",
    "socialaccount.SocialApp": "Django's; providers come from the settings",
    "socialaccount.SocialToken": "outside accounts of people",
    "tenancy.AgencyAddress": "from an address to an agency, before any agency is known; holds nothing else",
}
OWN_WALLS = {"tenancy.Network": "seen by the agencies that belong to it"}
RANDOM_KEYS = {"people_invitation.digest", "mail_outgoingmail.message_id", "mail_clientaddress.token"}
"""Unique columns of tenant tables that begin without the agency: long random values, which tell nobody anything."""
DEFINERS = {"audit.capture", "audit.log", "audit.seal_now", "audit.verify", "public.search_find"}
DEFINERS_OF_THE_INDEX = re.compile(r"public\.search_(?:index|touch)_[a-z_]+")
"""Triggers of portal.search.indexing, one pair for each kind of thing that can be found."""
NOT_FORCED = {"search_entry"}
"""Its owner's function holds the walls itself (portal.search): forced ones would keep even that from using the index of words."""
NOT_OURS = {"django_migrations"}


def all_models() -> list[type[models.Model]]:
    """Every model with a table of its own that migrations make."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def is_tenant(model: type[models.Model]) -> bool:
    """Whether its rows belong to an agency."""
    if model._meta.label == "tenancy.Agency":
        return True
    names = {field.name: field for field in model._meta.concrete_fields}
    agency = names.get("agency")
    classified = model._meta.label in GLOBAL or model._meta.label in OWN_WALLS
    return agency is not None and agency.remote_field is not None and not classified


def tenant_tables() -> list[str]:
    """Names of the tables whose rows belong to an agency."""
    return sorted(model._meta.db_table for model in all_models() if is_tenant(model))


def findings(alias: str = "default") -> list[str]:
    """Everything that is not as it must be. Only `owner` and `maint` see the rows, so only they check those too."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        ask = asker(cursor)
        checks = [*CHECKS, broken_keys] if alias in SEES_ALL_ROWS else CHECKS
        return [f"{check.__name__}: {finding}" for check in checks for finding in check(ask)]


Ask = Callable[..., list[tuple[Any, ...]]]


def asker(cursor) -> Ask:
    """A function that runs a query and gives its rows."""

    def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor.execute(sql, values or None)
        return cursor.fetchall()

    return ask


def unclassified_models(ask: Ask) -> Iterator[str]:
    """Models that are neither of an agency nor named as global."""
    for model in all_models():
        if not is_tenant(model) and model._meta.label not in {**GLOBAL, **OWN_WALLS}:
            yield f"{model._meta.label} is neither of an agency nor classified"


def unknown_tables(ask: Ask) -> Iterator[str]:
    """Tables without a model."""
    known = {model._meta.db_table for model in all_models()} | NOT_OURS
    for (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"):
        if name not in known:
            yield f"{name} has no model"


def open_tables(ask: Ask) -> Iterator[str]:
    """Tables of agencies without forced row-level security or one of its four policies."""
    walled = [*tenant_tables(), *(apps.get_model(label)._meta.db_table for label in OWN_WALLS)]
    forced: dict[str, bool] = dict(
        ask(
            "SELECT relname::text, relrowsecurity AND (relforcerowsecurity OR relname = ANY(%s)) FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')",
            sorted(NOT_FORCED),
        )
    )
    rows = ask(
        "SELECT tablename::text, array_agg(policyname::text) FROM pg_policies WHERE schemaname = 'public' GROUP BY 1"
    )
    policies = {table: set(names) for table, names in rows}
    for table in walled:
        if not forced.get(table):
            yield f"{table} lacks forced row-level security"
        needed = set(POLICIES) - ({"outsider"} if table not in tenant_tables() else set())
        if missing := needed - policies.get(table, set()):
            yield f"{table} lacks the policies {', '.join(sorted(missing))}"


def changed_policies(ask: Ask) -> Iterator[str]:
    """Policies that differ from the file that was reviewed; `manage.py policies --write` writes it anew."""
    stored = SNAPSHOT.read_text().splitlines() if SNAPSHOT.exists() else []
    now = policy_lines(ask)
    yield from (f"not in {SNAPSHOT.name}: {line}" for line in now if line not in set(stored))
    yield from (f"only in {SNAPSHOT.name}: {line}" for line in stored if line not in set(now))


def policy_lines(ask: Ask) -> list[str]:
    """Every policy as one line: table, name, kind, command, roles, conditions."""
    rows = ask(
        "SELECT tablename, policyname, permissive, cmd, array_to_string(roles, ','), coalesce(qual, '-'), "
        "coalesce(with_check, '-') FROM pg_policies WHERE schemaname = 'public' ORDER BY tablename, policyname"
    )
    return [" | ".join(" ".join(str(value).split()) for value in row) for row in rows]


def leaking_views(ask: Ask) -> Iterator[str]:
    """Views that look with their owner's eyes, and views that hold what somebody else saw."""
    for name, kind in ask(
        "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm' OR "
        "(relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)))"
    ):
        yield f"{name} is a materialised view" if kind == "m" else f"{name} is a view without security_invoker"


def powerful_functions(ask: Ask) -> Iterator[str]:
    """Functions that run with their owner's rights and are not known, or could be led astray by search_path."""
    for name, settings in ask(
        "SELECT n.nspname || '.' || p.proname, array_to_string(p.proconfig, ' ') FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    ):
        if name not in DEFINERS and not DEFINERS_OF_THE_INDEX.fullmatch(name):
            yield f"{name} is SECURITY DEFINER and not on the list"
        if "search_path=" not in (settings or ""):
            yield f"{name} is SECURITY DEFINER without search_path"


def excess_privileges(ask: Ask) -> Iterator[str]:
    """What the application may do beyond reading and writing rows."""
    rights = "('TRUNCATE'), ('REFERENCES'), ('TRIGGER'), ('MAINTAIN')"
    for role in ("portal_app", "portal_maint"):
        for table, right in ask(
            f"SELECT c.relname, r.privilege FROM pg_class c, (VALUES {rights}) AS r(privilege) "  # noqa: S608, words of our own
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
            "AND has_table_privilege(%s, c.oid, r.privilege)",
            role,
        ):
            yield f"{role} may {right} {table}"
        if ask("SELECT 1 WHERE has_schema_privilege(%s, 'public', 'CREATE')", role):
            yield f"{role} may create objects"
    if ask("SELECT 1 WHERE has_table_privilege('portal_app', 'django_migrations', 'INSERT, UPDATE, DELETE')"):
        yield "portal_app may write django_migrations"


def powerful_roles(ask: Ask) -> Iterator[str]:
    """Roles that could walk around the walls."""
    for name, is_super, bypasses in ask(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname IN "
        "('portal_app', 'portal_owner', 'portal_maint', 'portal_log')"
    ):
        if is_super or bypasses:
            yield f"{name} is a superuser or bypasses row-level security"
    for member, role in ask(
        "SELECT m.rolname, r.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member "
        "JOIN pg_roles r ON r.oid = a.roleid WHERE m.rolname IN ('portal_app', 'portal_maint')"
    ):
        yield f"{member} is a member of {role}"
    for kind, name in ask(
        "SELECT relkind, relname FROM pg_class WHERE relowner IN ('portal_app'::regrole, 'portal_maint'::regrole)"
    ):
        yield f"the application owns {name} ({kind})"


def loose_keys(ask: Ask) -> Iterator[str]:
    """Foreign keys between tables of agencies that could lead to another agency, and ones that are missing."""
    tables = tenant_tables()
    rows = ask(
        "SELECT c.conname::text, c.conrelid::regclass::text, c.confrelid::regclass::text, "
        "(SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) "
        "FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace"
    )
    composite = set()
    for name, table, target, columns in rows:
        composite |= {(table, column) for column in columns if len(columns) == 2 and "agency_id" in columns}
        if table in tables and target in tables and "agency_id" not in columns:
            yield f"{table}: {name} does not hold the agency"
    for model in all_models():
        for field in tenant_keys(model):
            if (model._meta.db_table, field.column) not in composite:
                yield f"{model._meta.db_table}.{field.column} has no foreign key in the database"


def telling_indexes(ask: Ask) -> Iterator[str]:
    """Unique indexes of tables of agencies whose first column is not the agency: they tell what another agency has."""
    for table, index, columns in ask(
        "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, "
        "(SELECT array_agg(a.attname::text ORDER BY k.ord) FROM unnest(i.indkey) WITH ORDINALITY k(att, ord) "
        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.att) "
        "FROM pg_index i WHERE i.indisunique AND NOT i.indisprimary AND i.indrelid::regclass::text = ANY (%s)",
        tenant_tables(),
    ):
        columns = columns or []
        known = len(columns) == 1 and f"{table}.{columns[0]}" in RANDOM_KEYS
        is_agency = table == "tenancy_agency" and columns == ["slug"]  # in every address anyway
        if columns[:1] != ["agency_id"] and not known and not is_agency:
            yield f"{index} ({', '.join(columns)}) does not begin with the agency"


def broken_keys(ask: Ask) -> Iterator[str]:
    """Rows that point at nothing or at another agency. A validated constraint proves nothing."""
    for model in all_models():
        table = model._meta.db_table
        for field in tenant_keys(model):
            target = field.remote_field.model._meta.db_table
            sql = (
                f"SELECT count(*) FROM {table} c LEFT JOIN {target} p "  # noqa: S608, names of our own models
                f"ON p.id = c.{field.column} AND p.agency_id = c.agency_id WHERE c.{field.column} IS NOT NULL AND p.id IS NULL"
            )
            if count := ask(sql)[0][0]:
                yield f"{table}.{field.column}: {count} rows point at nothing, or at another agency"


CHECKS: list[Callable[[Ask], Iterator[str]]] = [
    unclassified_models,
    unknown_tables,
    open_tables,
    changed_policies,
    leaking_views,
    powerful_functions,
    excess_privileges,
    powerful_roles,
    loose_keys,
    telling_indexes,
]
