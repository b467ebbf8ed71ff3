"""Addresses of one client's work log."""

from django.urls import path

from worklog import views

app_name = "worklog"
urlpatterns = [
    path("", views.index, name="index"),
    path("entries/<int:pk>/", views.entry, name="entry"),
]
