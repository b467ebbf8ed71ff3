"""The whole corpora through the parser: everything is kept, nothing raises, nothing takes long; and what is known of them."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from portal.mail.parsed import BOUNCE
from portal.mail.parsing import parse
from portal.mail.quotes import cut
from portal.mail.sanitising import text_of
from tests.mail.test_corpora import SECONDS, corpora, is_storable, is_the_same_by_every_way, read

FOLDER = Path(os.environ.get("GLASSHOUSE_CORPORA") or settings.BASE_DIR.parent / "shared" / "corpora")
BOUNCES = FOLDER / "mail-bounces-sisimai"
TRIMMER = FOLDER / "mail-replytrimmer-discourse" / "test"
TALON = FOLDER / "mail-talon" / "tests" / "fixtures"
RECOGNISED = CUT = 0.95
ALMOST_ALL = 0.99
KEPT_BUT_NOT_READ = {"unreadable", "no_headers", "too_deep", "too_many_parts"}
BOUNCES_ELSEWHERE = {
    "msg_25.txt",
    "dsn_with_multipart_alternative.raw",
    "simple_dsn_with_html.raw",
    "multipart-wo-boundary.raw",
    "broken-mime.eml",
    "delayed-broken.eml",
    "mailbox-full.eml",
    "report_530.eml",
    "raw_email_with_mimepart_without_content_type.eml",
    "multi_address_bounce1.eml",
    "multipart_report_multiple_status.eml",
    "badbound.msg",
    "badbound.out",
    "delivery-status2.txt",
    "feedback-report.txt",
    "delivery-status.eml",
    "005.eml",
}
"""Each looked at: a report of delivery, the letter of a mail server, or a complaint."""
OWN_LINES = {
    "mail-replyparser-zapier/test/emails/email_1_2.txt": [(1, 1), (3, 34)],
    "mail-replyparser-zapier/test/emails/email_1_3.txt": [(1, 5)],
    "mail-replyparser-zapier/test/emails/email_1_5.txt": [(1, 99)],
    "mail-replyparser-zapier/test/emails/email_1_6.txt": [(1, 1)],
    "mail-replyparser-zapier/test/emails/email_1_7.txt": [(1, 1)],
    "mail-replyparser-zapier/test/emails/email_BlackBerry.txt": [(1, 1)],
    "mail-replyparser-zapier/test/emails/email_bullets.txt": [(1, 9)],
    "mail-replyparser-zapier/test/emails/email_gmail.txt": [(1, 1)],
    "mail-replyparser-zapier/test/emails/email_iPhone.txt": [(1, 1)],
    "mail-replyparser-zapier/test/emails/email_sent_from_my_not_signature.txt": [(1, 99)],
    "mail-replyparser-zapier/test/emails/greedy_on.txt": [(1, 6)],
    "mail-replyparser-github/test/emails/email_2_3.txt": [(1, 1)],
}
"""Which lines of the mail are the writer's own, and those that they answer between them."""
TALON_SAYS = {
    "hotmail.html": "Hi. I am fine.",
    "windows_mail.html": "Hi. I am fine.",
    "ms_outlook_2010.html": "Hi. I am fine.",
}

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="no corpora here")


def test_every_mail_of_the_corpora_is_kept_and_nearly_all_are_read():
    problems, slow, paths = [], [], corpora()
    for path in paths:
        mail, seconds = read(path)
        assert mail.content_key, path.name
        assert is_storable(mail), path.name
        assert mail.problem in {"", *KEPT_BUT_NOT_READ}
        problems += [path.name] if mail.problem else []
        slow += [path.name] if seconds > SECONDS else []
    assert slow == []
    assert len(problems) <= len(paths) * (1 - ALMOST_ALL), problems


def test_every_mail_is_the_same_by_whatever_way_it_comes():
    """Three deliveries are one mail."""
    assert [path.name for path in corpora() if not is_the_same_by_every_way(path)] == []


def test_bounces_are_recognised_and_no_ordinary_mail_is_one():
    paths = corpora()
    bounces = [path for path in paths if BOUNCES in path.parents and not path.name.startswith("is-not")]
    others = [path for path in paths if path not in bounces and path.name not in BOUNCES_ELSEWHERE]
    found = {path for path in (*bounces, *others) if parse(path.read_bytes()).kind == BOUNCE}

    assert len(bounces) > 300
    assert len(found.intersection(bounces)) >= RECOGNISED * len(bounces), sorted(set(bounces) - found)
    assert found.intersection(others) == set()


def test_replies_are_cut_as_they_are_meant():
    wrong, total = [], 0
    for name, text, wanted in _replies():
        total += 1
        wrong += [name] if cut(text).split() != wanted.split() else []
    assert total >= 35
    assert len(wrong) <= total * (1 - CUT), wrong


def _replies():
    for path in sorted((TRIMMER / "trimmed").iterdir()):
        written = TRIMMER / "emails" / path.name
        if written.exists():
            yield path.name, written.read_text(), path.read_text()
    for name, ranges in OWN_LINES.items():
        lines = (FOLDER / name).read_text().splitlines()
        yield name, "\n".join(lines), "\n".join(line for first, last in ranges for line in lines[first - 1 : last])
    for path in sorted((TALON / "standard_replies").glob("*.eml")):
        yield path.name, parse(path.read_bytes()).text, "Hello"
    for name, first in TALON_SAYS.items():
        yield name, text_of((TALON / "html_replies" / name).read_text()), f"{first} Thanks, Alex"
