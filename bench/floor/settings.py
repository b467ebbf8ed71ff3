"""As little Django as answers a request."""

import os
from pathlib import Path

import environ

SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "bench.floor.urls"
INSTALLED_APPS = ["bench.floor"]
MIDDLEWARE: list[str] = []
DATABASES = {
    "default": {
        **environ.Env.db_url_config(os.environ["FLOOR_DATABASE_URL"]),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 4}},
    }
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent],
        "OPTIONS": {"context_processors": []},
    }
]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
