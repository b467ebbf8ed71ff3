"""Specialists keep the fact sheet: the usual sections, fields, order; two at once lose nothing; others may not."""

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.events.models import Event
from portal.profile.models import Field, Section
from portal.tenancy.models import Agency, Client
from tests.browse import browse_as, events_of, url
from tests.profile.conftest import SHARED, again, changes_of, field_of, page, typed


def edit(member, section, form=None, **changes):
    """Save the section as somebody who sees the form (now, or as given)."""
    form = form or page(member, section.client, "edit", section.pk).context["form"]
    return browse_as(member).post(url("profile:edit", section.client, section.pk), typed(form, **changes))


# --- Beginning ------------------------------------------------------------------------------------------------------


def test_the_usual_sections_are_made_once_and_all_internal(cast):
    browser, path = browse_as(cast.nora), url("profile:begin", cast.acme)
    assert "Begin the profile" in page(cast.nora, cast.acme).content.decode()

    browser.post(path)
    browser.post(path)

    titles = [part.title for part in page(cast.nora, cast.acme).context["parts"]]
    assert titles[:3] == ["Goals and focus", "Agreements", "Contacts on both sides"]
    assert len(titles) == 8
    with tenant(cast.north.pk):
        assert set(Field.objects.values_list("is_internal", flat=True)) == {True}
    assert page(cast.anna, cast.acme).context["parts"] == []


def test_they_speak_the_language_of_the_agency(cast):
    with tenant(cast.north.pk):
        Agency.objects.filter(pk=cast.north.pk).update(language="de")
    browse_as(cast.nora).post(url("profile:begin", cast.acme))
    with tenant(cast.north.pk):
        assert "Wettbewerb" in set(Section.objects.values_list("title", flat=True))


def test_people_and_projects_that_the_portal_knows_stand_in_it(cast):
    browse_as(cast.nora).post(url("profile:begin", cast.acme))
    words = page(cast.nora, cast.acme).content.decode()
    for known in ("Anna Example", "Carl Example", "Olaf Example", "Blog, Shop"):
        assert known in words
    assert "Bob Example" not in words


def test_empty_pages_say_what_will_be_here(cast):
    assert "Nothing has been shared yet" in page(cast.anna, cast.acme).content.decode()
    assert "Begin the profile" not in page(cast.rita, cast.acme).content.decode()


# --- Changing -------------------------------------------------------------------------------------------------------


def test_a_new_section_grows_field_by_field(cast):
    answer = browse_as(cast.nora).post(url("profile:create", cast.acme), {"title": "Newsletter"})
    with tenant(cast.north.pk):
        section = Section.objects.select_related("client__agency").get()
    assert answer.url == url("profile:edit", cast.acme, section.pk)

    answer = edit(cast.nora, section, label_new="Day", text_new="Tuesday", more="1")
    assert answer.url.endswith("#field-new")
    edit(cast.nora, section, label_new="Sender", text_new="Anna", is_shared_new="on")

    assert field_of(section, "Day").is_internal
    assert not field_of(section, "Sender").is_internal
    assert [part.facts[0].label for part in page(cast.anna, cast.acme).context["parts"]] == ["Sender"]


def test_changes_leave_history_and_events(cast, section, goal, remark):
    changes = {f"text_{goal.pk}": "Nine thousand", f"text_{remark.pk}": "They pay now", f"is_gone_{remark.pk}": "on"}
    assert edit(cast.nora, section, **changes).status_code == 302

    assert again(goal).text == "Nine thousand"
    assert again(remark) is None
    assert changes_of(section)[2:] == [
        ("changed", "Main goal", SHARED, "Nine thousand", False),
        ("removed", "Remark", "They pay late", "", True),
    ]
    assert events_of(section)[2:] == [("profile.changed", cast.nora.pk), ("profile.noted", cast.nora.pk)]
    with tenant(cast.north.pk):
        noted = Event.objects.filter(kind="profile.noted").latest("pk")
        assert noted.internal
        assert noted.title == "Profile, internal: Agreements (Remark)"


def test_saving_without_a_change_leaves_nothing(cast, section):
    before = changes_of(section), events_of(section), again(section).changed_at
    assert edit(cast.nora, section).status_code == 302
    assert (changes_of(section), events_of(section), again(section).changed_at) == before


