"""What an owning app does: find the file through its own walls, hand it to `respond`."""

from django.shortcuts import get_object_or_404
from django.urls import path

from portal.files.models import File
from portal.files.responses import respond, respond_page
from portal.urls import urlpatterns as portal_urls


def download(request, pk):
    file = get_object_or_404(File.objects.visible_to(request.member), pk=pk)
    return respond(file, inline="inline" in request.GET, to=request.member)


def page(request, pk, number):
    return respond_page(get_object_or_404(File.objects.visible_to(request.member), pk=pk), number, to=request.member)


urlpatterns = [
    path("test-files/<int:pk>/", download, name="test_file"),
    path("test-files/<int:pk>/pages/<int:number>/", page, name="test_page"),
    *portal_urls,
]
