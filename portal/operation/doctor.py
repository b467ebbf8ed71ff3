"""The doctor: every check, one report. A check that fails itself is a broken line, never a broken report."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from portal.operation import inside, outside
from portal.operation.findings import BROKEN, ORDER, Finding

KEPT = "operation:report"
CHECKS: tuple[Callable[[], Iterable[Finding]], ...] = (*inside.CHECKS, *outside.CHECKS)


def examine() -> dict[str, Any]:
    """Run every check now. at: moment, seconds: how long it took, findings: worst first."""
    began = time.perf_counter()
    findings = [finding for check in CHECKS for finding in _outcome(check)]
    findings.sort(key=lambda finding: ORDER.index(finding.state))
    seconds = round(time.perf_counter() - began, 1)
    return {"at": timezone.now().isoformat(), "seconds": seconds, "findings": [row.as_dict() for row in findings]}


def keep(report: dict[str, Any]) -> None:
    """For the page. It lies in the cache: when that is emptied, the page says that nothing was examined yet."""
    cache.set(KEPT, report, None)


def kept() -> dict[str, Any] | None:
    """The last report, its moment as a datetime."""
    report = cache.get(KEPT)
    return {**report, "at": datetime.fromisoformat(report["at"])} if report else None


def is_broken(report: dict[str, Any]) -> bool:
    return any(finding["state"] == BROKEN for finding in report["findings"])


def _outcome(check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(check())
    except Exception as error:
        return [Finding(check.__name__.replace("_", " ").capitalize(), BROKEN, f"{type(error).__name__}: {error}")]
