"""The texts of the demo world: one file per client and language, several entries in each.

An entry begins with "=== " and a head of parts that are separated by " | ". Under its text stand files, "+ Name.xlsx: a, 1; b, 2"
(lines, and cells in tables), and what people said later, "> 5 Katrin Vogel: ..." (hours after it was published).
"""

import re
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile

from portal.demo import documents

TEXTS = Path(__file__).parent / "texts"
ENTRY = re.compile(r"^=== ", re.MULTILINE)
FILE = re.compile(r"^\+ ([^:]+\.\w+): (.+)$")
SAID = re.compile(r"^> (\d+) ([^:]+): (.+)$")


@dataclass(frozen=True)
class Entry:
    """One protocol or mail as it is written down. said: hours, person, text."""

    head: tuple[str, ...]
    text: str
    files: tuple[tuple[str, str], ...] = ()
    said: tuple[tuple[int, str, str], ...] = ()

    def uploads(self) -> list[UploadedFile]:
        return [documents.written(name, content) for name, content in self.files]


def entries(folder: str, slug: str) -> list[Entry]:
    """What is written for this client, in the order of the file."""
    _intro, *blocks = ENTRY.split(path_of(folder, slug).read_text())
    return [_entry(block) for block in blocks]


def path_of(folder: str, slug: str) -> Path:
    """The client's file: its slug, its language."""
    [path] = (TEXTS / folder).glob(f"{slug}.*.md")
    return path


def language_of(slug: str) -> str:
    """The language that this client writes."""
    return path_of("protocols", slug).name.split(".")[1]


def _entry(block: str) -> Entry:
    head, _newline, body = block.partition("\n")
    files, said, text = [], [], []
    for line in body.splitlines():
        if match := FILE.match(line):
            files.append((match[1], match[2]))
        elif match := SAID.match(line):
            said.append((int(match[1]), match[2], match[3]))
        else:
            text.append(line)
    parts = tuple(part.strip() for part in head.split(" |"))
    return Entry(parts, "\n".join(text).strip(), tuple(files), tuple(said))
