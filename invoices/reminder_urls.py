"""Addresses of reminders across clients."""

from django.urls import path

from invoices import reminder_views

app_name = "reminders"
urlpatterns = [
    path("", reminder_views.index, name="index"),
    path("rules/", reminder_views.rules, name="rules"),
]
