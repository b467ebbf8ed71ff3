"""The certificate of the mail door. Whoever renews it writes new files; the door takes them up without a restart."""

import logging
import ssl
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

log = logging.getLogger(__name__)


class Certificate:
    """MAIL_TLS_CERT and MAIL_TLS_KEY as a TLS context. At the start unreadable files are an error, later they are logged."""

    def __init__(self, cert: Path, key: Path):
        self.files = (cert, key)
        try:
            self._stamp, self._context = self._stamp_now(), self._load()
        except (OSError, ssl.SSLError) as error:
            raise ImproperlyConfigured(f"MAIL_TLS_CERT or MAIL_TLS_KEY cannot be used: {error}") from error

    def context(self) -> ssl.SSLContext:
        """For the next connection. While files are half written, the certificate before them goes on."""
        try:
            stamp = self._stamp_now()
            if stamp != self._stamp:
                self._context, self._stamp = self._load(), stamp
                log.info("mail door has a new certificate")
        except (OSError, ssl.SSLError) as error:
            log.warning("new certificate of the mail door cannot be used", extra={"error": str(error)})
        return self._context

    def _stamp_now(self) -> list[tuple[int, int, int]]:
        found = [path.stat() for path in self.files]
        return [(stat.st_ino, stat.st_mtime_ns, stat.st_size) for stat in found]

    def _load(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(*self.files)
        return context


def certificate() -> Certificate | None:
    """As the settings say; None without them, then STARTTLS is not offered."""
    if not settings.MAIL_TLS_CERT and not settings.MAIL_TLS_KEY:
        return None
    if not settings.MAIL_TLS_CERT or not settings.MAIL_TLS_KEY:
        raise ImproperlyConfigured("MAIL_TLS_CERT and MAIL_TLS_KEY belong together.")
    return Certificate(Path(settings.MAIL_TLS_CERT), Path(settings.MAIL_TLS_KEY))
