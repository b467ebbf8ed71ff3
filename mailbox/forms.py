"""What people may type about mails."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailbox import people
from mailbox.models import Mail, ThreadQuerySet
from mailbox.people import Addressee
from mailbox.renewing import GRACE_DAYS, MOST_DAYS
from mailbox.sending import Letter
from portal.files.forms import MultipleFileField
from portal.tenancy.models import Client, Member, Project
from portal.tenancy.models.role import Kind

MAX_TEXT = 100_000
DAY = forms.DateInput(attrs={"type": "date"})
KINDS = {
    "document": Q(file__media_type__in=["application/pdf", "text/plain"])
    | Q(file__media_type__contains="wordprocessing")
    | Q(file__media_type__contains="presentation"),
    "sheet": Q(file__media_type__contains="spreadsheet") | Q(file__media_type="text/csv"),
    "image": Q(file__media_type__startswith="image/"),
}


class Narrowing(forms.Form):
    """Filters of a list. Whatever makes no sense is left out rather than complained about."""

    q = forms.CharField(label=_("Words"), required=False, max_length=200)
    sender = forms.CharField(label=_("From"), required=False, max_length=200)
    since = forms.DateField(label=_("Since"), required=False, widget=DAY)
    until = forms.DateField(label=_("Until"), required=False, widget=DAY)

    @property
    def is_narrowing(self) -> bool:
        """Whether anything is asked for at all."""
        self.is_valid()
        return any(self.cleaned_data.values())

    @property
    def others(self) -> int:
        """How many filters besides the words are on."""
        return sum(bool(value) for name, value in self.cleaned_data.items() if name != "q") if self.is_valid() else 0


class FilterForm(Narrowing):
    """What the list of threads shows."""

    project = forms.IntegerField(label=_("Project"), required=False, min_value=1, max_value=2**62)
    attached = forms.BooleanField(label=_("With attachment"), required=False)
    unread = forms.BooleanField(label=_("Unread"), required=False)
    answered = forms.ChoiceField(
        label=_("Answered"),
        required=False,
        choices=[("", _("Answered or not")), ("yes", _("Answered")), ("no", _("Waiting for an answer"))],
    )
    mine = forms.BooleanField(label=_("Assigned to me"), required=False)
    hidden = forms.BooleanField(label=_("Not relevant"), required=False)

    def narrow(self, rows: ThreadQuerySet, member: Member) -> ThreadQuerySet:
        """The threads that match: one and the same mail in them has what is asked of mails."""
        wanted = self.cleaned_data
        rows = rows.hidden() if wanted.get("hidden") and member.is_specialist else rows.shown()
        if wanted.get("project"):
            rows = rows.filter(project_id=wanted["project"])
        if wanted.get("answered"):
            rows = rows.filter(answered_at__isnull=wanted["answered"] == "no")
        if wanted.get("mine"):
            rows = rows.filter(assignee=member.pk)
        return self._by_mails(rows, member)

    def _by_mails(self, rows: ThreadQuerySet, member: Member) -> ThreadQuerySet:
        wanted = self.cleaned_data
        if not any(wanted.get(name) for name in ("q", "sender", "since", "until", "attached", "unread")):
            return rows
        mails = Mail.objects.visible_to(member).filter(agency_id=OuterRef("agency_id"), thread=OuterRef("pk"))
        mails = mails.filter(_written(wanted, "")).matching((wanted.get("q") or "").split())
        if wanted.get("attached"):
            mails = mails.filter(attachment_count__gt=0)
        return rows.filter(Exists(mails.unread_by(member) if wanted.get("unread") else mails))


class FileFilterForm(Narrowing):
    """What the list of files shows."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[
            ("", _("All kinds")),
            ("document", _("Documents")),
            ("sheet", _("Sheets")),
            ("image", _("Pictures")),
            ("other", _("Other files")),
        ],
    )

    def narrow(self, rows):
        """The files that match."""
        wanted = self.cleaned_data
        for word in (wanted.get("q") or "").split()[:8]:
            rows = rows.filter(file__name__icontains=word)
        kind = wanted.get("kind")
        if kind == "other":
            rows = rows.exclude(KINDS["document"] | KINDS["sheet"] | KINDS["image"])
        elif kind:
            rows = rows.filter(KINDS[kind])
        return rows.filter(_written(wanted, "mail__"))


