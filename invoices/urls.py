"""Addresses of one client's invoices."""

from django.urls import path, register_converter

from invoices import desk_views, draft_views, naming_views, views
from invoices.models import PaperKind


class PaperConverter:
    """A kind of paper."""

    regex = "|".join(PaperKind.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PaperConverter, "paper")
app_name = "invoices"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", draft_views.create, name="create"),
    path("billing-data/", desk_views.billing, name="billing"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", draft_views.edit, name="edit"),
    path("<int:pk>/preview/", draft_views.preview, name="preview"),
    path("<int:pk>/issue/", draft_views.issue, name="issue"),
    path("<int:pk>/removal/", draft_views.discard, name="discard"),
    path("<int:pk>/credit-note/", draft_views.credit, name="credit"),
    path("<int:pk>/external-id/", naming_views.invoice, name="external_id"),
    path("<int:pk>/data.xml", views.data, name="data"),
    path("<int:pk>/<paper:kind>/", views.paper, name="paper"),
]
