"""The tags of the design system: what a page writes, and the markup that comes out."""

import datetime

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template import engines
from django.template.loader import render_to_string
from django.test.html import parse_html
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from portal.core.selects import draw_select
from portal.core.templatetags import ui


def render(source, **context):
    return engines["django"].from_string("{% load ui %}" + source).render(context)


class MeetingForm(forms.Form):
    title = forms.CharField(help_text="What it was about.")
    kind = forms.ChoiceField(choices=[("call", "Call"), ("visit", "Visit")], widget=forms.RadioSelect)
    people = forms.MultipleChoiceField(
        choices=[("anna", "Anna"), ("bob", "Bob")], widget=forms.CheckboxSelectMultiple, required=False
    )
    told = forms.BooleanField(label="Tell everybody", help_text="By e-mail.", required=False)
    paper = forms.FileField(required=False)
    code = forms.CharField(widget=forms.TextInput(attrs={"class": "otp"}), required=False)
    key = forms.CharField(widget=forms.HiddenInput)


def field(name, data=None, tag="{% field bound %}"):
    return render(tag, bound=MeetingForm(data)[name])


def test_icon_is_decoration_from_the_sprite():
    html = render('{% icon "mail" "icon--sm" %}')

    assert 'class="icon icon--sm" aria-hidden="true"' in html
    assert "icons/sprite" in html and html.count("#i-mail") == 1


def test_icon_name_cannot_break_out_of_its_attribute():
    assert "<script>" not in render("{% icon name %}", name='"><script>')


def test_every_linked_file_exists():
    files = [f"css/{name}.css" for name in ui.STYLESHEETS] + [f"js/{name}.js" for name in ui.SCRIPTS]
    extra = [f"css/{name}.css" for name in ("minutes", "sheet", "calendar", "board", "match", "admin", "document")]

    assert [path for path in [*files, *extra, "icons/sprite.svg", "icons/favicon.svg"] if not finders.find(path)] == []
    assert render("{% stylesheets %}").count("<link") == len(ui.STYLESHEETS)
    assert render("{% scripts %}").count('type="module"') == len(ui.SCRIPTS)


def test_avatar_takes_a_name_or_somebody_with_a_name():
    class Anna:
        name = "Anna Ahlers"

    assert render("{% avatar person %}", person=Anna()) == render('{% avatar "Anna Ahlers" %}')
    assert ">AA</span>" in render('{% avatar "Anna Ahlers" 0 "avatar--sm" %}')
    assert 'data-hue="4"' in render('{% avatar "Anna Ahlers" 4 %}')


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Katrin Vogel", "KV"),
        ("Katrin von der Vogel", "KV"),
        ("Ольга", "О"),
        ("anna@acme.example", "AA"),
        ("ő ű", "ŐŰ"),
        ("", "?"),
        ("(former) –", "?"),
    ],
)
def test_initials(name, letters):
    assert ui.initials(name) == letters


def test_hue_stays_with_the_name():
    hues = {ui.hue_of(f"Person {number}") for number in range(100)}

    assert hues == {1, 2, 3, 4, 5}
    assert ui.hue_of("Katrin Vogel") == ui.hue_of("Katrin Vogel")


def test_menu_marks_the_current_place_and_its_count():
    item = {"url": "/a/?x=1&y", "icon": "mail", "label": "<Mails>", "count": "100+", "tone": "warn", "current": True}

    html = render("{% nav_link item %}", item=item)

    assert '<a href="/a/?x=1&amp;y" aria-current="page">' in html and "<span>&lt;Mails&gt;</span>" in html
    assert '<span class="count" data-tone="warn">100+</span>' in html
    plain = render("{% nav_link item %}", item=item | {"count": None, "current": False})
    assert "count" not in plain and "aria-current" not in plain


def test_pill_escapes_its_words():
    html = render("{% pill text tone %}", text="<b>Paid</b>", tone="ok")

    assert html == '<span class="pill" data-tone="ok">&lt;b&gt;Paid&lt;/b&gt;</span>'


def test_copy_field_can_be_selected_without_javascript():
    html = render('{% copy "inbound" "acme-1@in.example" "Inbound address" %}')

    assert '<input id="inbound" value="acme-1@in.example" readonly aria-label="Inbound address">' in html
    assert 'data-copy="inbound"' in html


def test_text_field_has_label_help_and_names_them():
    html = field("title")

    assert '<label for="id_title">Title</label>' in html
    assert 'aria-describedby="id_title-help"' in html and 'class="input"' in html
    assert '<p class="help" id="id_title-help">What it was about.</p>' in html
    assert "aria-invalid" not in html and "optional" not in html


