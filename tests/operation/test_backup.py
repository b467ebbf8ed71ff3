"""Fault F20: what was saved is restored into an empty installation, and proved; what was touched is refused."""

import os
import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import psycopg
import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from psycopg.conninfo import make_conninfo

from portal.core.context import tenant
from portal.files import actions
from portal.operation import archive, census, inside, restoring, sealing
from tests import world
from tests.audit.sealing import seal_everything
from tests.files import fake_store

KEY = sealing.new_key()


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.BACKUP_KEY, settings.DATA_DIR = KEY, tmp_path
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path


@pytest.fixture
def empty_database(monkeypatch):
    """A new database as bin/run or the container would make it, beside the one of the tests."""
    address = os.environ.get("DATABASE_SUPERUSER_URL")
    if not address:
        pytest.skip("DATABASE_SUPERUSER_URL is not set: bin/test sets it")
    name = f"{connections['default'].settings_dict['NAME']}_restored"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} OWNER portal_owner TEMPLATE portal_template")
        monkeypatch.setenv("DATABASE_SUPERUSER_URL", make_conninfo(address, dbname=name))
        yield make_conninfo(address, dbname=name)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.empty_house
def test_restored_into_an_empty_installation_it_is_what_was_saved(transactional_db, place, settings, empty_database):
    cast = world.build()
    with tenant(cast.north.pk), transaction.atomic():
        file = actions.store_bytes("plan.txt", b"The plan", client=cast.acme, area="work")
    seal_everything()
    with psycopg.connect(world_address()) as here:
        before = census.count_rows(here)
    call_command("backup", place / "all.backup", verbosity=0)
    settings.MEDIA_ROOT = str(place / "other machine")

    call_command("restore", place / "all.backup", verbosity=0)

    with psycopg.connect(empty_database) as there, psycopg.connect(world_address()) as here:
        after = census.count_rows(there)
        assert after == before
        assert after["public.tenancy_client"] == {str(cast.north.pk): 2, str(cast.south.pk): 1}
        assert after["public.tenancy_agency"] == {str(cast.north.pk): 1, str(cast.south.pk): 1}
        assert after["audit.seal"][""] >= 1
        assert there.execute("SELECT audit.verify()").fetchone() == ("ok",)
        walls = "SELECT count(*) FROM pg_policies WHERE schemaname = 'public'"
        assert there.execute(walls).fetchone() == here.execute(walls).fetchone()
        # All of the house was taken out: that is on record, and known when the cache is emptied.
        made = "SELECT detail ->> 'agencies', detail ->> 'files', agency_id FROM audit.event WHERE kind = 'backup.made'"
        assert here.execute(made).fetchall() == [("2", "1", None)]
    assert (place / "other machine" / file.key).read_bytes() == b"The plan"
    cache.delete(inside.BACKUP)
    assert [finding.state for finding in inside.backups()] == ["fine"]
    # What differs afterwards is found, and nothing is restored over people.
    manifest = archive.verify(place / "all.backup", sealing.key_from(KEY))
    (place / "other machine" / file.key).write_bytes(b"The plot")
    assert restoring.findings(manifest, address=empty_database) == [f"{file.key} differs"]
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", place / "all.backup")


def world_address() -> str:
    return make_conninfo(os.environ["DATABASE_SUPERUSER_URL"], dbname=connections["default"].settings_dict["NAME"])


def _dump_of_nothing(path):
    path.write_bytes(b"dump")
    return archive.Manifest("1", "now", [], {"public.tenancy_agency": {}}, [])


@pytest.fixture
def unnoted(monkeypatch):
    """Nothing is written into the audit log: there is no database."""
    monkeypatch.setattr(inside, "saved", lambda agencies, files: None)


@pytest.fixture
def made(place, unnoted, monkeypatch):
    """An archive with a file of the storage and a dump of nothing: what follows needs no database."""
    (place / "media" / "1").mkdir(parents=True)
    (place / "media" / "1" / "brand").write_bytes(os.urandom(3000))
    monkeypatch.setattr(sealing, "PIECE", 1024)

    monkeypatch.setattr(archive, "_dump", _dump_of_nothing)
    call_command("backup", place / "small.backup", verbosity=0)
    return place / "small.backup"


def test_an_archive_opens_with_its_key_only(made):
    assert archive.verify(made, sealing.key_from(KEY)).files == 1
    with pytest.raises(sealing.Broken, match="another"):
        archive.verify(made, sealing.key_from(sealing.new_key()))
    assert made.stat().st_mode & 0o777 == 0o600


