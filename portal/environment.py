"""Values from the environment, for the settings and whoever starts before them. A wrong one raises ImproperlyConfigured."""

import ipaddress
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
ON, OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
REDIS = ("redis", "rediss", "unix")


def secret(name: str, default: Any = environ.Env.NOTSET) -> str:
    """A value from NAME, or from the file that NAME_FILE points at."""
    path = os.environ.get(f"{name}_FILE")
    if path and not os.environ.get(name):
        return Path(path).read_text().strip()
    return env.str(name, default=default)


def secrets(name: str) -> list[str]:
    """Several, with commas."""
    return [found for told in secret(name, default="").split(",") if (found := told.strip())]


def switch(name: str, default: bool) -> bool:
    """1 or 0; an empty one is not given. A word that nobody knows would count as 0, without a word."""
    told = env.str(name, default="").strip().lower()
    if told not in ("", *ON, *OFF):
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {told!r}.")
    return told in ON if told else default


def level(name: str, default: str) -> str:
    """From which level on something is logged."""
    told = env.str(name, default=default).upper()
    if told not in LEVELS:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(LEVELS)}, not {told!r}.")
    return told


def structure(name: str, default: Any) -> Any:
    """JSON of the same kind as the default."""
    told = secret(name, default="")
    if not told:
        return default
    try:
        value = json.loads(told)
    except json.JSONDecodeError as error:
        raise ImproperlyConfigured(f"{name} is no JSON: {error}.") from error
    if type(value) is not type(default):
        raise ImproperlyConfigured(f"{name} must be a {type(default).__name__} in JSON.")
    return value


def address(name: str) -> str:
    """The address of a server. One without a password gets that of the variable beside it: DATABASE_PASSWORD for DATABASE_URL."""
    url = secret(name)
    if name == "REDIS_URL" and urlsplit(url).scheme not in REDIS:
        raise ImproperlyConfigured(f"{name} must begin with redis://, rediss:// or unix://.")
    password = secret(f"{name.removesuffix('_URL')}_PASSWORD", default="")
    return with_password(url, password) if password else url


def with_password(url: str, password: str) -> str:
    """Put the password into an address that has none."""
    parts = urlsplit(url)
    if parts.password:
        return url
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{quote(password, safe='')}@{host}"))


def origin(name: str, default: str) -> str:
    """A public address, without a slash at its end."""
    value = env.str(name, default=default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must begin with https:// or http:// and name a host, not {value!r}.")
    return value


def networks(name: str, default: list[str]) -> list[str]:
    """Addresses and networks, such as 10.0.0.0/8."""
    values = env.list(name, default=default)
    for value in values:
        try:
            ipaddress.ip_network(value)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}.") from error
    return values


def places(name: str, default: list[str]) -> list[str]:
    """Where servers listen, each as host:port."""
    values = env.list(name, default=default)
    for value in values:
        host, _colon, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ImproperlyConfigured(f"{name} must be host:port, not {value!r}.")
    return values


def scanner(name: str) -> str:
    """A server at host:port, or its socket; "" when there is none."""
    value = env.str(name, default="")
    if value.startswith("/"):
        return f"unix:{value}"
    return value if not value or value.startswith("unix:/") else places(name, [])[0]
