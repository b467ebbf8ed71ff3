"""Addresses of tickets of all clients."""

from django.urls import path

from tickets import desk_views, team_views

app_name = "desk"
urlpatterns = [
    path("", desk_views.index, name="index"),
    path("teams/", team_views.teams, name="teams"),
    path("teams/new/", team_views.create, name="create_team"),
    path("teams/<int:pk>/", team_views.edit, name="team"),
    path("teams/<int:pk>/archive/", team_views.archive, name="archive_team"),
]
