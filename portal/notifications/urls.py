"""Addresses of one's own notifications."""

from django.urls import include, path

from portal.notifications import views

pages = [
    path("", views.index, name="index"),
    path("reading/", views.read_all, name="read_all"),
    path("<int:pk>/", views.follow, name="follow"),
    path("preferences/", views.preferences, name="preferences"),
]
urlpatterns = [path("notifications/", include((pages, "notifications")))]
