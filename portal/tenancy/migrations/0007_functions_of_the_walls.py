"""The functions that policies call, as PL/pgSQL: SQL functions are read and inlined anew in each query, at a fifth of its price."""

from django.db import migrations

BODIES = {
    "app_agency_id()": ("bigint", "nullif(current_setting('app.agency_id', true), '')::bigint"),
    "app_scope()": ("text", "nullif(current_setting('app.scope', true), '')"),
    "app_user_id()": ("bigint", "nullif(current_setting('app.user_id', true), '')::bigint"),
    "app_member_id()": ("bigint", "nullif(current_setting('app.member_id', true), '')::bigint"),
    "app_agency_ids()": (
        "bigint[]",
        "string_to_array(nullif(current_setting('app.agency_ids', true), ''), ',')::bigint[]",
    ),
    "app_client_ids(area text)": (
        "bigint[]",
        "string_to_array(nullif(current_setting('app.client_ids_' || area, true), ''), ',')::bigint[]",
    ),
    "app_project_ids()": (
        "bigint[]",
        "string_to_array(nullif(current_setting('app.project_ids', true), ''), ',')::bigint[]",
    ),
}


def _plpgsql(name: str, kind: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name} RETURNS {kind} LANGUAGE plpgsql STABLE PARALLEL SAFE AS "
        f"$$ BEGIN RETURN {body}; END $$"
    )


def _sql(name: str, kind: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name} RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT {body} $$"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_reserve_calendar_address")]
    operations = [
        migrations.RunSQL(
            [_plpgsql(name, *rest) for name, rest in BODIES.items()], [_sql(n, *r) for n, r in BODIES.items()]
        )
    ]
