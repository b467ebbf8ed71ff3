"""CPU time of processes, from /proc: what a request costs, whatever else the machine does."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(pids: list[int]) -> float:
    """User and system time of these processes and of the children that they have reaped."""
    return sum(_seconds(pid) for pid in pids)


def children_of(pid: int) -> list[int]:
    """The process and everything below it."""
    found, todo = [], [pid]
    while todo:
        current = todo.pop()
        found.append(current)
        for tasks in Path(f"/proc/{current}/task").glob("*/children"):
            todo += map(int, tasks.read_text().split())
    return found


def load() -> str:
    """What else the machine was doing, for the reader of the figures."""
    return " ".join(Path("/proc/loadavg").read_text().split()[:3])


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS
