"""Selects as Django draws them, without its template for each option: there are 400 time zones."""

from typing import Any

from django.forms import BoundField, Select, SelectMultiple
from django.forms.utils import flatatt
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe


def is_plain_select(bound: BoundField) -> bool:
    """Whether the field's widget is drawn by Django's own template of a select."""
    return type(bound.field.widget) in (Select, SelectMultiple)


def draw_select(bound: BoundField, attrs: dict[str, Any]) -> SafeString:
    """The same markup as `bound.as_widget(attrs=attrs)`."""
    attrs = bound.build_widget_attrs(attrs, bound.field.widget)
    if "id" not in bound.field.widget.attrs:
        attrs.setdefault("id", bound.auto_id)
    widget = bound.field.widget.get_context(bound.html_name, bound.value(), attrs)["widget"]
    groups = "".join(_group(name, options) for name, options, _place in widget["optgroups"])
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), mark_safe(groups))  # noqa: S308


def _group(name: str | None, options: list[dict[str, Any]]) -> str:
    lines = "".join(
        f'<option value="{escape(option["value"])}"{flatatt(option["attrs"]) if option["attrs"] else ""}>'
        f"{escape(option['label'])}</option>"
        for option in options
    )
    return f'<optgroup label="{escape(name)}">{lines}</optgroup>' if name else lines
