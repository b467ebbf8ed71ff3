"""Addresses of one client's protocols and meetings."""

from django.urls import include, path

from protocols import file_views, minutes_views, talk_views, version_views, views

app_name = "protocols"
pages = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("new/kept/", views.keep, name="keep"),
    path("understood/", minutes_views.understood, name="understood"),
    path("minutes/<int:meeting>/", minutes_views.begin, name="begin"),
    path("<int:number>/", views.detail, name="detail"),
    path("<int:number>/pdf/", file_views.pdf, name="pdf"),
    path("<int:number>/edit/", views.edit, name="edit"),
    path("<int:number>/publication/", views.publish, name="publish"),
    path("<int:number>/comments/", talk_views.comment, name="comment"),
    path("<int:number>/comments/<int:pk>/answer/", talk_views.settle, name="settle"),
    path("<int:number>/acceptance/", talk_views.accept, name="accept"),
    path("<int:number>/time/", talk_views.log_time, name="log_time"),
    path("<int:number>/documents/", talk_views.attach, name="attach"),
    path("<int:number>/minutes/", minutes_views.run, name="minutes"),
    path("<int:number>/items/", minutes_views.add, name="add_item"),
    path("<int:number>/items/<int:pk>/", minutes_views.save, name="save_item"),
    path("<int:number>/actions/<int:pk>/", minutes_views.do, name="do"),
    path("<int:number>/versions/", version_views.versions, name="versions"),
    path("<int:number>/versions/<int:version>/", version_views.version, name="version"),
    path("<int:number>/files/<int:pk>/", file_views.download, name="download"),
    path("<int:number>/files/<int:pk>/preview/", file_views.preview, name="preview"),
    path("<int:number>/files/<int:pk>/preview/<int:page>/", file_views.preview_page, name="preview_page"),
]
urlpatterns = [
    path("protocols/", include(pages)),
    path("meetings/", include("protocols.meetings.urls")),
]
