"""Mails that other systems keep as test cases: every one is kept, read without an exception and in short time."""

import codecs
import os
import random
import re
import time
from pathlib import Path

import pytest
from django.conf import settings

from portal.mail.parsing import parse

NO_MAILS = {".md", ".json", ".yml", ".py", ".xml", ".html", ".baseline", ".list", ".pem", ".key", ".dns"}
BEGINNING = re.compile(rb"\A(\xef\xbb\xbf)?(From [^\n]*\n)?[A-Za-z-]+[ \t]?:[^:]")
HEADER = re.compile(rb"^(from|received|subject|message-id|return-path|mime-version|content-type): ?", re.I | re.M)
SAMPLE, SAMPLE_OF_WAYS = 250, 60
SECONDS = 5
READ_DIFFERENTLY = {"019.eml"}
"""Its first line is no header, so that nothing is one; below a Received line the others are. It is there twice then, not lost."""


def corpora() -> list[Path]:
    """All mails of the corpora; empty when they are not at hand."""
    folder = Path(os.environ.get("GLASSHOUSE_CORPORA") or settings.BASE_DIR.parent / "shared" / "corpora")
    found = (path for one in sorted(folder.glob("mail*")) for path in sorted(one.rglob("*")))
    return [path for path in found if path.suffix.lower() not in NO_MAILS and path.is_file() and is_mail(path)]


def is_mail(path: Path) -> bool:
    """Whether the file begins like a mail; the folders hold keys, results and notes too."""
    with path.open("rb") as file:
        head = file.read(2000)
    return bool(BEGINNING.match(head) and HEADER.search(head))


def read(path: Path):
    """The mail, and how long it took."""
    began = time.process_time()
    mail = parse(path.read_bytes())
    return mail, time.process_time() - began


def is_the_same_by_every_way(path: Path) -> bool:
    """Whether the mail is known again when other servers hand it on: with one more station, and with either line end."""
    raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    station = b"Received: from mx.elsewhere.example by in.example;\r\n\tFri, 20 Nov 2026 10:00:00 +0100\r\n"
    plain = raw.replace(b"\r\n", b"\n")
    keys = {parse(way).content_key for way in (raw, station + raw, plain, plain.replace(b"\n", b"\r\n"))}
    return len(keys) == 1 or path.name in READ_DIFFERENTLY


def is_storable(mail) -> bool:
    told = [
        mail.text,
        mail.html,
        mail.subject,
        mail.message_id,
        mail.sender.name,
        *(file.name for file in mail.attachments),
    ]
    return not any("\x00" in word or any("\ud800" <= letter <= "\udfff" for letter in word) for word in told)


@pytest.mark.skipif(not corpora(), reason="no corpora here")
def test_a_sample_of_the_corpora_can_be_read():
    paths = corpora()
    for path in random.Random(4).sample(paths, min(SAMPLE, len(paths))):
        mail, seconds = read(path)

        assert seconds < SECONDS, path.name
        assert is_storable(mail), path.name
        assert mail.content_key, path.name


@pytest.mark.skipif(not corpora(), reason="no corpora here")
def test_a_mail_is_the_same_by_whatever_way_it_comes():
    """bin/soak does so with all of them."""
    paths = corpora()
    sample = random.Random(5).sample(paths, min(SAMPLE_OF_WAYS, len(paths)))
    assert [path.name for path in sample if not is_the_same_by_every_way(path)] == []
