"""Time zones by name."""

from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache
def zone(name: str) -> ZoneInfo:
    """The zone of this name; UTC for a name that is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
