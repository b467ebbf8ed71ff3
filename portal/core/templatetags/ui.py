"""The parts of the design system as template tags: icons, avatars, pills, fields, times. Markup of size is in templates/ui/."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zlib import crc32

from django import template
from django.conf import settings
from django.forms import BoundField, FileInput, Form
from django.forms.boundfield import BoundWidget
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal.core import formats
from portal.core.selects import draw_select, is_plain_select

register = template.Library()

# Order matters: equal selectors of later files win. tokens.css opens the layers.
STYLESHEETS = "tokens base layout parts card table form menu thread timeline figures utilities print".split()
SCRIPTS = ("portal", "keys", "keep", "session")
HUES = 5


# --- Files -----------------------------------------------------------------------------------------------


def _place() -> tuple[str, str]:
    """What the addresses of static files depend on; the key under which they are kept."""
    return settings.STATIC_URL, str(settings.STORAGES["staticfiles"]["BACKEND"])


@register.simple_tag
def stylesheets() -> SafeString:
    """The links to the portal's style sheets, in the order of their layers."""
    return _stylesheets(_place())


@lru_cache(maxsize=8)
def _stylesheets(place: tuple[str, str]) -> SafeString:
    rows = ((static(f"css/{name}.css"),) for name in STYLESHEETS)
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', rows)


@register.simple_tag
def stylesheet(name: str) -> SafeString:
    """One more sheet for a page that needs a rare part: minutes, sheet, calendar, board or match."""
    return format_html('<link rel="stylesheet" href="{}">', static(f"css/{name}.css"))


@register.simple_tag
def scripts() -> SafeString:
    """The portal's own modules; every page works without them."""
    return _scripts(_place())


@lru_cache(maxsize=8)
def _scripts(place: tuple[str, str]) -> SafeString:
    rows = ((static(f"js/{name}.js"),) for name in SCRIPTS)
    return format_html_join("\n", '<script type="module" src="{}"></script>', rows)


# --- Small parts --------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the sprite: {% icon "mail" %}, {% icon "mail" "icon--sm" %}. Always decoration; words stand beside it."""
    return _icon(name, classes, _place())


@lru_cache(maxsize=512)
def _icon(name: str, classes: str, place: tuple[str, str]) -> SafeString:
    style, sprite = f"icon {classes}".strip(), static("icons/sprite.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', style, sprite, name)


@register.simple_tag
def avatar(person: Any, hue: int = 0, classes: str = "") -> SafeString:
    """A round with initials: {% avatar member %}, {% avatar "Katrin Vogel" classes="avatar--sm" %}.

    Takes a name, or anything with a name. The name itself must stand next to it, for the round is hidden from readers.
    """
    name = _name(person)
    return _avatar(initials(name), hue or hue_of(name), classes)


@lru_cache(maxsize=2048)
def _avatar(letters: str, hue: int, classes: str) -> SafeString:
    style = f"avatar {classes}".strip()
    return format_html('<span class="{}" data-hue="{}" aria-hidden="true">{}</span>', style, hue, letters)


@register.simple_tag
def nav_link(item: Mapping[str, Any], badge: bool = True) -> SafeString:
    """One place of the menu: {url, icon, label, count, tone, current}. Kept, for every page draws some twenty."""
    count = item.get("count", "") if badge else ""
    return _nav_link(
        item["url"],
        item["icon"],
        str(item["label"]),
        count,
        item.get("tone") or "mute",
        bool(item["current"]),
        _place(),
    )


@lru_cache(maxsize=4096)
def _nav_link(
    url: str, sign: str, label: str, count: str, tone: str, current: bool, place: tuple[str, str]
) -> SafeString:
    here = mark_safe(' aria-current="page"') if current else ""
    badge = format_html('<span class="count" data-tone="{}">{}</span>', tone, count) if count else ""
    return format_html('<a href="{}"{}>{}<span>{}</span>{}</a>', url, here, _icon(sign, "", place), label, badge)


@register.simple_tag
def pill(text: Any, tone: str = "mute", classes: str = "") -> SafeString:
    """A state in words: {% pill _("Paid") "ok" %}. Tones: ok warn bad info brand mute. Classes: pill--plain, pill--hollow."""
    style = f"pill {classes}".strip()
    return format_html('<span class="{}" data-tone="{}">{}</span>', style, tone, text)


@register.inclusion_tag("ui/_copy.html")
def copy(id: str, value: str, label: str, done: str = "") -> dict[str, str]:
    """A value to take along, with a copy button: {% copy "inbound" address _("Inbound address") %}."""
    return {"id": id, "value": value, "label": label, "done": done}


# --- Forms ---------------------------------------------------------------------------------------------------


class _PlainFile(FileInput):
    """A bare file input; a drop zone shows by itself what is there."""

    allow_multiple_selected = True


@register.simple_tag
def field(bound: BoundField, label: str = "", help: str | None = None, classes: str = "", **attrs: Any) -> SafeString:
    """A form field with label, help and errors: {% field form.title %}. Its widget decides the shape.

    Text, select, textarea: .input. One box: .check. Radios: .seg. Several boxes: .check each. File: .drop. Hidden: bare.
    Further words become attributes of the widget: {% field form.text rows=3 hx_post=url placeholder=False %}.
    help="" leaves the form's own help text out.
    """
    if bound.is_hidden:
        return mark_safe(str(bound))  # noqa: S308, rendered and escaped by Django's widget
    if help is not None:
        bound.help_text = help  # Django names the help text in an attribute of its own
    shape, described = _shape(bound), described_by(bound)
    context = {
        "field": bound,
        "label": label or bound.label,
        "help": bound.help_text,
        "classes": classes,
        "id": bound.auto_id,
        "described": described,
        "widget": _widget(bound, shape, described, attrs),
        "options": _options(bound, described) if shape in ("seg", "checks") else (),
    }
    return render_to_string(f"ui/_field_{shape}.html", context)


def _options(bound: BoundField, described: str) -> list[BoundWidget]:
    """The radios or boxes of a group. After an error each leads to the words; the group's own description says them once."""
    options = bound.subwidgets
    for option in options if bound.errors else ():
        option.data["attrs"] |= {"aria-invalid": "true", "aria-describedby": described}
    return options


def _shape(bound: BoundField) -> str:
    kind = getattr(bound.field.widget, "input_type", "")
    if kind == "radio":
        return "seg"
    if kind == "checkbox":
        return "checks" if hasattr(bound.field, "choices") else "check"
    return "drop" if kind == "file" else "input"


def _widget(bound: BoundField, shape: str, described: str, words: dict[str, Any]) -> SafeString:
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in words.items()}
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if shape == "input":
        own = attrs.get("class", bound.field.widget.attrs.get("class", ""))
        attrs["class"] = f"input {own}".strip()
    if is_plain_select(bound):
        return draw_select(bound, attrs)
    plain = _PlainFile(attrs=bound.field.widget.attrs) if shape == "drop" else None
    return bound.as_widget(widget=plain, attrs=attrs)


