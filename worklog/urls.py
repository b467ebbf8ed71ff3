"""Addresses of one client's work log."""

from django.urls import path

from worklog import month_views, views

app_name = "worklog"
urlpatterns = [
    path("", month_views.index, name="index"),
    path("work-log.csv", month_views.export, {"form": "csv"}, name="csv"),
    path("work-log.xlsx", month_views.export, {"form": "xlsx"}, name="xlsx"),
    path("work-log.pdf", month_views.export, {"form": "pdf"}, name="pdf"),
    path("entries/<int:pk>/", views.entry, name="entry"),
]
