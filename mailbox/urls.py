"""Addresses of the tab Mails, inside a client."""

from django.urls import path

from mailbox import letter_views, views

app_name = "mailbox"
urlpatterns = [
    path("", views.index, name="index"),
    path("address/", letter_views.address, name="address"),
    path("address/qr.svg", letter_views.qr, name="address_qr"),
    path("address/renewal/", letter_views.renew, name="renew_address"),
    path("address/test/", letter_views.test, name="test_address"),
    path("<int:number>/", views.detail, name="detail"),
    path("<int:number>/text/", views.body, name="body"),
    path("<int:number>/original/", views.raw, name="raw"),
    path("<int:number>/files/<int:attachment>/", views.attachment, name="attachment"),
    path("<int:number>/files/<int:attachment>/preview/", views.preview, name="preview"),
    path("<int:number>/files/<int:attachment>/preview/<int:page>/", views.preview_page, name="preview_page"),
]