def test_what_was_typed_wrongly_is_named_and_kept(cast, section, goal):
    answer = edit(cast.nora, section, **{f"label_{goal.pk}": "", f"text_{goal.pk}": "Kept", "text_new": "No label"})
    assert answer.status_code == 422
    assert {f"label_{goal.pk}", "label_new"} <= set(answer.context["form"].errors)
    assert "Kept" in answer.content.decode()
    assert again(goal).text == SHARED


def test_markdown_is_shown_and_markup_is_not(cast, section, goal):
    edit(cast.nora, section, **{f"text_{goal.pk}": "**Oak** <script>alert(1)</script>"})
    words = page(cast.anna, cast.acme).content.decode()
    assert "<strong>Oak</strong>" in words
    assert "<script>alert" not in words


def test_only_an_empty_section_can_be_removed(cast, write, section):
    path = url("profile:remove", cast.acme, section.pk)
    assert browse_as(cast.nora).post(path).status_code == 403

    empty = write("Empty")
    assert "Remove section" in page(cast.nora, cast.acme, "edit", empty.pk).content.decode()
    assert browse_as(cast.nora).post(url("profile:remove", cast.acme, empty.pk)).status_code == 302
    assert again(empty) is None


# --- Two at once ----------------------------------------------------------------------------------------------------


def test_second_save_shows_the_difference_and_loses_nothing(cast, section, goal, remark):
    form = page(cast.olaf, cast.acme, "edit", section.pk).context["form"]
    edit(cast.nora, section, **{f"text_{goal.pk}": "What Nora wrote"})

    answer = edit(cast.olaf, section, form, **{f"text_{goal.pk}": "What Olaf wrote", f"text_{remark.pk}": "Also"})

    words = answer.content.decode()
    assert answer.status_code == 409
    assert "What <del>Nora</del> <ins>Olaf</ins> wrote" in words
    assert again(goal).text == "What Nora wrote"
    assert again(remark).text == "They pay late"

    merged = typed(answer.context["form"], **{f"text_{goal.pk}": "Both"})
    assert browse_as(cast.olaf).post(url("profile:edit", cast.acme, section.pk), merged).status_code == 302
    assert (again(goal).text, again(remark).text) == ("Both", "Also")


def test_two_who_change_different_fields_do_not_meet(cast, section, goal, remark):
    form = page(cast.olaf, cast.acme, "edit", section.pk).context["form"]
    edit(cast.nora, section, **{f"text_{goal.pk}": "By Nora", "label_new": "New", "text_new": "One"})

    assert edit(cast.olaf, section, form, **{f"text_{remark.pk}": "By Olaf"}).status_code == 302
    assert (again(goal).text, again(remark).text) == ("By Nora", "By Olaf")
    assert field_of(section, "New").text == "One"


def test_words_for_a_field_that_was_removed_come_back(cast, section, goal):
    form = page(cast.olaf, cast.acme, "edit", section.pk).context["form"]
    edit(cast.nora, section, **{f"is_gone_{goal.pk}": "on"})

    answer = edit(cast.olaf, section, form, **{f"text_{goal.pk}": "Still needed"})
    assert answer.status_code == 409
    assert "Somebody removed this field meanwhile" in answer.content.decode()

    data = typed(answer.context["form"])
    assert browse_as(cast.olaf).post(url("profile:edit", cast.acme, section.pk), data).status_code == 302
    assert field_of(section, "Main goal").text == "Still needed"


def test_titles_clash_too(cast, section):
    form = page(cast.olaf, cast.acme, "edit", section.pk).context["form"]
    edit(cast.nora, section, title="By Nora")

    answer = edit(cast.olaf, section, form, title="By Olaf")
    assert answer.status_code == 409
    assert "By Nora" in answer.content.decode()
    browse_as(cast.olaf).post(url("profile:edit", cast.acme, section.pk), typed(answer.context["form"]))
    assert again(section).title == "By Olaf"


def test_the_same_change_twice_is_no_clash(cast, section, goal):
    form = page(cast.olaf, cast.acme, "edit", section.pk).context["form"]
    edit(cast.nora, section, **{f"text_{goal.pk}": "Same"})
    assert edit(cast.olaf, section, form, **{f"text_{goal.pk}": "Same"}).status_code == 302


# --- Order ----------------------------------------------------------------------------------------------------------


