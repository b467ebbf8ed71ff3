"""Who: a person with an e-mail address as name. Global, because sign-in comes before any agency is known."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin

from portal.accounts import codes


class UserManager(BaseUserManager["User"]):
    """Addresses are stored in lower case: one person, one row."""

    def create_user(self, email: str, password: str | None = None, **fields):
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person. What somebody may do follows from memberships, never from here; is_staff = platform staff."""

    email = models.EmailField(_("E-mail address"), unique=True)
    name = models.CharField(_("Name"), max_length=120)
    language = models.CharField(_("Language"), max_length=8, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)
    theme = models.CharField(max_length=8, blank=True, choices=[("light", _("Light")), ("dark", _("Dark"))])
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self):
        return self.name or self.email


class SessionQuerySet(models.QuerySet):
    """Sessions, by whether they still open a door."""

    def alive(self, *, at=None):
        """Neither too old nor unused for too long."""
        now = timezone.now() if at is None else at
        return self.filter(expires_at__gt=now, last_used_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS))

    def over(self):
        """What no longer opens anything."""
        return self.exclude(pk__in=self.alive().values("pk"))


class Session(models.Model):
    """A browser that is signed in, or about to be. Holds the hash of the key only, so the table opens no account."""

    key_hash = models.CharField(max_length=64, unique=True)
    data = models.TextField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    trusted = models.BooleanField(default=False)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = SessionQuerySet.as_manager()

    def __str__(self):
        return f"session {self.pk}"


class TrustedBrowserQuerySet(models.QuerySet):
    """Trusted browsers, by whether they still count."""

    def alive(self):
        return self.filter(expires_at__gt=timezone.now())


class TrustedBrowser(models.Model):
    """A browser that is not asked for the second factor for 30 days. Its cookie holds what token_hash is made of.

    password_stamp and device_id bind it: with another password or without the factor it counts no longer.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="trusted_browsers")
    token_hash = models.CharField(max_length=64, unique=True)
    device_id = models.CharField(max_length=120)
    password_stamp = models.CharField(max_length=64)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = TrustedBrowserQuerySet.as_manager()

    def __str__(self):
        return f"trusted browser {self.pk}"


class BackupDevice(TimestampMixin, ThrottlingMixin, Device):
    """Ten codes for the day the phone is lost. Each works once; only hashes are kept, all with the salt of this row."""

    salt: models.CharField = models.CharField(max_length=32, default=codes.new_salt)

    def get_throttle_factor(self):
        return 1

    def verify_token(self, token):
        """Whether this is an unused code; it is used then. The caller holds the row's lock."""
        if not self.verify_is_allowed()[0]:
            return False
        used = self.codes.filter(digest=codes.digest(token, self.salt), used_at=None).update(used_at=timezone.now())
        if not used:
            self.throttle_increment()
            return False
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save()
        return True


class BackupCode(models.Model):
    """One code, hashed."""

    device = models.ForeignKey(BackupDevice, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"backup code {self.pk}"


class Attempt(models.Model):
    """How often something was tried in the current window. In the database, so that a flushed cache forgives nobody.

    The key is a keyed hash: people type passwords into the field for the address.
    """

    key = models.CharField(max_length=100, unique=True)
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    def __str__(self):
        return self.key


class FactorResetQuerySet(models.QuerySet):
    """Requested resets of lost second factors."""

    def pending(self):
        return self.filter(done_at=None, cancelled_at=None)

    def due(self):
        return self.pending().filter(due_at__lte=timezone.now())


class FactorReset(models.Model):
    """A lost second factor: an owner asked for its removal, which happens after a delay unless the person says no."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factor_resets")
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(done_at=None, cancelled_at=None),
                name="factor_reset_one_pending",
            )
        ]

    def __str__(self):
        return f"reset of the second factor of {self.user_id}"
