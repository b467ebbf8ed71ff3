"""The address of the search."""

from django.urls import path

from portal.search import views

app_name = "search"
urlpatterns = [path("", views.index, name="index")]
