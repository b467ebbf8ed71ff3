"""Addresses of one client's work log."""

from django.urls import include, path

from worklog import charge_views, client_views, entry_views, month_views

app_name = "worklog"
ENTRY = [
    path("", entry_views.entry, name="entry"),
    path("edit/", entry_views.edit, name="edit"),
    path("removal/", entry_views.remove, name="remove"),
    path("no-protocol/", entry_views.waive, name="waive"),
    path("results/", entry_views.add_results, name="add_results"),
    path("results/<int:result>/", entry_views.result, name="result"),
    path("results/<int:result>/preview/", entry_views.preview, name="preview"),
    path("results/<int:result>/preview/<int:page>/", entry_views.preview_page, name="preview_page"),
    path("results/<int:result>/removal/", entry_views.drop_result, name="drop_result"),
    path("question/", client_views.ask, name="ask"),
    path("answer/", client_views.answer, name="answer"),
    path("release/", client_views.release, name="release"),
]
urlpatterns = [
    path("", month_views.index, name="index"),
    path("work-log.csv", month_views.export, {"form": "csv"}, name="csv"),
    path("work-log.xlsx", month_views.export, {"form": "xlsx"}, name="xlsx"),
    path("work-log.pdf", month_views.export, {"form": "pdf"}, name="pdf"),
    path("budget/", client_views.budget, name="budget"),
    path("invoice/", charge_views.charge, name="charge"),
    path("invoice/<int:pk>/", charge_views.recharge, name="recharge"),
    path("entries/<int:pk>/", include(ENTRY)),
]
