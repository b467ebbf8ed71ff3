"""manage.py load_demo when something is missing."""

import io

import pytest
from django.core.management import CommandError, call_command

from portal.core import jobs
from portal.demo import cast
from portal.tenancy.models import Agency
from protocols.models import Protocol


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.empty_house
def test_without_a_door_the_world_stands_and_says_what_is_missing(settings, tmp_path, monkeypatch):
    settings.DEMO, settings.DATA_DIR, settings.MEDIA_ROOT = True, tmp_path, str(tmp_path / "media")
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", 1
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)
    monkeypatch.setattr(cast, "HOUSES", cast.HOUSES[1:])
    said, complained = io.StringIO(), io.StringIO()
    call_command("load_demo", stdout=said, stderr=complained)
    assert "took no mail" in complained.getvalue()
    assert Agency.objects.using("maint").count() == 1
    assert Protocol.objects.using("maint").count() == 8
    assert (tmp_path / "demo_world.json").exists()


def test_never_without_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("load_demo")
