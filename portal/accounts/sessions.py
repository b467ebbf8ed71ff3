"""Sessions in the database: who, from where, with which device, used when; ended by deleting the row.

Not in the cache, so that an ended session is over at once and a flushed Redis signs nobody out.
"""

from contextvars import ContextVar
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from portal.accounts.models import Session, User
from portal.core import context
from portal.core.prepared import Prepared, Slot

TOUCH_EVERY = timedelta(minutes=5)
TRUSTED = "trusted_browser"
_by_key = Prepared(
    lambda: (
        Session.objects.alive(at=Slot("now", DateTimeField()))
        .filter(key_hash=Slot("key", CharField()))
        .select_related("user")
    )
)
_loaded: ContextVar[User | None] = ContextVar("user_of_session", default=None)


class SessionStore(SessionBase):
    """Django's session interface over `Session`. The lifetime counts from the sign-in, however much it is used."""

    def load(self):
        row = _by_key.first(key=hashed(self.session_key), now=timezone.now())
        if row is None:
            self._session_key = None
            return {}
        _loaded.set(row.user)
        if row.user_id and timezone.now() - row.last_used_at > TOUCH_EVERY:
            Session.objects.filter(pk=row.pk).update(last_used_at=timezone.now(), ip=caller())
        return self.decode(row.data)

    def exists(self, session_key):
        return Session.objects.filter(key_hash=hashed(session_key)).exists()

    def create(self):
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create=False):
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        if must_create:
            return self._insert(data)
        rows = Session.objects.filter(key_hash=hashed(self.session_key))
        if not rows.update(**self._columns(data)):
            raise UpdateError

    def _insert(self, data) -> None:
        now = context.current()
        expires_at = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        row = Session(key_hash=hashed(self.session_key), ip=caller(), user_agent=now.ua, expires_at=expires_at)
        for name, value in self._columns(data).items():
            setattr(row, name, value)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            raise CreateError from error

    def _columns(self, data) -> dict:
        user_id = data.get(SESSION_KEY)
        return {
            "data": self.encode(data),
            "user_id": int(user_id) if user_id else None,
            "trusted": bool(data.get(TRUSTED)),
        }

    def delete(self, session_key=None):
        key = session_key or self.session_key
        if key:
            Session.objects.filter(key_hash=hashed(key)).delete()

    @classmethod
    def clear_expired(cls):
        Session.objects.over().delete()


def take_loaded(user_id: int) -> User | None:
    """The person who came with the session that was just loaded, once; None when it is somebody else."""
    user = _loaded.get()
    _loaded.set(None)
    return user if user and user.pk == user_id else None


def hashed(session_key: str | None) -> str:
    """What the table knows of a key. The key is long and random, so a fast hash is enough."""
    return sha256((session_key or "").encode()).hexdigest()


def caller() -> str | None:
    """The caller's address, when the context knows one."""
    try:
        return str(ip_address(context.current().ip))
    except ValueError:
        return None


def sessions_of(user: User):
    """The person's living sessions, last used first."""
    return Session.objects.alive().filter(user=user).order_by("-last_used_at")


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End all sessions of a person, except the one with this key; how many there were."""
    rows = Session.objects.filter(user=user)
    rows = rows.exclude(key_hash=hashed(but)) if but else rows
    return rows.delete()[0]
