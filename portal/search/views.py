"""The page of what was found."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.search.finding import Group, find
from portal.search.forms import QuestionForm
from portal.search.quoting import marked, quoted
from portal.search.searchables import FEW, NEWEST, Hit


@require_safe
def index(request):
    """Everything that fits and that the member may see, newest first in each kind; while typing only the list changes."""
    form = QuestionForm(request.GET)
    found = find(request.member, form.asked)
    chosen = [group for group in found.groups if group.kind.code == request.GET.get("kind")]
    words = {
        "form": form,
        "q": form.cleaned_data.get("q", ""),
        "tabs": found.groups,
        "groups": _shown(chosen or found.groups, found.stems),
        "newest": NEWEST,
    }
    words["chosen"] = chosen[0].kind.code if chosen else ""
    return render(request, "search/_list.html" if request.htmx else "search/index.html", words)


def _shown(groups: list[Group], stems: list[str]) -> list[dict]:
    """Several kinds show the first of each, or the last kind would be far below."""
    most = NEWEST if len(groups) == 1 else FEW
    return [
        {
            "kind": group.kind,
            "hits": [_hit(hit, stems) for hit in group.hits[:most]],
            "is_full": group.is_full and most == NEWEST,
            "more": len(group.hits) > most,
        }
        for group in groups
    ]


def _hit(hit: Hit, stems: list[str]) -> dict:
    text = marked(quoted(hit.text, stems), stems)
    return {"url": hit.url, "title": marked(hit.title, stems), "text": text, "facts": hit.facts}
