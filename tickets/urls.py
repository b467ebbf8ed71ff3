"""Addresses of one client's tickets."""

from django.urls import path

from tickets import change_views, family_views, print_views, project_views, talk_views, timing_views, views

app_name = "tickets"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.create, name="create"),
    path("board/", views.board, name="board"),
    path("calendar/", views.calendar, name="calendar"),
    path("export/<slug:kind>/", views.export, name="export"),
    path("changes/", views.change, name="change"),
    path("projects/<slug:project>/", project_views.project, name="project"),
    path("views/", views.save_view, name="save_view"),
    path("views/<int:pk>/deletion/", views.forget_view, name="forget_view"),
    path("<int:number>/", views.detail, name="detail"),
    path("<int:number>/print/", print_views.printed, name="print"),
    path("<int:number>/edit/", views.edit, name="edit"),
    path("<int:number>/original/", talk_views.request_original, name="request_original"),
    path("<int:number>/versions/", talk_views.request_versions, name="request_versions"),
    path("<int:number>/confirmation/", change_views.confirm, name="confirm"),
    path("<int:number>/status/", change_views.move, name="move"),
    path("<int:number>/step/", change_views.advance, name="advance"),
    path("<int:number>/closure/", change_views.close, name="close"),
    path("<int:number>/reopening/", change_views.reopen, name="reopen"),
    path("<int:number>/assignment/", change_views.assign, name="assign"),
    path("<int:number>/desk/", change_views.take, name="take"),
    path("<int:number>/timer/", timing_views.start, name="start_timer"),
    path("<int:number>/comments/", talk_views.comment, name="comment"),
    path("<int:number>/comments/<int:pk>/", talk_views.reword, name="reword"),
    path("<int:number>/comments/<int:pk>/withdrawal/", talk_views.withdraw, name="withdraw"),
    path("<int:number>/comments/<int:pk>/versions/", talk_views.versions, name="versions"),
    path("<int:number>/comments/<int:pk>/original/", talk_views.original, name="original"),
    path("<int:number>/followers/", talk_views.add_follower, name="add_follower"),
    path("<int:number>/followers/<int:pk>/removal/", talk_views.remove_follower, name="remove_follower"),
    path("<int:number>/following/", talk_views.following, name="following"),
    path("<int:number>/links/", family_views.link, name="link"),
    path("<int:number>/links/<int:pk>/removal/", family_views.unlink, name="unlink"),
    path("<int:number>/parts/", family_views.add_part, name="add_part"),
    path("<int:number>/parts/<int:pk>/removal/", family_views.release, name="release"),
    path("<int:number>/checklist/", family_views.add_item, name="add_item"),
    path("<int:number>/checklist/<int:pk>/", family_views.tick, name="tick"),
    path("<int:number>/files/<int:pk>/", talk_views.download, name="download"),
    path("<int:number>/files/<int:pk>/preview/", talk_views.preview, name="preview"),
    path("<int:number>/files/<int:pk>/preview/<int:page>/", talk_views.preview_page, name="preview_page"),
]
