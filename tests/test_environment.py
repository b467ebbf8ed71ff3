"""Values from the environment: secrets from files, passwords beside addresses, and wrong values that stop the start."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import environment


@pytest.fixture
def given(monkeypatch, tmp_path):
    """Sets variables; what ends in _FILE gets a file with that content."""

    def give(**values):
        for name, value in values.items():
            if name.endswith("_FILE"):
                (tmp_path / name).write_text(value + "\n")
                value = str(tmp_path / name)
            monkeypatch.setenv(name, value)

    return give


def test_passwords_are_put_into_addresses_that_have_none():
    assert (
        environment.with_password("postgres://app@db:5432/portal", "a/b@c") == "postgres://app:a%2Fb%40c@db:5432/portal"
    )
    assert environment.with_password("redis://valkey:6379/0", "x") == "redis://:x@valkey:6379/0"
    assert environment.with_password("redis://:mine@valkey/0", "x") == "redis://:mine@valkey/0"


def test_a_secret_file_that_is_missing_stops_the_start(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "nothing"))
    with pytest.raises(FileNotFoundError):
        environment.secret("SECRET_KEY")


def test_the_password_of_an_address_lies_in_a_file_beside_it(given):
    given(DATABASE_MAINT_URL="postgres://maint@db/portal", DATABASE_MAINT_PASSWORD_FILE="word")
    assert environment.address("DATABASE_MAINT_URL") == "postgres://maint:word@db/portal"


def test_what_the_operator_sets_himself_comes_before_the_file_of_the_compose_file(given):
    """Another object store than the one beside us: its keys in .env, and the files of ours are still named."""
    given(S3_ACCESS_KEY="theirs", S3_ACCESS_KEY_FILE="ours")
    assert environment.secret("S3_ACCESS_KEY") == "theirs"
    given(S3_ACCESS_KEY="")
    assert environment.secret("S3_ACCESS_KEY") == "ours"


def test_earlier_keys_and_providers_may_lie_in_files_too(given):
    given(FALLBACKS_FILE="one, two", PROVIDERS_FILE='[{"provider_id": "corp"}]')
    assert environment.secrets("FALLBACKS") == ["one", "two"]
    assert environment.structure("PROVIDERS", []) == [{"provider_id": "corp"}]


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        (environment.origin, "portal.example.com"),
        (environment.origin, "https://"),
        (environment.networks, "10.0.0.0/8,relay.example"),
        (environment.places, "mail"),
        (environment.places, "mail:smtp"),
        (environment.structure, "[{'a': 1}]"),
        (environment.structure, '{"provider_id": "corp"}'),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(given, read, wrong):
    given(A_SETTING=wrong)
    with pytest.raises(ImproperlyConfigured, match="A_SETTING"):
        read("A_SETTING", [])


@pytest.mark.parametrize(
    ("value", "read"),
    [("", ""), ("clamd:3310", "clamd:3310"), ("/run/clamd.ctl", "unix:/run/clamd.ctl"), ("unix:/x", "unix:/x")],
)
def test_the_scanner_is_a_server_or_its_socket(given, value, read):
    given(CLAMAV_ADDRESS=value)
    assert environment.scanner("CLAMAV_ADDRESS") == read


@pytest.mark.parametrize(("told", "read"), [("", True), ("1", True), ("Yes", True), ("0", False), ("false", False)])
def test_a_switch_is_on_or_off(given, told, read):
    given(A_SWITCH=told)
    assert environment.switch("A_SWITCH", default=True) is read


@pytest.mark.parametrize(("read", "wrong"), [(environment.switch, "ja"), (environment.level, "loud")])
def test_a_word_that_nobody_knows_stops_the_start(given, read, wrong):
    """MAIL_CHECK_SENDERS=ja checked nobody."""
    given(A_SETTING=wrong)
    with pytest.raises(ImproperlyConfigured, match="A_SETTING"):
        read("A_SETTING", default="")


def test_levels_are_written_as_one_likes(given):
    given(LOG_LEVEL="warning")
    assert environment.level("LOG_LEVEL", "INFO") == "WARNING"


def test_an_address_of_something_else_is_no_redis(given):
    given(REDIS_URL="valkey:6379")
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        environment.address("REDIS_URL")


def test_a_scanner_without_a_port_stops_the_start(given):
    """It would have refused every upload with an error page."""
    given(CLAMAV_ADDRESS="clamd")
    with pytest.raises(ImproperlyConfigured, match="CLAMAV_ADDRESS"):
        environment.scanner("CLAMAV_ADDRESS")


@pytest.mark.parametrize("hosts", ["", "other.example.com"])
def test_a_public_address_that_would_refuse_every_page_stops_the_start(hosts):
    environ = os.environ | {"BASE_URL": "https://portal.example.com", "ALLOWED_HOSTS": hosts, "DEBUG": "0"}
    done = subprocess.run([sys.executable, "-m", "portal.settings"], env=environ, capture_output=True, text=True)
    assert done.returncode and done.stderr.splitlines()[-1].endswith("every page would be refused.")
