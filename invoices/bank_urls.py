"""Addresses of bank files."""

from django.urls import path

from invoices import bank_views

app_name = "bank"
urlpatterns = [
    path("", bank_views.index, name="index"),
    path("<int:pk>/", bank_views.file, name="file"),
    path("<int:pk>/content/", bank_views.content, name="content"),
    path("<int:pk>/certain/", bank_views.book_certain, name="book_certain"),
    path("lines/<int:pk>/booking/", bank_views.book, name="book"),
    path("lines/<int:pk>/aside/", bank_views.put_aside, name="put_aside"),
]
