"""/tpl is the floor, /raw the same without templates, /app with a transaction, settings and three look-ups."""

from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from bench.floor.models import Row

SETTINGS = "SELECT " + ", ".join(f"set_config('app.s{n}', '1', true)" for n in range(8))


def _rows():
    return Row.objects.filter(group=7).order_by("-id")[:50]


def tpl(request):
    return render(request, "rows.html", {"rows": _rows()})


def raw(request):
    lines = (f"<tr><td>{r.id}</td><td>{r.group}</td><td>{r.number}</td><td>{r.day:%d %b %Y}</td></tr>" for r in _rows())
    return HttpResponse("<table>" + "".join(lines) + "</table>")


def app(request):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(SETTINGS)
        for number in (1, 2, 3):
            Row.objects.filter(pk=number).first()
        return tpl(request)


urlpatterns = [path("tpl", tpl), path("raw", raw), path("app", app)]
