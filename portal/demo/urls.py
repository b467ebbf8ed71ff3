"""The outbox, included when DEMO is on."""

from django.urls import path

from portal.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.outbox, name="outbox"),
    path("<str:mail_id>/", views.mail, name="mail"),
    path("<str:mail_id>/html", views.html, name="html"),
    path("<str:mail_id>/raw", views.raw, name="raw"),
    path("<str:mail_id>/attachments/<int:number>", views.attachment, name="attachment"),
]
