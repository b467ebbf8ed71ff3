"""What a person wrote in an answer: sixty samples of mail programs, and texts that would take a careless reader hours."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings

from portal.mail.parsing import parse
from portal.mail.quotes import cut

SAMPLES = Path(__file__).with_name("replies")
CUT = "=====8<=====\n"
ANSWERED = (SAMPLES / "answered.txt").read_text()
CORPORA = Path(os.environ.get("GLASSHOUSE_CORPORA") or settings.BASE_DIR.parent / "shared" / "corpora")
CORPUS = CORPORA / "mail-replytrimmer-discourse" / "test"


def samples() -> list[str]:
    return sorted(path.stem for path in SAMPLES.glob("*.txt") if path.stem != "answered")


def test_there_are_sixty_samples_in_six_languages():
    assert len(samples()) >= 60
    assert {name.partition("-")[0] for name in samples()} == {"de", "en", "hu", "nb", "ru", "uk"}


@pytest.mark.parametrize("name", samples())
def test_what_the_person_wrote_is_left(name):
    written, _cut, wanted = (SAMPLES / f"{name}.txt").read_text().partition(CUT)

    assert cut(written, ANSWERED) == wanted.strip("\n")


@pytest.mark.parametrize("name", samples())
def test_without_the_answered_mail_nobody_is_silenced(name):
    """The mail that is answered only helps; whatever was written is there without it as well."""
    written, _cut, wanted = (SAMPLES / f"{name}.txt").read_text().partition(CUT)

    assert wanted.strip() in cut(written)


def test_windows_line_ends_change_nothing():
    written, _cut, wanted = (SAMPLES / "de-gmail.txt").read_text().partition(CUT)

    assert cut(written.replace("\n", "\r\n"), ANSWERED) == wanted.strip("\n")


def test_an_answer_in_html_alone():
    html = (
        '<div dir="ltr">Der Termin ist der <b>27.</b></div><br><div class="gmail_quote"><div>Am Do., 19. Nov. 2026 um '
        "09:12&nbsp;Uhr schrieb Nordlicht &lt;<a>reply+k7vq@in.example</a>&gt;:<br></div><blockquote>Protokoll: Jour fixe"
        "</blockquote></div>"
    )
    mail = parse(f"From: k@client.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}".encode())

    assert cut(mail.text) == "Der Termin ist der 27."


def test_below_a_quote_without_marks_the_own_words_are_found():
    """HTML answered below: the quoted lines carry no marks, but we know what we wrote."""
    written = f"On Thu, 19 Nov 2026 at 09:12, Nordlicht <reply+k7vq@in.example> wrote:\n\n{ANSWERED}\nIt was the 12th."

    assert cut(written, ANSWERED) == "It was the 12th."


@pytest.mark.parametrize("text", ["", " \n ", "> \n>", "-- \nKatrin Vogel\nHanse", "Sent from my iPhone"])
def test_where_nothing_was_written_nothing_is_made_up(text):
    assert cut(text) == ""


@pytest.mark.parametrize("text", ["--\nPlease call me back.", "From: here\nto there", "> quoted\n\n!", "On Monday:"])
def test_whoever_wrote_something_is_never_left_without_a_word(text):
    assert cut(text)


HOSTILE = {
    "on": "On " * 3000,
    "on and wrote": "On " * 100_000 + "wrote:",
    "marks": ">" * 200_000,
    "colons": "a:\n" * 60_000,
    "senders": "From: a\n" * 25_000,
    "devices": "Sent from my " * 15_000,
    "signatures": "-- \n" * 50_000,
    "signatures with a line": "--\nx\n" * 40_000,
    "addresses": "<a@b " * 40_000 + ":",
    "introductions": "On Mon 2020 12:00 <a@b wrote x\n" * 6_000 + ":",
    "almost long": ("x" * 399 + ":\n") * 500,
    "brackets": ("On 2026 12:12 " + "<" * 300 + ":\n") * 600,
    "rules": "_" * 200_000,
    "blanks": "\n" * 200_000,
    "words": "w:" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long(name):
    """Twice the text takes at most some more than twice the time; and never more than seconds."""
    started = time.process_time()
    cut(HOSTILE[name])
    assert time.process_time() - started < 3


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpora are kept apart")
def test_the_samples_of_another_trimmer():
    """Of those with marks in our languages and their neighbours' at least 95 in 100 are read as they are meant."""
    wrong = []
    names = [path.name for path in sorted((CORPUS / "trimmed").iterdir()) if (CORPUS / "emails" / path.name).exists()]
    names.remove("signatures.txt")  # one mail with the marks of thirty telephones below each other
    for name in names:
        found, wanted = (cut((CORPUS / "emails" / name).read_text()), (CORPUS / "trimmed" / name).read_text())
        if found.split() != wanted.split():
            wrong.append(name)

    assert len(wrong) <= len(names) // 20, wrong
