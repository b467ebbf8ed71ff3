"""What holds for every file: templates compile and point downwards, models are walled in, tasks open a door."""

import re
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

TEMPLATES = settings.BASE_DIR / "templates"
# From the top: a template may load and include from its own room and from rooms below it.
FLOORS = [
    {"demo"},
    {"operation"},
    {"admin", "dashboard"},
    {"protocols", "mailbox", "profile"},
    {"tickets"},
    {"worklog"},
    {"timeline", "invoices"},
    {"people"},
    {"search"},
    {"notifications"},
    {"files"},
    {"tenancy"},
    {"account", "otp", "accounts", "socialaccount"},
    {"mail", "ui", ""},
]
HOUSES = ("portal.", "invoices", "protocols", "mailbox", "tickets", "timeline", "worklog")


def _templates() -> list[str]:
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", _templates())
def test_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", _templates())
def test_template_points_downwards(name):
    text = (TEMPLATES / name).read_text()
    for other in re.findall(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']", text):
        assert _floor(other) >= _floor(name), f"{name} reaches up to {other}"


def test_template_that_does_not_exist_is_noticed():
    with pytest.raises(TemplateDoesNotExist):
        get_template("protocols/nowhere.html")


@pytest.mark.parametrize("name", _templates())
def test_template_has_no_inline_script_or_style(name):
    if (
        name.startswith(("mail/", "admin/", "mailbox/body"))
        or "/mail" in name
        or "/email/" in name
        or not name.endswith(".html")
    ):
        pytest.skip("mails and their frame have a policy of their own; admin has its own test")
    text = (TEMPLATES / name).read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"", text)


def test_every_task_says_whether_it_has_a_tenant():
    current_app.loader.import_default_modules()
    ours = [task for name, task in current_app.tasks.items() if name.startswith(HOUSES)]
    undeclared = [task.name for task in ours if not hasattr(task, "is_tenant_task")]
    assert ours
    assert undeclared == []


def test_modules_stay_small():
    """300 lines a module; whoever passes it splits it."""
    roots = [
        settings.BASE_DIR / name
        for name in ("portal", "invoices", "protocols", "mailbox", "tickets", "timeline", "worklog")
    ]
    files = [path for root in roots for path in root.rglob("*.py") if "migrations" not in path.parts]
    large = {str(p.relative_to(settings.BASE_DIR)): n for p in files if (n := len(p.read_text().splitlines())) > 300}
    assert large.keys() <= {"portal/settings.py"}


def test_views_read_through_the_first_wall():
    """No view starts from Model.objects without .visible_to (house rule 3); the account is global and has no tenant."""
    roots = [Path(config.path) for config in apps.get_app_configs() if config.name.startswith(HOUSES)]
    offenders = [
        f"{path.relative_to(settings.BASE_DIR)}: {line.strip()}"
        for root in roots
        for path in root.glob("*views*.py")
        if root.name not in ("accounts", "demo", "tenancy")
        for line in path.read_text().splitlines()
        if re.search(r"\b[A-Z]\w+\.objects\.(?!visible_to)", line)
    ]
    assert offenders == []


def test_migrations_fill_the_database_that_they_migrate():
    """Without `using` they would ask through the portal's own role, which sees no agency there: old ones would get nothing."""
    offenders = [
        f"{path.relative_to(settings.BASE_DIR)}: {line.strip()}"
        for path in settings.BASE_DIR.glob("**/migrations/*.py")
        if ".venv" not in path.parts
        for line in path.read_text().splitlines()
        if re.search(r"\.objects\.(?!using\()", line)
    ]
    assert offenders == []


def _floor(name: str) -> int:
    room = name.split("/")[0] if "/" in name else ""
    return next((level for level, rooms in enumerate(FLOORS) if room in rooms), len(FLOORS))
