"""Every write on protocols. What a reader is told of follows from the events' kinds."""

from .agreeing import OpenCorrections, Outdated, accept, accept_by_silence
from .doing import do, remind, undo
from .talking import attach, comment, mark_read, settle
from .writing import (
    MOST_ITEMS,
    AgendaFull,
    Conflict,
    Contents,
    ItemConflict,
    Point,
    add_item,
    edit,
    keep_internal_note,
    publish,
    save_item,
    write,
)

__all__ = [
    "MOST_ITEMS",
    "AgendaFull",
    "Conflict",
    "Contents",
    "ItemConflict",
    "OpenCorrections",
    "Outdated",
    "Point",
    "accept",
    "accept_by_silence",
    "add_item",
    "attach",
    "comment",
    "do",
    "edit",
    "keep_internal_note",
    "mark_read",
    "publish",
    "remind",
    "save_item",
    "settle",
    "undo",
    "write",
]
