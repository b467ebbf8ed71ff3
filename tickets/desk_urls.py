"""Addresses of tickets of all clients."""

from django.urls import path

from tickets import desk_views, mute_views, team_views, type_views

app_name = "desk"
urlpatterns = [
    path("", desk_views.index, name="index"),
    path("new/", desk_views.create, name="create"),
    path("board/", desk_views.board, name="board"),
    path("calendar/", desk_views.calendar, name="calendar"),
    path("export/<slug:kind>/", desk_views.export, name="export"),
    path("changes/", desk_views.change, name="change"),
    path("views/", desk_views.save_view, name="save_view"),
    path("views/<int:pk>/deletion/", desk_views.forget_view, name="forget_view"),
    path("mute/<str:token>/", mute_views.mute, name="mute"),
    path("types/", type_views.types, name="types"),
    path("types/<int:pk>/", type_views.edit, name="type"),
    path("types/<int:pk>/place/", type_views.place, name="place_type"),
    path("teams/", team_views.teams, name="teams"),
    path("teams/new/", team_views.create, name="create_team"),
    path("teams/<int:pk>/", team_views.edit, name="team"),
    path("teams/<int:pk>/archive/", team_views.archive, name="archive_team"),
]
