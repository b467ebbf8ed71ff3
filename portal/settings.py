"""All settings, values from the environment. A misspelt or missing value stops the start, loudly."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host
from django.utils.translation import gettext_lazy as _

from portal.environment import (
    address,
    env,
    level,
    networks,
    origin,
    places,
    scanner,
    secret,
    secrets,
    structure,
    switch,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = switch("DEBUG", default=False)
DEMO = switch("DEMO", default=False)
SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = secrets("SECRET_KEY_FALLBACKS")
BASE_URL = origin("BASE_URL", default="http://localhost:8000")
SECURE = BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "testserver"] if not SECURE else [])
MAIN_HOSTS = {urlsplit(BASE_URL).hostname, "localhost", "127.0.0.1", "testserver"}
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL])
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data")))
RELEASE = "0.10.0"

# --- Apps, from the ground up -------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_email",
    "django_htmx",
    "csp",
    "portal.core",
    "portal.audit",
    "portal.accounts",
    "portal.tenancy",
    "portal.events",
    "portal.files",
    "portal.mail",
    "portal.notifications",
    "portal.search",
    "portal.people",
    "invoices",
    "timeline",
    "worklog",
    "protocols",
    "mailbox",
    "tickets",
    "portal.profile",
    "portal.dashboard",
    "portal.operation",
    "portal.demo",
    "portal.admin",
]

MIDDLEWARE = [
    "portal.core.middleware.RequestTrace",
    "portal.tenancy.middleware.AgencyPath",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.core.middleware.Caching",
    "portal.core.middleware.KnownMethods",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.middleware.SecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.tenancy.middleware.Membership",
    "portal.core.middleware.FormAddresses",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.tenancy.context_processors.shell",
            ],
        },
    }
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database: three roles, none of them a superuser ----------------------------------------------------


def database(variable: str, **options) -> dict:
    """One connection of our own backend; see portal/core/db."""
    config = env.db_url_config(address(variable))
    return {
        **config,
        "ENGINE": "portal.core.db",
        "CONN_MAX_AGE": 0,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"connect_timeout": 5, **options},
    }


def pool(size: int) -> dict:
    """A small psycopg pool per process; a dead connection is replaced before it is lent.

    reconnect_timeout: the pool's pauses between tries double, and meanwhile it makes no other try; so it gives up
    early, and the next request tries at once. Otherwise a short outage of the server goes on for a minute here.
    """
    return {"min_size": 0, "max_size": size, "timeout": 5, "reconnect_timeout": 3, "max_idle": 300}


# What every page asks is planned once in a connection (portal/core/prepared.py). Off behind a pgbouncer before 1.22.
PLANNED = {
    "prepare_threshold": 5 if switch("DATABASE_PREPARED", default=True) else None,
    "options": "-c plan_cache_mode=force_generic_plan",
}


TEMPLATE_DATABASE = env.str("TEMPLATE_DATABASE", default="portal_template")
DATABASES = {
    "default": database("DATABASE_URL", pool=pool(env.int("DATABASE_POOL", default=8)), **PLANNED)
    | {"ATOMIC_REQUESTS": True, "TEST": {"MIRROR": "owner"}},
    "log": database("DATABASE_URL", pool=pool(4)) | {"TEST": {"MIRROR": "owner"}},
    "owner": database("DATABASE_OWNER_URL", options="-c app.migrating=on -c lock_timeout=3s")
    | {"TEST": {"DEPENDENCIES": [], "TEMPLATE": TEMPLATE_DATABASE}},
    "maint": database("DATABASE_MAINT_URL") | {"TEST": {"MIRROR": "owner"}},
}
DATABASE_ROUTERS = ["portal.core.db.routers.OneDatabase"]

# --- Redis: cache and broker; both may be away without losing work -----------------------------------------
REDIS_URL = address("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "portal.core.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}
SESSION_ENGINE = "portal.accounts.sessions"
SESSION_COOKIE_AGE = 14 * 86400
SESSION_IDLE_SECONDS = 3 * 86400
SESSION_SAVE_EVERY_REQUEST = False

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT = "portal.core.broker:Transport"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # after 100 tries the worker would end, and bin/run with it
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    # Whoever publishes never waits for a Redis that is away: the sweepers find the job (kombu would sleep 6 s per job).
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep accounts": {"task": "portal.accounts.tasks.sweep", "schedule": 300},
    "sweep events": {"task": "portal.events.tasks.sweep", "schedule": 30},
    "sweep outgoing mail": {"task": "portal.mail.tasks.sweep_outgoing", "schedule": 30},
    "sweep notifications": {"task": "portal.notifications.tasks.sweep", "schedule": 30},
    "look into mailboxes": {"task": "portal.mail.tasks.poll_mailboxes", "schedule": 60},
    "sweep incoming mail": {"task": "portal.mail.tasks.sweep_incoming", "schedule": 30},
    "seal the audit log": {"task": "portal.audit.tasks.seal", "schedule": 60},
    "sweep orphaned files": {"task": "portal.files.tasks.sweep_orphans", "schedule": 24 * 3600},
    "read the words of files": {"task": "portal.search.tasks.sweep_files", "schedule": 60},
    "scan files again": {"task": "portal.files.tasks.rescan_unknown", "schedule": 300},
    "ask to confirm profiles": {"task": "portal.profile.tasks.ask_to_confirm", "schedule": 6 * 3600},
    "agree by silence": {"task": "protocols.tasks.agree_all", "schedule": 900},
    "remind of action items": {"task": "protocols.tasks.remind_all", "schedule": 3600},
    "make meetings ahead": {"task": "protocols.meetings.tasks.make_all_ahead", "schedule": 24 * 3600},
    "remind of protocols": {"task": "protocols.meetings.tasks.remind_all", "schedule": 900},
    "tick": {"task": "portal.operation.tasks.tick", "schedule": 60},
    "examine the house": {"task": "portal.operation.tasks.examine", "schedule": 6 * 3600},
    "look whether mail comes and jobs are done": {"task": "portal.operation.tasks.watch", "schedule": 3600},
    "tell of mails to sort": {"task": "mailbox.tasks.tell_all", "schedule": 3600},
    "end old mails in quarantine": {"task": "mailbox.tasks.end_all_old", "schedule": 6 * 3600},
    "forget old strays": {"task": "portal.mail.tasks.end_old_strays", "schedule": 24 * 3600},
    "tell what the timeline shows": {"task": "timeline.tasks.tell_what_shows", "schedule": 3600},
    "make papers of invoices": {"task": "invoices.tasks.make_papers", "schedule": 30},
    "tend timers": {"task": "worklog.tasks.tend_timers", "schedule": 300},
    "remind of missing time": {"task": "worklog.tasks.remind_all", "schedule": 1800},
    "release explained work": {"task": "worklog.tasks.release_all", "schedule": 3600},
    "send monthly statements": {"task": "worklog.tasks.state_all", "schedule": 1800},
    "remind of invoices": {"task": "invoices.tasks.remind_all", "schedule": 3600},
    "check the money": {"task": "invoices.tasks.check_money", "schedule": crontab(hour=1, minute=40)},
    "end what has run out": {"task": "portal.people.tasks.end_what_has_run_out", "schedule": 3600},
}

# --- Files ----------------------------------------------------------------------------------------------
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(DATA_DIR / "media"))
MEDIA_URL = "/media/"
S3_BUCKET = env.str("S3_BUCKET", default="")
STORAGES = {
    "default": {
        "BACKEND": "portal.files.storage.ObjectStorage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT", default=None),
            "access_key": secret("S3_ACCESS_KEY", default=""),
            "secret_key": secret("S3_SECRET_KEY", default=""),
            "default_acl": None,
            "file_overwrite": True,
            "querystring_auth": True,
        },
    }
    if S3_BUCKET
    else {"BACKEND": "portal.files.storage.DiskStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "portal.core.static_files.StaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "static_collected"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# 1 to 11: 11 makes the smallest files and takes ten seconds, 5 a quarter of a second
STATIC_BROTLI_QUALITY = env.int("STATIC_BROTLI_QUALITY", default=11)
UPLOAD_MAX_BYTES = 50 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
CLAMAV_ADDRESS = scanner("CLAMAV_ADDRESS")

# --- Operation ------------------------------------------------------------------------------------------
BACKUP_KEY = secret("BACKUP_KEY", default="")
# How many days of what nobody needs any more `manage.py retention` leaves; 0 keeps all of a kind
KEEP_READ_NOTIFICATIONS_DAYS = env.int("KEEP_READ_NOTIFICATIONS_DAYS", default=365)
KEEP_SENT_MAIL_DAYS = env.int("KEEP_SENT_MAIL_DAYS", default=180)
KEEP_INVITATIONS_DAYS = env.int("KEEP_INVITATIONS_DAYS", default=365)
# Ten years, as books are kept
KEEP_BANK_FILES_DAYS = env.int("KEEP_BANK_FILES_DAYS", default=3653)
METRICS_TOKEN = secret("METRICS_TOKEN", default="")
# Selectors by which the mail relay signs; the doctor looks for their keys. Without any, DKIM is not examined.
DKIM_SELECTORS = env.list("DKIM_SELECTORS", default=[])
# The term by which SPF names the mail relay, such as include:spf.relay.example. Without it this is not examined.
RELAY_SPF = env.str("RELAY_SPF", default="")

# --- Mail -------------------------------------------------------------------------------------------------
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default="in.localhost")
SMTP_HOST = env.str("SMTP_HOST", default="127.0.0.1")
SMTP_PORT = env.int("SMTP_PORT", default=2525)
LMTP_HOST = env.str("LMTP_HOST", default="127.0.0.1")
LMTP_PORT = env.int("LMTP_PORT", default=0)
# Where the doctor looks whether the mail doors answer; from other machines and containers they have other names
MAIL_DOORS = places("MAIL_DOORS", default=[f"127.0.0.1:{port}" for port in (SMTP_PORT, LMTP_PORT) if port])
MAIL_MAX_BYTES = 25 * 1024 * 1024
MAIL_TLS_CERT = env.str("MAIL_TLS_CERT", default="")
MAIL_TLS_KEY = env.str("MAIL_TLS_KEY", default="")
MAIL_TRUSTED_PEERS = networks("MAIL_TRUSTED_PEERS", default=["127.0.0.0/8", "::1/128"])
MAIL_CONNECTIONS_PER_PEER = env.int("MAIL_CONNECTIONS_PER_PEER", default=16)
MAIL_RATE_PER_MINUTE = env.int("MAIL_RATE_PER_MINUTE", default=120)
MAIL_STRAYS = env.str("MAIL_STRAYS", default="")
IMAP_PRIVATE_HOSTS = switch("IMAP_PRIVATE_HOSTS", default=False)
# Webhooks of providers: off without a secret; several (with commas) while one is replaced by the next.
# ANYMAIL holds what a provider needs besides, as JSON or name by name
MAIL_WEBHOOK_SECRETS = secrets("MAIL_WEBHOOK_SECRET")
ANYMAIL = {
    # What a provider cannot do (an envelope sender of our own, a calendar part) is left out, the mail is not
    "IGNORE_UNSUPPORTED_FEATURES": True,
    # Postmark keeps our Message-ID only when it is asked to; answers refer to it
    "POSTMARK_SEND_DEFAULTS": {"extra_headers": {"X-PM-KeepID": "true"}},
}
ANYMAIL |= {
    name.removeprefix("ANYMAIL_"): secret(name)
    for name in {name.removesuffix("_FILE") for name in os.environ if name.startswith("ANYMAIL_")}
}
ANYMAIL |= structure("ANYMAIL", default={}) | {"WEBHOOK_SECRET": MAIL_WEBHOOK_SECRETS}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"Glasshouse <no-reply@{MAIL_DOMAIN}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
# Mails come back to an address of ours, one for each. False where the relay only takes its own sender;
# providers that take none tell by webhook instead
MAIL_RETURN_PATH = switch("MAIL_RETURN_PATH", default=True)
# The authserv-id of our own mail server in front of the door; it must take foreign headers with this id out
MAIL_AUTHSERV_ID = env.str("MAIL_AUTHSERV_ID", default="")
# Check SPF, DKIM and DMARC ourselves where that server says nothing; asks the DNS, or these name servers (address:port)
MAIL_CHECK_SENDERS = switch("MAIL_CHECK_SENDERS", default=False)
MAIL_NAME_SERVERS = env.list("MAIL_NAME_SERVERS", default=[])
# What happens to one person within this time is one mail
NOTIFICATION_BURST_SECONDS = env.int("NOTIFICATION_BURST_SECONDS", default=300)
OUTBOX_DIR = DATA_DIR / "outbox"
if DEMO:
    EMAIL_BACKEND = "portal.demo.outbox.EmailBackend"
else:
    vars().update(env.email_url_config(secret("EMAIL_URL", default="smtp://127.0.0.1:25")))
    # A provider instead of SMTP: EMAIL_BACKEND=anymail.backends.postmark.EmailBackend, ANYMAIL_POSTMARK_SERVER_TOKEN=...
    EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=vars()["EMAIL_BACKEND"])

# --- People: sign-in, passwords, second factor -----------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.accounts.backends.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.accounts.passwords.GuessableValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "portal.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "portal.accounts.forms.NewPasswordForm",
    "set_password": "portal.accounts.forms.FirstPasswordForm",
    "reset_password_from_key": "portal.accounts.forms.ForgottenPasswordForm",
}
SOCIALACCOUNT_ADAPTER = "portal.accounts.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Failed sign-ins are counted in the database, see portal/accounts/limits.py
ACCOUNT_RATE_LIMITS = {"login_failed": None}
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
OTP_TOTP_ISSUER = "Glasshouse"
OTP_EMAIL_TOKEN_VALIDITY = 600
OTP_EMAIL_COOLDOWN_DURATION = 30
OIDC_PROVIDERS = structure("OIDC_PROVIDERS", default=[])
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_PROVIDERS}}
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
# A link, because the CSP lets no form lead to another site
SOCIALACCOUNT_LOGIN_ON_GET = True

# --- Language and time ------------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- Browser ------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.core.errors.csrf_failure"
SECURE_SSL_REDIRECT = switch("SSL_REDIRECT", default=SECURE)
SECURE_HSTS_SECONDS = 365 * 86400 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked from inside, past the proxy
X_FRAME_OPTIONS = "DENY"
if switch("TRUST_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs: one JSON object a line -------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"trace": {"()": "portal.core.logs.Trace"}},
    "formatters": {"json": {"()": "portal.core.logs.Formatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["trace"]},
        "none": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": level("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["none"], "propagate": False},
        "django.request": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "factur-x": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "mail.log": {"level": "WARNING"},
        "gunicorn.error": {"handlers": [], "propagate": True},  # it writes lines of its own otherwise
    },
}

SENTRY_DSN = secret("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production")

if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters.")
if not validate_host(urlsplit(BASE_URL).hostname or "", ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the host of BASE_URL: every page would be refused.")
