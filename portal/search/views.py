"""The page of what was found."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.search.asking import understood
from portal.search.finding import Found, find
from portal.search.quoting import marked, quoted
from portal.search.searchables import NEWEST, Hit


@require_safe
def index(request):
    """Everything that fits and that the member may see, newest first in each kind; while typing only the list changes."""
    text = request.GET.get("q", "")[:200]
    found = find(request.member, understood(text))
    words = {"q": text, "groups": _shown(found), "newest": NEWEST}
    return render(request, "search/_list.html" if request.htmx else "search/index.html", words)


def _shown(found: Found) -> list[dict]:
    return [
        {"kind": group.kind, "is_full": group.is_full, "hits": [_hit(hit, found.stems) for hit in group.hits]}
        for group in found.groups
    ]


def _hit(hit: Hit, stems: list[str]) -> dict:
    text = marked(quoted(hit.text, stems), stems)
    return {"url": hit.url, "title": marked(hit.title, stems), "text": text, "facts": hit.facts}
