"""Addresses of a person's own time, over all clients."""

from django.urls import path

from worklog import own_views

app_name = "my_work"
urlpatterns = [
    path("", own_views.index, name="index"),
]
