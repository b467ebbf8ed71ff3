"""Files: stored by content, served only through the app that owns them."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "portal.files"
