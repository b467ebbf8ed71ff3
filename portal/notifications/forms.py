"""The matrix: for each kind of event, whether to tell under the bell and by mail."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.events import kinds
from portal.tenancy.models import Member
from portal.tenancy.models.role import Area

CHANNELS = (("in_app", _("In the portal")), ("email", _("E-mail")))


class PreferencesForm(forms.Form):
    """One box for each kind and channel; only kinds that can reach the member."""

    def __init__(self, *args, member: Member, wishes, **kwargs):
        super().__init__(*args, **kwargs)
        chosen = {row.kind: row for row in wishes}
        self.kinds = [kind for kind in kinds.told_kinds() if _reaches(member, kind)]
        for kind in self.kinds:
            for channel, label in CHANNELS:
                initial = getattr(chosen[kind.code], channel) if kind.code in chosen else True
                self.fields[_name(kind.code, channel)] = forms.BooleanField(
                    required=False, initial=initial, label=f"{kind.label}: {label}"
                )

    def groups(self) -> list[tuple[str, list[dict]]]:
        """Lines of the matrix under their headings, in the order of the areas, for the template."""
        found: dict[str, list[dict]] = {}
        for kind in sorted(self.kinds, key=lambda kind: Area.values.index(kind.area)):
            heading = str(kinds.group_of(kind) or Area(kind.area).label)
            found.setdefault(heading, []).append(self._row(kind))
        return list(found.items())

    def _row(self, kind: kinds.Kind) -> dict:
        boxes = [self[_name(kind.code, channel)] for channel, _label in CHANNELS]
        return {"label": kind.label, "boxes": boxes, "note": _("mailed at once") if kind.urgent else ""}

    def changes(self) -> Iterator[tuple[str, dict[str, bool]]]:
        """(kind, channels) of every line that was changed."""
        for kind in self.kinds:
            names = {channel: _name(kind.code, channel) for channel, _label in CHANNELS}
            if any(name in self.changed_data for name in names.values()):
                yield kind.code, {channel: self.cleaned_data[name] for channel, name in names.items()}


def _name(code: str, channel: str) -> str:
    return f"{code}-{channel}"


def _reaches(member: Member, kind: kinds.Kind) -> bool:
    is_of_kind = member.kind in kind.members or (kind.of_projects and bool(member.limited_client_ids))
    return is_of_kind and (not member.is_contact or any(kind.area in access.areas for access in member.accesses))
