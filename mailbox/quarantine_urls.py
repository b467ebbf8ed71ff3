"""Addresses of the mails that wait for a person, for the agency's people."""

from django.urls import path

from mailbox import quarantine_views as views

app_name = "quarantine"
urlpatterns = [
    path("", views.index, name="index"),
    path("unreadable/", views.unreadable, name="unreadable"),
    path("unplaced/", views.unplaced, name="unplaced"),
    path("strangers/", views.strangers, name="strangers"),
    path("sorting/", views.sort, name="sort"),
    path("strangers/sorting/", views.sort_strangers, name="sort_strangers"),
    path("restoration/", views.restore, name="restore"),
    path("strangers/restoration/", views.restore_strangers, name="restore_strangers"),
    path("<int:pk>/original/", views.original, name="original"),
]
