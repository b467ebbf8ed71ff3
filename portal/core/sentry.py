"""Errors to a Sentry of one's own, when SENTRY_DSN names it. What leaves the house: kind and place of an error, nothing of anybody.

Messages, local variables, addresses, forms, cookies and people stay here; the request id leads to our own log, which has them.
"""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration, ignore_logger

from portal.core.context import current

KEPT = {
    "event_id",
    "timestamp",
    "level",
    "logger",
    "platform",
    "release",
    "environment",
    "sdk",
    "exception",
    "transaction",
}
PLACE = {"filename", "module", "function", "lineno", "in_app"}
PLAIN = ("portal", "invoices", "protocols", "mailbox", "timeline", "worklog", "tickets", "django")
"""Loggers whose sentences are constants of the code; what was filled in stands in the record's arguments, which stay here."""


def start(dsn: str, *, release: str, environment: str) -> None:
    """Send errors there from now on; each process calls it once, when Django starts."""
    sentry_sdk.init(
        dsn,
        release=release,
        environment=environment,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(transaction_style="function_name"),
            CeleryIntegration(),
            LoggingIntegration(level=None),
        ],
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=None,
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=bare,  # type: ignore[arg-type]
    )
    ignore_logger("django.security.DisallowedHost")  # whoever tries addresses on the internet, thousands a day


def bare(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """An event of which only kind and place are left. A list of what may stay, because what comes with it grows."""
    left = {key: value for key, value in event.items() if key in KEPT}
    if event.get("logger", "").partition(".")[0] in PLAIN:
        left["logentry"] = {"message": event.get("logentry", {}).get("message", "")}
    for error in left.get("exception", {}).get("values", []):
        error.pop("value", None)
        frames = (error.get("stacktrace") or {}).get("frames", [])
        error["stacktrace"] = {"frames": [{key: row[key] for key in PLACE & row.keys()} for row in frames]}
    # Checks of the doctor share their sentence, each has a logger of its own; one that is put off must not hide the others.
    left["fingerprint"] = ["{{ default }}", event.get("logger", "")]
    now = current()
    left["tags"] = {"request_id": now.request_id, "job": now.task}
    return left
