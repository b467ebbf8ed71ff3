"""Pages of one client's protocols."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.access import area
from portal.core.paging import next_of, page_of
from protocols import actions, presenting
from protocols.forms import CommentForm, DocumentsForm, FilterForm, ProtocolForm, taking_files
from protocols.models import Comment, Protocol, ProtocolFile, can_be_written_by

YEARS = 6
"""So many years can be chosen in the list; older ones are found by their words."""


@area("work")
@require_safe
def index(request):
    """All protocols of the client, newest first."""
    filters = FilterForm(request.GET)
    rows = filters.narrow(_with_marks(request))
    page = page_of(rows, request.GET.get("after", ""), by="held_at")
    context = {
        "rows": presenting.rows_of(page.rows, request.client),
        "more": next_of(request, page),
        "filters": filters,
        "years": range(timezone.localdate().year, timezone.localdate().year - YEARS, -1),
        "may_write": can_be_written_by(request.member, request.client),
    }
    return render(request, f"protocols/{_part(request)}", context)


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request):
    """A new protocol, kept as a draft or published at once."""
    if not can_be_written_by(request.member, request.client):
        raise PermissionDenied
    form = ProtocolForm(request.POST or None, request.FILES or None, client=request.client, member=request.member)
    if request.method == "POST" and form.is_valid():
        is_ready = "draft" not in request.POST
        uploads = form.cleaned_data["uploads"]
        with taking_files(form):
            protocol = actions.write(request.client, by=request.member, uploads=uploads, publish=is_ready, **form.words)
            return _done(request, protocol, _("Protocol published") if is_ready else _("Draft kept"))
    return _form(request, form)


@area("work")
@require_safe
def detail(request, number):
    """What was discussed, and what was said about it afterwards."""
    protocol = _get(request, number)
    if protocol.is_published and protocol.is_unread:
        actions.mark_read(protocol, by=request.member)
    return _show(request, protocol)


@area("work")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, number):
    """Change a protocol; when somebody else saved meanwhile, both texts stand side by side."""
    protocol = _get(request, number)
    if not protocol.can_be_edited_by(request.member):
        raise PermissionDenied
    options = {"instance": protocol, "client": request.client, "member": request.member}
    form = ProtocolForm(request.POST or None, request.FILES or None, **options)
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, protocol=protocol)
    try:
        with taking_files(form):
            seen_at, uploads = form.cleaned_data["version"], form.cleaned_data["uploads"]
            is_ready = "publish" in request.POST
            actions.edit(protocol, by=request.member, seen_at=seen_at, uploads=uploads, publish=is_ready, **form.words)
            return _done(request, protocol, _("Saved"))
    except actions.Conflict as conflict:
        return _conflict(request, form, protocol, conflict.current)
    return _form(request, form, protocol=protocol)


@area("work")
@require_POST
def publish(request, number):
    """From now on everybody of the client sees it."""
    protocol = actions.publish(_get(request, number), by=request.member)
    return _done(request, protocol, _("Protocol published"))


@area("work")
@require_POST
def comment(request, number):
    """Add to the thread."""
    protocol = _get(request, number)
    if not protocol.can_be_commented_by(request.member):
        raise PermissionDenied
    form = CommentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, protocol, comment_form=form, status=422)
    text, uploads = form.cleaned_data["text"], form.cleaned_data["uploads"]
    with taking_files(form):
        said = actions.comment(protocol, by=request.member, text=text, uploads=uploads)
        messages.success(request, _("Comment sent"))
        return redirect(f"{_url(request, protocol)}#comment-{said.pk}")
    return _show(request, protocol, comment_form=form, status=422)


@area("work")
@require_POST
def attach(request, number):
    """Further documents, by everybody who may comment."""
    protocol = _get(request, number)
    if not protocol.can_be_commented_by(request.member):
        raise PermissionDenied
    form = DocumentsForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, protocol, documents_form=form, status=422)
    with taking_files(form):
        actions.attach(protocol, by=request.member, uploads=form.cleaned_data["uploads"])
        return _done(request, protocol, _("Documents added"))
    return _show(request, protocol, documents_form=form, status=422)


def _with_marks(request):
    """The client's protocols as the member may see them, with the mark for those not opened yet."""
    rows = Protocol.objects.visible_to(request.member).of(request.client).with_marks_for(request.member)
    return rows.select_related("author__user", "author__vendor", "project")


def _get(request, number):
    protocol = get_object_or_404(_with_marks(request), number=number)
    protocol.client, request.client.agency = request.client, request.agency
    return protocol


def _part(request) -> str:
    """The whole page, or for htmx the part that it swaps."""
    if not request.htmx or request.htmx.boosted:
        return "index.html"
    return "_more.html" if request.GET.get("after") else "_list.html"


def _form(request, form, status=200, **context):
    status = 422 if form.is_bound and form.errors else status
    return render(request, "protocols/form.html", {"form": form, **context}, status=status)


def _conflict(request, form, protocol, theirs):
    """Both texts: mine stays in the form, theirs stands beside it, and the next save is meant."""
    form.show_version(theirs)
    context = {"theirs": theirs, "theirs_text": presenting.render(theirs.key_points)}
    return _form(request, form, protocol=protocol, status=409, **context)


def _show(request, protocol, *, comment_form=None, documents_form=None, status=200):
    files = list(ProtocolFile.objects.visible_to(request.member).of(protocol).select_related("file").order_by("pk"))
    comments = Comment.objects.visible_to(request.member).of(protocol).select_related("author__user", "author__vendor")
    context = {
        "protocol": protocol,
        "lede": presenting.lede_of(protocol),
        "text": presenting.render(protocol.key_points),
        "facts": presenting.facts_of(protocol),
        "seen_by": presenting.seen_by(protocol, request.member),
        "documents": presenting.documents_of(
            [f for f in files if f.comment_id is None], request.client, protocol.number
        ),
        "posts": presenting.posts_of(comments.order_by("created_at", "pk"), files, request.client, protocol),
        "may_edit": protocol.can_be_edited_by(request.member),
        "may_comment": protocol.can_be_commented_by(request.member),
        "comment_form": comment_form or CommentForm(),
        "documents_form": documents_form or DocumentsForm(),
    }
    return render(request, "protocols/detail.html", context, status=status)


def _url(request, protocol) -> str:
    return reverse("protocols:detail", args=[request.client.slug, protocol.number])


def _done(request, protocol, words: str):
    messages.success(request, words)
    return redirect(_url(request, protocol))
