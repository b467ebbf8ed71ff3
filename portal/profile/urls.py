"""Addresses of one client's profile."""

from django.urls import path

from portal.profile import proposal_views, views

app_name = "profile"
urlpatterns = [
    path("", views.index, name="index"),
    path("history/", views.history, name="history"),
    path("order/", views.order, name="order"),
    path("beginning/", views.begin, name="begin"),
    path("sections/new/", views.create, name="create"),
    path("sections/<int:pk>/edit/", views.edit, name="edit"),
    path("sections/<int:pk>/removal/", views.remove, name="remove"),
    path("sections/<int:pk>/confirmation/", views.confirm, name="confirm"),
    path("proposals/new/", proposal_views.choose, name="choose"),
    path("proposals/new/field/", proposal_views.propose_new, name="propose_new"),
    path("proposals/<int:pk>/", proposal_views.proposal, name="proposal"),
    path("fields/<int:pk>/proposals/", proposal_views.propose, name="propose"),
]
