"""Start pages."""

from django.urls import path

from portal.dashboard import views

urlpatterns = [
    path("", views.home, name="home"),
    path("my-day/", views.my_day, name="my_day"),
    path("<slug:client>/", views.client_home, name="client_home"),
]
