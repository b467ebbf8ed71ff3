"""Work entries, what hangs on them, the timer, and what was decided about the work log."""

from .entries import (
    LONGEST_MINUTES,
    Charge,
    Source,
    WorkEntry,
    WorkEntryQuerySet,
    can_be_logged_by,
    can_be_managed_by,
)
from .kinds import WorkKind
from .rates import WorkRate
from .rules import USUAL_DAY, ClientWorkPolicy, MonthClosing, WorkBudget, WorkPolicy
from .statements import WorkStatement
from .timer import ASKS_AFTER, Timer
from .traces import Explanation, ExplanationPost, WorkCorrection, WorkLook, WorkNote, WorkResult

__all__ = [
    "ASKS_AFTER",
    "LONGEST_MINUTES",
    "USUAL_DAY",
    "Charge",
    "ClientWorkPolicy",
    "Explanation",
    "ExplanationPost",
    "MonthClosing",
    "Source",
    "Timer",
    "WorkBudget",
    "WorkCorrection",
    "WorkEntry",
    "WorkEntryQuerySet",
    "WorkKind",
    "WorkLook",
    "WorkNote",
    "WorkPolicy",
    "WorkRate",
    "WorkResult",
    "WorkStatement",
    "can_be_logged_by",
    "can_be_managed_by",
]
