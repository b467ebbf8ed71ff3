"""Addresses of the agency's invoices over all clients."""

from django.urls import path

from invoices import desk_views

app_name = "invoice_desk"
urlpatterns = [
    path("", desk_views.index, name="index"),
    path("settings/", desk_views.settings, name="settings"),
]
