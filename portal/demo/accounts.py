"""Accounts of the demo world: one password, a second factor each, and the list that bin/run shows."""

import base64
import secrets
from functools import cached_property

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts.models import User
from portal.demo.cast import House, Person


class Accounts:
    """Makes accounts that sign in by the password and an authenticator app; `rows` says how."""

    def __init__(self) -> None:
        self.password = f"fjord-{secrets.token_hex(2)}-{secrets.token_hex(2)}-licht"
        self.rows: list[dict] = []
        self._users: dict[str, User] = {}

    @cached_property
    def _hash(self) -> str:
        """Hashing is slow by design: once for all."""
        return make_password(self.password)

    def create(self, person: Person, house: House | None = None, **fields) -> User:
        """A person with a verified address and a confirmed app; who works for a second house is the same person there."""
        if person.email in self._users:
            return self._users[person.email]
        user = User(email=person.email, name=person.name, language=person.language, **fields)
        user.password = self._hash
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
        self.rows.append(self._row(person, house, device))
        self._users[person.email] = user
        return user

    def _row(self, person: Person, house: House | None, device: TOTPDevice) -> dict:
        return {
            "name": person.name,
            "email": person.email,
            "password": self.password,
            "totp_secret": base64.b32encode(device.bin_key).decode(),
            "kind": person.kind,
            "role": person.role,
            "agency": house.slug if house else "",
            "clients": list(person.clients),
            "areas": sorted({area for areas in person.clients.values() for area in areas}),
        }
