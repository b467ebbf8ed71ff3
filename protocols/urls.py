"""Addresses of one client's protocols."""

from django.urls import path

from protocols import file_views, views

app_name = "protocols"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("<int:number>/", views.detail, name="detail"),
    path("<int:number>/pdf/", file_views.pdf, name="pdf"),
    path("<int:number>/edit/", views.edit, name="edit"),
    path("<int:number>/publication/", views.publish, name="publish"),
    path("<int:number>/comments/", views.comment, name="comment"),
    path("<int:number>/documents/", views.attach, name="attach"),
    path("<int:number>/files/<int:pk>/", file_views.download, name="download"),
    path("<int:number>/files/<int:pk>/preview/", file_views.preview, name="preview"),
    path("<int:number>/files/<int:pk>/preview/<int:page>/", file_views.preview_page, name="preview_page"),
]
