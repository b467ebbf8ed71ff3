"""The page of what was found."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.search.searchables import NEWEST, Hit, find, marked, quoted, words_in


@require_safe
def index(request):
    """Everything that has all the words and that the member may see, newest first in each kind."""
    asked = request.GET.get("q", "")[:200]
    words = words_in(asked)
    groups = [
        {"kind": kind, "hits": [_shown(hit, words) for hit in hits], "is_full": len(hits) == NEWEST}
        for kind, hits in find(request.member, words)
    ]
    return render(request, "search/index.html", {"q": asked, "words": words, "groups": groups, "newest": NEWEST})


def _shown(hit: Hit, words: list[str]) -> dict:
    text = marked(quoted(hit.text, words), words)
    return {"url": hit.url, "title": marked(hit.title, words), "text": text, "facts": hit.facts}
