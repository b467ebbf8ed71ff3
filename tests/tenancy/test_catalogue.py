"""The catalogue audit finds nothing, and finds each thing that it is there for."""

import pytest
from django.core.checks import Error
from django.core.management import call_command
from django.db import connections, transaction

from portal.tenancy import catalogue
from portal.tenancy.checks import catalogue as system_check


@pytest.mark.parametrize("alias", ["default", "owner", "maint"])
def test_database_is_as_it_must_be(db, alias):
    assert catalogue.findings(alias) == []


def test_every_model_is_classified_and_every_classification_has_its_model(db):
    labels = {model._meta.label for model in catalogue.all_models()}

    assert set(catalogue.OWN_WALLS) <= labels
    assert {label for label in catalogue.GLOBAL if label not in labels} == set()
    assert [model for model in catalogue.all_models() if catalogue.is_tenant(model)]


BREAKS = {
    "ALTER TABLE tenancy_client NO FORCE ROW LEVEL SECURITY": "tenancy_client lacks forced",
    "ALTER TABLE tenancy_client DISABLE ROW LEVEL SECURITY": "tenancy_client lacks forced",
    "DROP POLICY outsider ON tenancy_client": "tenancy_client lacks the policies outsider",
    "ALTER POLICY outsider ON tenancy_client USING (true)": "not in policies.txt: tenancy_client | outsider",
    "CREATE POLICY more ON tenancy_client FOR SELECT TO portal_app USING (true)": "not in policies.txt: tenancy_client",
    "CREATE TABLE forgotten (id bigint)": "forgotten has no model",
    "CREATE VIEW leak AS SELECT * FROM tenancy_client": "leak is a view without security_invoker",
    "CREATE MATERIALIZED VIEW leak AS SELECT 1": "leak is a materialised view",
    "CREATE FUNCTION sly() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'": "public.sly is SECURITY DEFINER",
    "GRANT TRUNCATE ON tenancy_client TO portal_app": "portal_app may TRUNCATE tenancy_client",
    "GRANT CREATE ON SCHEMA public TO portal_app": "portal_app may create objects",
    "GRANT INSERT ON django_migrations TO portal_app": "portal_app may write django_migrations",
    "CREATE UNIQUE INDEX telling ON tenancy_client (name)": "telling (name) does not begin with the agency",
    "ALTER TABLE tenancy_project DROP CONSTRAINT tenancy_project_client_id_tenant": "project.client_id has no foreign key",
    "ALTER TABLE tenancy_project ADD CONSTRAINT loose FOREIGN KEY (client_id) REFERENCES tenancy_client": "loose",
}


@pytest.mark.parametrize(("sql", "finding"), BREAKS.items())
def test_each_break_is_found(sql, finding):
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(sql)
        found = catalogue.findings("owner")
        transaction.set_rollback(True, using="owner")

    assert any(finding in line for line in found), found


def test_system_check_names_each_finding(monkeypatch):
    monkeypatch.setattr("portal.tenancy.checks.findings", lambda alias: [f"something in {alias}"])

    found = system_check(databases=["default"])

    assert [type(error) for error in found] == [Error]
    assert "something in default" in found[0].msg
    assert system_check(databases=None) == []


def test_check_runs_with_deploy(db, capsys):
    call_command("check", "--deploy", "--tag", "database", "--database", "default")
