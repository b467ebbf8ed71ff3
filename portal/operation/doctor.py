"""The doctor: every check, one report. A check that fails itself is a broken line, never a broken report."""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from portal.operation import inside, outside
from portal.operation.findings import BROKEN, ORDER, SOON, Finding
from portal.operation.findings import said as _

KEPT = "operation:report:2"
"""Processes of the release before cannot read what is kept now; while both run each has its own."""
CHECKS: tuple[Callable[[], Iterable[Finding]], ...] = (*inside.CHECKS, *outside.CHECKS)
LATE = timedelta(hours=13)
"""Two examinations were missed, or ran into the worker's limit of time."""
log = logging.getLogger(__name__)


def examine() -> dict[str, Any]:
    """Run every check now. at: moment, seconds: how long it took, findings: worst first."""
    began = time.perf_counter()
    findings = _findings(CHECKS)
    seconds = round(time.perf_counter() - began, 1)
    return {"at": timezone.now().isoformat(), "seconds": seconds, "findings": findings}


def glance() -> list[dict[str, Any]]:
    """The findings of the quick checks, worst first."""
    return _findings(QUICK)


def alarm(findings: Iterable[dict[str, Any]], states: Collection[str] = (BROKEN,)) -> None:
    """An error in the log, and so in Sentry, for each finding in one of these states. Sentry learns no words: the check's logger tells."""
    for finding in findings:
        if finding["state"] in states:
            log.getChild(finding["check"]).error("doctor: %s: %s", finding["name"], finding["text"])


def lateness() -> Iterator[Finding]:
    """A line when the report is old: what it calls fine may not be so any more."""
    report = kept()
    if report and timezone.now() - report["at"] > LATE:
        text = _("The last one was %(when)s", {"when": report["at"]})
        yield Finding(_("Examination"), SOON, text, _("Look into the worker's log, and try manage.py doctor."))


def keep(report: dict[str, Any]) -> None:
    """For the page. It lies in the cache: when that is emptied, the page says that nothing was examined yet."""
    cache.set(KEPT, report, None)


def kept() -> dict[str, Any] | None:
    """The last report, its moment as a datetime."""
    report = cache.get(KEPT)
    return {**report, "at": datetime.fromisoformat(report["at"])} if report else None


QUICK = (lateness, inside.jobs, inside.incoming_mail, inside.outgoing_mail, outside.mail_doors, outside.mailboxes)
"""What may not wait for the next examination. A silent beat cannot tell of itself: /readyz and the figures do."""


def is_broken(report: dict[str, Any]) -> bool:
    return any(finding["state"] == BROKEN for finding in report["findings"])


def _findings(checks: Iterable[Callable[[], Iterable[Finding]]]) -> list[dict[str, Any]]:
    findings = [{"check": check.__name__, **finding.as_dict()} for check in checks for finding in _outcome(check)]
    return sorted(findings, key=lambda finding: ORDER.index(finding["state"]))


def _outcome(check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(check())
    except Exception as error:
        return [Finding(check.__name__.replace("_", " ").capitalize(), BROKEN, f"{type(error).__name__}: {error}")]
