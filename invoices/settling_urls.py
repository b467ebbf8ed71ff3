"""Addresses of one client's payments, statement of account, and invoices made elsewhere."""

from django.urls import path
from django.views.generic import TemplateView

app_name = "settling"
urlpatterns = [
    path("statement/", TemplateView.as_view(template_name="404.html"), name="statement"),
    path("outside/", TemplateView.as_view(template_name="404.html"), name="outside"),
]