def described_by(bound: BoundField) -> str:
    """The ids of a field's help and error, for aria-describedby."""
    parts = ("help" if bound.help_text else "", "error" if bound.errors else "")
    return " ".join(f"{bound.auto_id}-{part}" for part in parts if part)


@register.simple_tag
def form_key() -> SafeString:
    """Beside the CSRF token of a form that begins something: sent twice, it counts once (portal.tenancy.once)."""
    return format_html('<input type="hidden" name="form_key" value="{}">', secrets.token_urlsafe(16))


@register.inclusion_tag("ui/_form_errors.html")
def form_errors(form: Form, links: bool = True) -> dict[str, Any]:
    """What a form lacks, as one note above it with links to its fields; nothing when all is well.

    Short forms need no links (links=False): the errors at the fields are in sight.
    """
    wrong = [bound for bound in form if links and bound.errors and not bound.is_hidden]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return {"general": [*form.non_field_errors(), *hidden], "wrong": wrong, "form": form}


# --- Words and numbers --------------------------------------------------------------------------------------


@register.filter(name="initials")
def initials(name: Any) -> str:
    """First letters of the first and the last word: "Katrin von Vogel" is KV."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


@register.filter(name="hue")
def hue_of(name: Any) -> int:
    """A colour from 1 to 5 that stays with the name."""
    return crc32(str(name).encode()) % HUES + 1


@register.filter
def hours(minutes: int | None) -> str:
    """Minutes as H:MM."""
    return "" if minutes is None else formats.format_minutes(minutes)


@register.filter
def filesize(size: int) -> str:
    """Bytes as KB or MB."""
    return formats.format_bytes(size)


@register.filter
def day(value: date | None, style: str = "date") -> str:
    """A day in the reader's language: {{ protocol.held_on|day }}, |day:"short", "weekday", "long", "month"."""
    return "" if value is None else formats.format_date(value, style=style)


@register.filter
def moment(value: datetime | None) -> str:
    """Day and time in the reader's language and zone."""
    return "" if value is None else formats.format_datetime(value)


@register.filter
def clock(value: datetime | None) -> str:
    """Time of day in the reader's language and zone."""
    return "" if value is None else formats.format_time(value)


@register.simple_tag
def when(value: date | None, style: str = "") -> SafeString | str:
    """A <time> element: {% when mail.received_at %}. Styles: those of |day, "time", "near" ("tomorrow")."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), _in_words(value, style))


def _in_words(value: date, style: str) -> str:
    if style == "near":
        return formats.format_relative_day(value)
    if isinstance(value, datetime) and style in ("", "time"):
        return formats.format_time(value) if style else formats.format_datetime(value)
    return formats.format_date(value, style=style or "date")


def _name(person: Any) -> str:
    return str(getattr(person, "name", "") or person)
