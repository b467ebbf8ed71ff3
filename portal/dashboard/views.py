"""Start pages."""

from django.http import HttpResponse


def home(request):
    return HttpResponse("home")


def my_day(request):
    return HttpResponse("day")


def client_home(request):
    return HttpResponse("client")