def test_fields_and_sections_move_by_their_buttons(cast, write):
    one = write("One", ("a", "", True), ("b", "", True), ("c", "", True))
    two = write("Two")
    browser, path = browse_as(cast.nora), url("profile:order", cast.acme)

    assert browser.post(path, {"row": f"field-{field_of(one, 'c').pk}", "to": "0"}).status_code == 302
    browser.post(path, {"row": f"section-{two.pk}", "to": "0"})

    parts = page(cast.nora, cast.acme).context["parts"]
    assert [part.title for part in parts] == ["Two", "One"]
    assert [fact.label for fact in parts[1].facts] == ["c", "a", "b"]


@pytest.mark.parametrize("to", ["99", "-1", "x", "", "2"])
def test_places_that_are_none_do_no_harm(cast, write, to):
    one = write("One", ("a", "", True), ("b", "", True), ("c", "", True))
    browse_as(cast.nora).post(url("profile:order", cast.acme), {"row": f"field-{field_of(one, 'a').pk}", "to": to})
    labels = [fact.label for fact in page(cast.nora, cast.acme).context["parts"][0].facts]
    assert labels == (["b", "c", "a"] if to in ("99", "2") else ["a", "b", "c"])


def test_every_row_has_buttons_with_names_and_htmx_gets_the_list(cast, section, goal):
    words = page(cast.nora, cast.acme, "order").content.decode()
    for name in ("Agreements: up", "Agreements: down", "Main goal: up", "Main goal: down"):
        assert f'aria-label="{name}"' in words
    data = {"row": f"field-{goal.pk}", "to": "1"}
    part = browse_as(cast.nora).post(url("profile:order", cast.acme), data, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert part.content.decode().index("Remark") < part.content.decode().index("Main goal")


@pytest.mark.parametrize("row", ["field-999999", "section-x", "client-1", "", "field-"])
def test_rows_that_are_none_are_missing(cast, section, row):
    assert browse_as(cast.nora).post(url("profile:order", cast.acme), {"row": row, "to": "0"}).status_code == 404


# --- Who may ----------------------------------------------------------------------------------------------------------


def _writing(client, section):
    return [
        url("profile:begin", client),
        url("profile:create", client),
        url("profile:order", client),
        *(url(f"profile:{name}", client, section.pk) for name in ("edit", "remove")),
    ]


def test_contacts_and_vendors_have_no_such_pages(cast, section):
    for member in (cast.anna, cast.vera):
        for path in _writing(cast.acme, section):
            assert browse_as(member).post(path, {"title": "x"}).status_code == 404


def test_who_only_reads_changes_nothing(cast, section):
    assert page(cast.rita, cast.acme).status_code == 200
    for path in _writing(cast.acme, section):
        assert browse_as(cast.rita).post(path, {"title": "x"}).status_code == 403, path


def test_a_closed_client_is_read_only(cast, section, goal):
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())
    assert page(cast.nora, cast.acme).status_code == 200
    paths = [*_writing(cast.acme, section), url("profile:confirm", cast.acme, section.pk)]
    for path in paths:
        assert browse_as(cast.nora).post(path, {"title": "x"}).status_code == 403, path
    assert browse_as(cast.anna).post(url("profile:propose", cast.acme, goal.pk), {"text": "x"}).status_code == 403


def test_a_section_that_was_sent_twice_is_one(cast):
    browser, path = browse_as(cast.nora), url("profile:create", cast.acme)
    assert browser.get(path).content.decode().count('name="form_key"') == 1

    for _twice in range(2):
        assert browser.post(path, {"title": "Budgets", "form_key": "pressed-twice"}).status_code == 302

    with tenant(cast.north.pk):
        assert Section.objects.of(cast.acme).filter(title="Budgets").count() == 1


def test_a_new_field_that_was_sent_twice_stands_there_once(cast, section):
    form = page(cast.nora, cast.acme, "edit", section.pk).context["form"]

    for _twice in range(2):
        edit(cast.nora, section, form, label_new="Budget", text_new="As last year", form_key="pressed-twice")

    with tenant(cast.north.pk):
        assert Field.objects.filter(section=section, label="Budget").count() == 1


def test_removing_a_section_that_was_sent_twice_ends_on_the_profile(cast, write):
    section = write("Empty")
    browser, path = browse_as(cast.nora), url("profile:remove", cast.acme, section.pk)
    page = browser.get(url("profile:edit", cast.acme, section.pk)).content.decode()
    assert page.count('name="form_key"') == 2

    for _twice in range(2):
        assert browser.post(path, {"form_key": "pressed-twice"}).url == url("profile:index", cast.acme)
