"""Writing a mail, and answering one. What is typed is kept as a draft, with and without JavaScript."""

from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mailbox import presenter, sending
from mailbox.forms import LetterForm
from mailbox.models import Draft, Mail
from mailbox.people import answered_by
from mailbox.showing import one
from portal.core.access import area
from portal.files.forms import taking_files
from portal.tenancy.once import once


@area("mails")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def write(request):
    """A new thread."""
    return _compose(request, None)


@area("mails")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def answer(request, number):
    """An answer to one mail."""
    return _compose(request, one(request, number))


def _compose(request, answers: Mail | None):
    place: dict[str, Any] = {"client": request.client, "by": request.member, "answers": answers}
    sending.check(**place)
    if "discard" in request.POST:
        sending.discard_draft(**place)
        return _back(request, answers, _("Draft discarded"))
    draft = Draft.objects.visible_to(request.member).filter(client=request.client, answers=answers).first()
    form = LetterForm(
        request.POST or None,
        request.FILES or None,
        client=request.client,
        member=request.member,
        answers=answers,
        initial=_first_words(request, answers, draft),
    )
    if "keep" in request.POST:
        draft = sending.keep_draft(request.client, by=request.member, answers=answers, **form.typed)
        if request.htmx:
            return render(request, "mailbox/_kept.html", {"draft": draft})
        return _back(request, answers, _("Draft kept"))
    if request.method == "POST" and form.is_valid():
        with taking_files(form):
            mail = sending.send(**place, letter=form.letter, uploads=form.cleaned_data["uploads"])
            messages.success(request, _("Mail on its way. It stands in the thread."))
            return redirect("mailbox:detail", request.client.slug, mail.pk)
    return _show(request, form, answers, draft)


def _first_words(request, answers: Mail | None, draft: Draft | None) -> dict[str, Any]:
    """The draft, else what an answer begins with."""
    if draft:
        return {name: getattr(draft, name) for name in ("to", "cc", "subject", "text")}
    if answers is None:
        return {}
    to, cc = answered_by(answers, request.member)
    subject = answers.subject if answers.subject.lower().startswith(("re:", "aw:", "sv:")) else f"Re: {answers.subject}"
    return {"to": ", ".join(map(str, to)), "cc": ", ".join(map(str, cc)), "subject": subject[:300]}


def _show(request, form: LetterForm, answers: Mail | None, draft: Draft | None):
    project = answers.project_id if answers else None
    context = {
        "form": form,
        "mail": answers,
        "draft": draft,
        "thread": presenter.thread_of(answers, request.client.slug) if answers else [],
        "suggestions": list(dict.fromkeys(str(one) for one in form.known)),
        "seen_by": presenter.seen_by(request.agency, request.client, project),
        "sender": sending.sender_name_of(request.member, request.agency),
    }
    return render(request, "mailbox/form.html", context, status=422 if form.is_bound and form.errors else 200)


def _back(request, answers: Mail | None, words: str):
    messages.success(request, words)
    if answers:
        return redirect("mailbox:detail", request.client.slug, answers.pk)
    return redirect("mailbox:index", request.client.slug)
