"""Acme's profile: what was agreed, shared and internal, written by Nora."""

import pytest
from django.db import transaction

from portal.core.context import tenant
from portal.profile.actions import sections
from portal.profile.actions.sections import Wish
from portal.profile.models import Change, Field, Section
from tests.browse import browse_as, url

SHARED, SECRET = "Twelve thousand orders", "They pay late"


@pytest.fixture
def write(cast):
    """A section with fields, as (label, text, whether it is internal); by Nora for Acme unless told otherwise."""

    def write(title="Agreements", *fields, client=None, by=None):
        client = client or cast.acme
        by = by or (cast.nora if client.agency_id == cast.north.pk else cast.saul)
        with tenant(client.agency_id), transaction.atomic():
            section = sections.add(client, by=by, title=title)
            wishes = [Wish(None, label, text, is_internal, "") for label, text, is_internal in fields]
            sections.save(section, by=by, title=title, title_was=title, wishes=wishes)
            return Section.objects.select_related("client__agency").get(pk=section.pk)

    return write


@pytest.fixture
def section(write):
    return write("Agreements", ("Main goal", SHARED, False), ("Remark", SECRET, True))


@pytest.fixture
def goal(section):
    return field_of(section, "Main goal")


@pytest.fixture
def remark(section):
    return field_of(section, "Remark")


def field_of(section, label) -> Field:
    """The field of this label as it stands now."""
    with tenant(section.agency_id):
        return Field.objects.select_related("client__agency", "section").get(section=section, label=label)


def again(row):
    """The row as it stands now, None when it is gone."""
    with tenant(row.agency_id):
        return type(row).objects.filter(pk=row.pk).first()


def changes_of(section) -> list[tuple]:
    """(verb, label, old, new, internal) of its history, oldest first."""
    with tenant(section.agency_id):
        rows = Change.objects.filter(section=section).order_by("pk")
        return list(rows.values_list("verb", "label", "old", "new", "is_internal"))


def page(member, client, name="index", *args):
    """A page of the profile as somebody sees it."""
    return browse_as(member).get(url(f"profile:{name}", client, *args))


def typed(form, **changes) -> dict:
    """What a browser sends of a form that was on the screen."""
    data = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    return {key: value for key, value in {**data, **changes}.items() if value is not None}