def _written(wanted: dict[str, Any], prefix: str) -> Q:
    """By whom and when."""
    found = Q()
    if wanted.get("sender"):
        word = wanted["sender"].strip()
        found &= Q(**{f"{prefix}from_name__icontains": word}) | Q(**{f"{prefix}from_address__icontains": word})
    if wanted.get("since"):
        found &= Q(received_at__gte=_start_of(wanted["since"]))
    if wanted.get("until"):
        found &= Q(received_at__lt=_start_of(wanted["until"], days=1))
    return found


def _start_of(day: date, *, days: int = 0) -> datetime:
    """Midnight of the reader's clock; a day at the end of time stays there."""
    day = min(max(day, date(1900, 1, 1)), date(9000, 1, 1)) + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time.min))


class LetterForm(forms.Form):
    """A mail to write. Outsiders write to people whom they know here (mailbox.people.known_to), and to those who take part already."""

    to = forms.CharField(label=_("To"), max_length=4000, help_text=_("Names or addresses, with commas between them."))
    cc = forms.CharField(label=_("Cc"), max_length=4000, required=False)
    project = forms.ModelChoiceField(
        label=_("Project"), queryset=Project.objects.none(), required=False, empty_label=_("No project")
    )
    subject = forms.CharField(label=_("Subject"), max_length=300)
    text = forms.CharField(
        label=_("Text"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("**Bold**, lists and links work as in comments. Ctrl and Enter send."),
    )
    uploads = MultipleFileField(label=_("Attachments"), help_text=_("Up to 50 MB each."))

    def __init__(self, *args, client: Client, member: Member, answers: Mail | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.member = client, member
        if not self.is_bound:
            self.fields["text" if answers else "to"].widget.attrs["autofocus"] = True
        self.in_thread = people.people_in(answers, member) if answers else []
        self.known = [*self.in_thread, *people.known_to(member, client)]
        if answers:
            del self.fields["project"]
        else:
            projects = Project.objects.visible_to(member).filter(client=client).active().order_by("name")
            cast(forms.ModelChoiceField, self.fields["project"]).queryset = projects

    def clean_to(self):
        return self._people("to")

    def clean_cc(self):
        return self._people("cc")

    def _people(self, name: str) -> list[Addressee]:
        """The portal's own address is left out, for it goes into Cc by itself."""
        typed, places = people.read(self.cleaned_data[name], self.known), people.places_of(self.client)
        found = [one for one in typed if not people.is_portal(one.address, places)]
        allowed = {one.address.lower() for one in self.known}
        strange = [one.address for one in found if one.address.lower() not in allowed]
        if strange and not self.member.is_specialist:
            words = {"address": strange[0], "agency": self.client.agency.name}
            message = _("%(address)s is not known here. Write to people of your company or of %(agency)s.")
            raise ValidationError(message, code="strange", params=words)
        if not found and self.fields[name].required:
            raise ValidationError(_("Say to whom."), code="required")
        return found

    @property
    def letter(self) -> Letter:
        """What the action takes."""
        data = self.cleaned_data
        to = {one.address.lower() for one in data["to"]}
        cc = [one for one in data["cc"] if one.address.lower() not in to]
        return Letter(to=data["to"], cc=cc, subject=data["subject"], text=data["text"], project=data.get("project"))

    @property
    def typed(self) -> dict[str, str]:
        """What a draft keeps, whether it makes sense or not; only what no database takes is left out."""
        longest = {"to": 4000, "cc": 4000, "subject": 300, "text": MAX_TEXT}
        return {name: str(self.data.get(name, "")).replace("\0", "")[:most] for name, most in longest.items()}


class RenewalForm(forms.Form):
    """How long the old address is taken."""

    days = forms.IntegerField(
        label=_("Days for which the old address is still taken"), min_value=0, max_value=MOST_DAYS, initial=GRACE_DAYS
    )


class AssignForm(forms.Form):
    """Who is to answer."""

    assignee = forms.ModelChoiceField(
        label=_("Who answers"), queryset=Member.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        staff = [one.member for one in people.people_of(client, Kind.SPECIALIST)]
        rows = Member.objects.filter(agency_id=client.agency_id, pk__in=staff).with_names()
        cast(forms.ModelChoiceField, self.fields["assignee"]).queryset = rows.order_by("user__name", "pk")


class MoveForm(forms.Form):
    """Where the thread lies."""

    project = forms.ModelChoiceField(
        label=_("Project"), queryset=Project.objects.none(), required=False, empty_label=_("No project")
    )

    def __init__(self, *args, client: Client, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        projects = Project.objects.visible_to(member).filter(client=client).order_by("name")
        cast(forms.ModelChoiceField, self.fields["project"]).queryset = projects
