"""The table of generated mails (mail-generated/manifest.json) from the door to the tab: each is kept, and is what it has to be.

What differs from the manifest: a mail without a sender, and one with a NUL there, is filed like any other where its server or
somebody in To or Cc is known, marked as one for which nobody vouches; else it waits in triage, as every stranger's mail does. Nobody
is answered in either case. The manifest asks for quarantine always.
"""

import json
import os
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from mailbox.models import Mail
from portal.core.context import tenant
from portal.mail import intake, tasks
from portal.mail.models import InboundMail, MailReply, OutgoingMail
from portal.mail.reply_addresses import Question, address_of
from portal.tenancy.models import Member
from tests.mail.makers import raw_letter

CORPORA = Path(os.environ.get("GLASSHOUSE_CORPORA") or django_settings.BASE_DIR.parent / "shared" / "corpora")
GENERATED = CORPORA / "mail-generated"
pytestmark = pytest.mark.skipif(not GENERATED.exists(), reason="the corpora are kept apart")
VERDICTS = {"ar-0": "verified", "ar-1": "failed", "ar-5": "failed", "ar-forged-second": "failed"}
"""What our own server says; of all others nobody knows anything."""
PROBLEMS = {"att-600": "too_many_parts"}
SENDERS = {
    "from-none": "",
    "from-nul": "ann@client.example\ufffd@evil.example",
    "from-idn": "joerg@xn--exmple-cua.example",
    "reply-token": "evil@evil.example",
}
USUAL = {"ann@client.example", "a@b.example"}
SAME_AS_AR_1 = "ar-forged-second"
"""The words are those of another case and the headers of transport do not count, so it is the same mail."""


def cases(expect="") -> dict[str, bytes]:
    told = json.loads((GENERATED / "manifest.json").read_text())
    names = [case["stored_as"] for case in told if expect in case["expect"]]
    return {Path(name).stem: (GENERATED / name).read_bytes() for name in names}


def test_the_table_of_generated_mails(cast, deliver, settings):
    settings.MAIL_AUTHSERV_ID = "mx.agency.example"
    (named,) = deliver(raw_letter(Message_ID="<ticket-42.abc@agency.example>"))
    found = {name: deliver(raw)[-1] for name, raw in cases().items() if name != SAME_AS_AR_1}

    assert len(found) == len({mail.pk for mail in found.values()}) == 33, "each case is a mail of its own"
    for name, mail in found.items():
        sender, thread = mail.from_address, mail.thread_id
        assert mail.verdict == VERDICTS.get(name, "unverified"), name
        assert mail.problem == PROBLEMS.get(name, ""), name
        assert sender == SENDERS[name] if name in SENDERS else sender in USUAL, name
        assert "\n" not in mail.subject, name
        assert len(mail.subject) <= 500, name
        assert thread != named.thread_id, name
    assert found["body-nul"].text == "abcd"
    with tenant(cast.north.pk), transaction.atomic():
        (program,) = found["att-exe"].attachments.select_related("file")
        (rest,) = found["att-600"].attachments.select_related("file")
        assert program.file.hindrance_for(cast.anna)
        assert not program.file.hindrance_for(cast.nora)
        assert rest.file.name == "mail.eml"
        assert not InboundMail.objects.in_quarantine().exists()
        assert not OutgoingMail.objects.exists()


def test_a_forgery_below_our_own_word_is_the_mail_of_which_our_server_says_no(cast, deliver, settings):
    settings.MAIL_AUTHSERV_ID = "mx.agency.example"

    (mail,) = deliver(cases()[SAME_AS_AR_1])

    assert mail.verdict == "failed"


@pytest.mark.parametrize("name", ["from-none", "from-nul"])
def test_without_a_sender_a_strangers_mail_waits_for_somebody_to_look(cast, deliver, name):
    (mail,) = deliver(cases()[name], envelope_from="x@elsewhere.example")

    assert (mail.held_reason, mail.thread_id) == ("stranger", None)


def test_no_program_is_answered_by_a_program(cast):
    """Each is an answer of Anna, who has left; a person would be told so. The last one is a person."""
    with tenant(cast.north.pk), transaction.atomic():
        Member.objects.filter(pk=cast.anna.pk).update(ended_at=timezone.now())
    automatic = cases("NO automatic reply")
    assert len(automatic) == 12

    for number, raw in enumerate([*automatic.values(), cases()["ar-0"]]):
        to = address_of(Question(cast.north.pk, cast.anna.pk, number, "protocol"), cast.north)
        raw = raw.replace(b"ann@client.example", cast.anna.user.email.encode())
        (pk,) = intake.accept(raw, intake.Envelope("anna@anna.example", {to: cast.north.pk}))
        with tenant(cast.north.pk), transaction.atomic():
            assert not OutgoingMail.objects.exists()
        tasks.process(cast.north.pk, pk)

    with tenant(cast.north.pk), transaction.atomic():
        assert MailReply.objects.count() == 13, "none is lost"
        assert OutgoingMail.objects.count() == 1
        assert not Mail.objects.exists()
