"""Addresses of one client's meetings; part of the protocols' namespace."""

from django.urls import path

from protocols.meetings import agenda_views, series_views, views

urlpatterns = [
    path("", views.index, name="meetings"),
    path("new/", views.plan, name="plan_meeting"),
    path("calendar-address/", views.renew_feed, name="renew_feed"),
    path("series/<int:pk>/", series_views.edit, name="edit_series"),
    path("series/<int:pk>/end/", series_views.end, name="end_series"),
    path("<int:pk>/", views.detail, name="meeting"),
    path("<int:pk>/edit/", views.edit, name="edit_meeting"),
    path("<int:pk>/cancellation/", views.call_off, name="call_off_meeting"),
    path("<int:pk>/confirmation/", views.confirm, name="confirm_meeting"),
    path("<int:pk>/answer/", views.answer, name="answer_meeting"),
    path("<int:pk>/waiver/", views.waive, name="waive_minutes"),
    path("<int:pk>/topics/", agenda_views.add, name="add_topic"),
    path("<int:pk>/topics/<int:topic>/", agenda_views.edit, name="edit_topic"),
    path("<int:pk>/topics/<int:topic>/removal/", agenda_views.remove, name="remove_topic"),
    path("<int:pk>/topics/<int:topic>/place/", agenda_views.move, name="move_topic"),
]
