"""What people may say on tickets, and the time that it took them."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.files.forms import MultipleFileField
from portal.people.forms.fields import WordsField
from portal.tenancy.models import Member
from tickets.forms import LONGEST
from tickets.models import Comment, answers_client
from worklog.days import Stretch, stretches
from worklog.fields import TimeField


class CommentForm(forms.Form):
    """Words, files, or both. Whoever may choose says first who reads it; the careful choice is the one at the beginning.

    kinds: of work, for whoever may log time with it; none for others. executor: whoever works on the ticket and can be told at once.
    """

    visibility = forms.ChoiceField(
        label=_("Who sees it"),
        choices=[("public", "public"), ("private", "private")],
        initial="private",
        required=False,
    )
    text = WordsField(label=_("Text"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))
    uploads = MultipleFileField(label=_("Files"), help_text=_("Up to 50 MB each."))
    time = TimeField(label=_("Time"), required=False, max_length=20, help_text=_("1:30, 90m or 9-10:30"))
    kind = forms.ChoiceField(label=_("Kind of work"), required=False)

    direct = forms.BooleanField(required=False)

    def __init__(
        self,
        *args,
        writer: Member,
        executor: Member | None = None,
        kinds: list[str] | None = None,
        last_kind: str = "",
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.executor, self.work = executor, list[Stretch]()
        self.is_only_private = not answers_client(writer)
        may_choose = not writer.is_contact and not self.is_only_private
        if may_choose:
            self.fields["visibility"].required = True
        else:
            del self.fields["visibility"]
        if kinds:
            cast(forms.ChoiceField, self.fields["kind"]).choices = [("", "—"), *((name, name) for name in kinds)]
            self.fields["kind"].initial = last_kind if last_kind in kinds else ""
        else:
            del self.fields["time"], self.fields["kind"]
        if executor:
            self.fields["direct"].label = _("Tell %(name)s at once") % {"name": executor}
        else:
            del self.fields["direct"]

    def clean(self):
        data = self.cleaned_data
        if not self.errors and not data.get("text") and not data.get("uploads"):
            self.add_error("text", _("Write something, or attach a file."))
        if self.executor and data.get("direct") and self.is_private and not self.executor.reads_private:
            self.add_error("direct", _("%(name)s does not read private notes.") % {"name": self.executor})
        if data.get("time"):
            self.work = stretches(timezone.localdate(), data["time"], timezone.get_current_timezone())  # type: ignore[arg-type]
            if not data.get("kind"):
                self.add_error("kind", _("Say which kind of work it was."))
            if not self.work:
                self.add_error("time", _("This time is none on that day: the clocks change."))
        return data

    @property
    def is_private(self) -> bool:
        """Whether only the agency reads it; asked when the form was cleaned."""
        return self.is_only_private or self.cleaned_data.get("visibility") == "private"

    @property
    def words(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        return {
            "text": data["text"],
            "uploads": data["uploads"],
            "is_private": self.is_private,
            "to": self.executor if data.get("direct") else None,
            "work": self.work,
            "kind": data.get("kind", ""),
        }


class RewordForm(forms.ModelForm):
    """A comment in other words."""

    text = forms.CharField(label=_("Text"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}))

    class Meta:
        model = Comment
        fields = ("text",)
