"""The Security page says that a contact works on a draft, not on what."""

import csv
import io

import pytest
from django.contrib.admin.sites import site
from django.db import transaction

from portal.audit.log import log
from portal.core.context import tenant, traced
from portal.files.models import File
from portal.tenancy.scope import acting_as
from protocols import actions
from protocols.models import Protocol, ProtocolFile
from tests.browse import browse_as, url
from tests.people.confirming import confirmed
from tests.scenery import HELD, text_file


@pytest.fixture
def draft(anna, acme):
    """Anna writes down why she wants to leave, changes the title, and keeps it to herself."""
    with acting_as(anna), transaction.atomic():
        made = actions.write(
            acme, by=anna, publish=False, kind="call", held_at=HELD, title="Leaving", uploads=[text_file("Reasons.txt")]
        )
        return actions.edit(made, by=anna, seen_at=made.edited_at, title="Staying perhaps")


def test_drafts_of_contacts_and_their_files_are_not_named(draft, olaf, north):
    said = _said(olaf, north)

    assert {"a draft", "a draft: edited at, title", "a file of a draft", "part of a draft"} <= said
    assert not [line for line in said if "Leaving" in line or "Staying" in line or "Reasons" in line]


def test_nor_in_the_table_that_is_exported(draft, olaf, north):
    answer = confirmed(olaf).post(url("people:export_security", north))
    details = {row[3] for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert "a draft" in details
    assert not {line for line in details if "Leaving" in line or "Reasons" in line}


def test_once_published_only_what_was_said_before_stays_unsaid(draft, anna, olaf, north):
    with acting_as(anna), transaction.atomic():
        actions.publish(draft, by=anna)

    said = _said(olaf, north)

    assert "Staying perhaps: published at" in said
    assert "Reasons.txt" in said
    assert not [line for line in said if "Leaving" in line]


def test_a_draft_that_is_gone_stays_unsaid(draft, olaf, north):
    with tenant(north.pk), transaction.atomic():
        ProtocolFile.objects.filter(protocol=draft).delete()
        Protocol.objects.filter(pk=draft.pk).delete()
    assert not [line for line in _said(olaf, north) if "Leaving" in line or "Staying" in line]


def test_a_download_from_a_draft_is_named_no_more_than_the_draft(draft, anna, olaf, north):
    with tenant(north.pk), traced(user_id=anna.user_id), transaction.atomic():
        file = File.objects.get(name="Reasons.txt")
        log("file.downloaded", {"file": file.pk, "name": file.name})
    assert f"file: {file.pk}, name: a file of a draft" in _said(olaf, north)


def test_drafts_of_the_agency_are_named_to_its_people(nora, olaf, acme, north):
    with acting_as(nora), transaction.atomic():
        actions.write(acme, by=nora, publish=False, kind="call", held_at=HELD, title="Our plan")
    assert "Our plan" in _said(olaf, north)


def test_files_of_drafts_are_missing_in_the_admin(draft, olaf, nora, acme, north):
    with acting_as(nora), transaction.atomic():
        words = {"kind": "call", "held_at": HELD, "title": "Plan", "uploads": [text_file("Plan.txt", b"Oak")]}
        actions.write(acme, by=nora, publish=False, **words)
    page = browse_as(olaf).get(url("admin:files_file_changelist", north)).content.decode()
    assert "Plan.txt" in page
    assert "Reasons.txt" not in page
    assert site.is_registered(File)


def _said(olaf, north) -> set[str]:
    return {line.sub for line in browse_as(olaf).get(url("people:security", north)).context["lines"]}