def test_files_go_to_an_object_store_and_come_back_from_it(place, unnoted, settings, monkeypatch):
    """The containers keep files there: what is read from an archive cannot be read twice, and a store may want to."""
    contents = {"1/brand": os.urandom(3000), "1/empty": b"", "1/large": os.urandom(9 * 1024 * 1024)}
    monkeypatch.setattr(archive, "_dump", _dump_of_nothing)
    monkeypatch.setattr(restoring.psycopg, "connect", lambda *args, **more: nullcontext())
    monkeypatch.setattr(restoring.postgres, "empty_schemas", lambda database: None)
    monkeypatch.setattr(restoring, "_fill", lambda content, *where: content.read())
    monkeypatch.setattr(restoring, "_refuse_inhabited", lambda database: None)
    with fake_store.running() as store:
        backend = {"BACKEND": "portal.files.storage.ObjectStorage", "OPTIONS": store.options}
        settings.STORAGES = {**settings.STORAGES, "default": backend}
        store.objects |= contents
        call_command("backup", place / "all.backup", verbosity=0)
        store.objects.clear()

        restoring.restore(place / "all.backup", sealing.key_from(KEY), address="", workplace=place)

        assert store.objects == contents


def test_a_flipped_byte_anywhere_is_refused_before_anything_is_written(made, monkeypatch):
    whole = made.read_bytes()
    monkeypatch.setenv("DATABASE_SUPERUSER_URL", "postgres://nobody@127.0.0.1:1/nothing")
    for position in [*range(40), *range(40, len(whole), 331), len(whole) - 1]:
        made.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        with pytest.raises(CommandError, match=re.compile("damaged|no backup")):
            call_command("restore", made)


def test_a_cut_or_reordered_archive_is_refused(made):
    whole = made.read_bytes()
    head, piece = len(sealing.MAGIC) + sealing.SALT_BYTES, sealing.PIECE + sealing.TAG_BYTES
    swapped = whole[head + piece : head + 2 * piece] + whole[head : head + piece]
    for broken in (whole[:-1], whole[: head + 2 * piece], whole[:head] + swapped + whole[head + 2 * piece :], b""):
        made.write_bytes(broken)
        with pytest.raises(sealing.Broken):
            archive.verify(made, sealing.key_from(KEY))


def test_nothing_is_restored_beside_files_that_lie_there(made, empty_database):
    with pytest.raises(CommandError, match="storage is not empty"):
        call_command("restore", made)


def test_an_archive_of_a_newer_release_is_refused(made, monkeypatch):
    manifest = archive.Manifest("9.9", "now", ["tenancy.9999_from_the_future"], {}, [])
    monkeypatch.setattr(archive, "verify", lambda path, key: manifest)
    monkeypatch.setenv("DATABASE_SUPERUSER_URL", "postgres://nobody@127.0.0.1:1/nothing")
    with pytest.raises(CommandError, match=r"release 9\.9, which knows tenancy\.9999"):
        call_command("restore", made)


def test_without_a_key_nothing_is_saved(settings, place, capsys):
    settings.BACKUP_KEY = ""
    with pytest.raises(CommandError, match="BACKUP_KEY"):
        call_command("backup", place / "x")
    settings.BACKUP_KEY = "short"
    with pytest.raises(CommandError, match=re.compile("32 bytes|base64")):
        call_command("backup", place / "x")
    call_command("backup", "--new-key")
    assert len(sealing.key_from(capsys.readouterr().out)) == 32
    assert list(place.iterdir()) == []


def test_a_database_that_is_not_there_is_said_in_a_line(made, place, monkeypatch):
    monkeypatch.setenv("DATABASE_SUPERUSER_URL", "postgres://postgres:wrong@127.0.0.1:1/portal")
    with pytest.raises(CommandError, match="connection"):
        call_command("restore", made)
    monkeypatch.setattr(archive, "_dump", lambda path: psycopg.connect("postgres://maint@127.0.0.1:1/portal"))
    with pytest.raises(CommandError, match="connection"):
        call_command("backup", place / "none.backup")
    assert not list(place.glob("none*"))


def test_two_runs_into_one_archive_do_not_spoil_each_other(made, place):
    (place / "third.backup.part").write_bytes(b"being written")

    with pytest.raises(CommandError, match="is being written"):
        call_command("backup", place / "third.backup")

    assert (place / "third.backup.part").read_bytes() == b"being written"


def test_a_damaged_content_is_saved_and_named(made, place, monkeypatch):
    wrong = place / "media" / "7" / "ab" / ("ab" + "0" * 62)
    wrong.parent.mkdir(parents=True)
    wrong.write_bytes(b"not what the name says")
    with pytest.raises(CommandError, match=f"damaged in the storage: 7/ab/{wrong.name}"):
        call_command("backup", place / "second.backup", verbosity=0)
    assert archive.verify(place / "second.backup", sealing.key_from(KEY)).files == 2


def test_the_tools_of_the_image_run_outside_of_the_wheel(tmp_path, settings):
    script = [sys.executable, settings.BASE_DIR / "deploy" / "pick_pg_tools.py", tmp_path / "pg"]
    tools = Path(subprocess.run(script, capture_output=True, text=True, check=True).stdout.strip())

    for name in ("pg_dump", "pg_restore"):
        said = subprocess.run([tools / name, "--version"], capture_output=True, text=True, check=True).stdout
        assert f"{name} (PostgreSQL) 18" in said
