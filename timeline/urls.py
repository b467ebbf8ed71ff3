"""Addresses of one client's timeline."""

from django.urls import path

from timeline import activity_views, period_views, views

app_name = "timeline"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", activity_views.create, name="create"),
    path("period/", period_views.period, name="period"),
    path("period/pdf/", period_views.pdf, name="pdf"),
    path("weekly/", period_views.weekly, name="weekly"),
    path("activities/<int:pk>/", activity_views.activity, name="activity"),
    path("activities/<int:pk>/edit/", activity_views.edit, name="edit"),
    path("activities/<int:pk>/removal/", activity_views.take_back, name="take_back"),
    path("activities/<int:pk>/files/<int:file>/", activity_views.download, name="download"),
    path("<int:pk>/", views.entry, name="entry"),
    path("<int:pk>/day/", activity_views.decide, name="decide"),
]
