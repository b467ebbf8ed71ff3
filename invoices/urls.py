"""STUB, not committed."""

from django.urls import path
from django.views.generic import TemplateView

app_name = "invoices"
urlpatterns = [
    path("", TemplateView.as_view(template_name="404.html"), name="index"),
    path("<int:pk>/", TemplateView.as_view(template_name="404.html"), name="detail"),
]