def test_wrong_field_points_at_its_error_and_keeps_what_was_typed():
    html = field("title", {"title": ""})

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title-help id_title-error"' in html
    assert '<div id="id_title-error"><p class="error">' in html
    assert 'value="&lt;b&gt;"' in field("code", {"code": "<b>"})


def test_field_takes_words_and_attributes_from_the_page():
    html = field(
        "title", tag='{% field bound label="Name" help="" rows=3 hx_get="/x" placeholder=False classes="full" %}'
    )

    assert ">Name</label>" in html
    assert 'hx-get="/x"' in html and 'rows="3"' in html and "placeholder" not in html
    assert '<div class="field full">' in html
    assert "help" not in html


def test_each_widget_has_its_shape():
    assert field("kind").count("aria-describedby") == 0
    refused = field("kind", data={"title": "x"})
    assert refused.count('aria-invalid="true" aria-describedby="id_kind-error"') == 2  # at each radio
    assert '<fieldset class="field"' in field("kind") and field("kind").count("<label><input type=") == 2
    assert field("people").count('<label class="check">') == 2
    assert '<label class="check"><input type="checkbox" name="told"' in field("told")
    assert '<label class="drop"><input type="file" name="paper"' in field("paper")
    assert 'class="input otp"' in field("code")
    assert field("key").strip() == '<input type="hidden" name="key" id="id_key">'


def test_optional_is_said_required_is_not():
    assert '<span class="opt">optional</span>' in field("people")
    assert "optional" not in field("kind")


def test_form_errors_link_to_their_fields():
    form = MeetingForm({"told": "on"})
    form.add_error(None, "The meeting is closed.")

    html = render("{% form_errors form %}", form=form)

    assert 'role="alert"' in html and "The meeting is closed." in html
    assert '<a href="#id_title">Title</a>: This field is required.' in html
    assert "2 fields need a look." in html
    assert "#id_title" not in render("{% form_errors form links=False %}", form=form)


def test_form_errors_say_nothing_when_nothing_is_wrong():
    assert render("{% form_errors form %}", form=MeetingForm()).strip() == ""


def test_when_is_a_time_element_in_the_readers_language():
    day = datetime.date(2026, 11, 19)

    assert render("{% when day %}", day=day) == '<time datetime="2026-11-19">19 Nov 2026</time>'
    with translation.override("de"):
        assert render('{{ day|day:"short" }}', day=day) == "19. Nov."
    assert render("{% when day %}{{ day|day }}{{ day|moment }}{{ day|hours }}", day=None) == ""


def test_hours_are_never_decimal():
    assert render("{{ minutes|hours }}", minutes=243) == "4:03"
    assert render("{{ minutes|hours }}", minutes=-65) == "−1:05"


def test_more_is_a_link_that_works_without_javascript():
    html = render('{% include "ui/_more.html" with url="?after=7" shown="7 of 43" %}')

    assert 'href="?after=7"' in html and "7 of 43" in html
    assert render('{% include "ui/_more.html" with url=None %}').strip() == ""


def test_empty_state_says_what_to_do():
    html = render('{% include "ui/_empty.html" with icon="mail" title="No mails yet" url="/x" action="Show" %}')

    assert "<h2>No mails yet</h2>" in html and '<a class="btn" href="/x">Show</a>' in html


@pytest.mark.parametrize("page", ["500.html", "404.html", "403.html", "400.html"])
def test_error_pages_need_neither_database_nor_session(page, rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        html = render_to_string(page, {"request_id": "e41c-07b9", "shell": None}, request=rf.get("/north/acme/"))

    assert "e41c-07b9" in html and "<h1>" in html
    assert "/brand.css" not in html and "messages" not in html


class ChoosingForm(forms.Form):
    zone = forms.ChoiceField(
        choices=[("", "None"), ("Europe", [("a&b", "A < B"), (7, "Seven")]), ("x", 'X "y"')],
        widget=forms.Select(attrs={"id": "own", "data-key": "z", "autofocus": True}),
    )
    days = forms.MultipleChoiceField(choices=[("mo", "Mon"), ("tu", "Tue")], required=False)


@pytest.mark.parametrize("data", [None, {"zone": "a&b", "days": ["mo", "tu"]}, {"zone": "7"}, {"zone": "nowhere"}])
@pytest.mark.parametrize("name", ["zone", "days"])
def test_a_select_is_what_django_would_have_drawn(name, data):
    bound = ChoosingForm(MultiValueDict({k: v if isinstance(v, list) else [v] for k, v in (data or {}).items()}))[name]
    attrs = {"class": "input", "aria-invalid": "true"}

    assert parse_html(draw_select(bound, dict(attrs))) == parse_html(bound.as_widget(attrs=dict(attrs)))
