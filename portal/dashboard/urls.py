"""Start pages."""

from django.urls import path

from portal.dashboard import keeping, projects, views

urlpatterns = [
    path("", views.home, name="home"),
    path("my-day/", views.my_day, name="my_day"),
    path("<slug:client>/", views.client_home, name="client_home"),
    path("<slug:client>/pin/", keeping.pin_client, name="pin_client"),
    path("<slug:client>/period/", keeping.keep_period, name="keep_period"),
    path("<slug:client>/shared/<slug:project>/", projects.shared_project, name="shared_project"),
]
