"""Error pages: an id that is in the log, and nothing else. They read no row of any tenant."""

from django.shortcuts import render


def bad_request(request, exception=None):
    return _page(request, "400.html", 400)


def forbidden(request, exception=None):
    return _page(request, "403.html", 403)


def not_found(request, exception=None):
    return _page(request, "404.html", 404)


def server_error(request):
    return _page(request, "500.html", 500)


def csrf_failure(request, reason=""):
    """The form was open too long, or came from elsewhere."""
    return _page(request, "400.html", 403, expired=True)


def _page(request, template: str, status: int, **extra):
    return render(request, template, {"request_id": getattr(request, "id", ""), "shell": None, **extra}, status=status)
