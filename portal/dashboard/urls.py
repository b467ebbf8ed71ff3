"""Start pages."""

from django.urls import path

from portal.dashboard import keeping, projects, views

urlpatterns = [
    path("", views.home, name="home"),
    path("my-day/", views.my_day, name="my_day"),
    path("<client:client>/", views.client_home, name="client_home"),
    path("<client:client>/pin/", keeping.pin_client, name="pin_client"),
    path("<client:client>/period/", keeping.keep_period, name="keep_period"),
    path("<client:client>/shared/<slug:project>/", projects.shared_project, name="shared_project"),
]
