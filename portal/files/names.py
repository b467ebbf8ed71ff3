"""File names as people send them, made safe to be shown, kept in a row and written into a header."""

import re
import unicodedata

MAX_CHARACTERS = 200
# Marks of writing direction turn "invoice_fdp.exe" into "invoice_exe.pdf"; the others are invisible.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_FORBIDDEN_ON_DISKS = re.compile(r'[<>:"|?*]')
_RESERVED_ON_WINDOWS = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


def clean_name(name: str) -> str:
    """The last part of a name without path, control and invisible characters, at most 200 characters long.

    The extension survives the cut. A name of which nothing is left becomes "file".
    """
    name = unicodedata.normalize("NFC", str(name))
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(c for c in _INVISIBLE.sub("", name) if unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    name = re.sub(r"\s+", " ", _FORBIDDEN_ON_DISKS.sub("_", name)).strip(" .")
    if _RESERVED_ON_WINDOWS.match(name):
        name = f"_{name}"
    return _shortened(name) or "file"


def extension_of(name: str) -> str:
    """The extension in lower case without its dot, "" without one."""
    stem, dot, extension = name.rpartition(".")
    return extension.strip().lower() if dot and stem else ""


def _shortened(name: str) -> str:
    if len(name) <= MAX_CHARACTERS:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 20:
        return name[:MAX_CHARACTERS].rstrip(" .")
    return f"{stem[: MAX_CHARACTERS - len(extension) - 1].rstrip(' .')}.{extension}"
