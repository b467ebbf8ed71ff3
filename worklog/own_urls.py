"""Addresses of a person's own time, over all clients; of what managers approve, and of the rules."""

from django.urls import path

from worklog import charge_views, import_views, own_views, review_views, timer_views, week_views

app_name = "my_work"
urlpatterns = [
    path("", own_views.index, name="index"),
    path("entries/", own_views.entries, name="entries"),
    path("entries.csv", own_views.export, {"form": "csv"}, name="csv"),
    path("entries.xlsx", own_views.export, {"form": "xlsx"}, name="xlsx"),
    path("entries.pdf", own_views.export, {"form": "pdf"}, name="pdf"),
    path("understood/", own_views.understood, name="understood"),
    path("undo/", own_views.undo, name="undo"),
    path("week/", week_views.week, name="week"),
    path("week/<slug:day>/", week_views.week, name="week_of"),
    path("timer/", timer_views.page, name="timer"),
    path("timer/start/", timer_views.start, name="start"),
    path("timer/stop/", timer_views.stop, name="stop"),
    path("timer/words/", timer_views.describe, name="describe"),
    path("timer/still/", timer_views.confirm, name="confirm"),
    path("timer/discarding/", timer_views.discard, name="discard"),
    path("review/", review_views.index, name="review"),
    path("review/months/", review_views.months_page, name="months"),
    path("review/approval/", review_views.approve, name="approve"),
    path("review/closing/", review_views.close, name="close"),
    path("import/", import_views.bring, name="import"),
    path("rules/", review_views.rules, name="rules"),
    path("rates/", charge_views.rates, name="rates"),
    path("rates/<int:pk>/removal/", charge_views.withdraw, name="withdraw_rate"),
]
