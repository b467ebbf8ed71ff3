"""Addresses of the tab Mails, inside a client."""

from django.urls import path

from mailbox import file_views, handling_views, letter_views, views, writing_views

app_name = "mailbox"
urlpatterns = [
    path("", views.index, name="index"),
    path("files/", file_views.files, name="files"),
    path("new/", writing_views.write, name="write"),
    path("address/", letter_views.address, name="address"),
    path("address/qr.svg", letter_views.qr, name="address_qr"),
    path("address/renewal/", letter_views.renew, name="renew_address"),
    path("address/test/", letter_views.test, name="test_address"),
    path("<int:number>/", views.detail, name="detail"),
    path("<int:number>/text/", file_views.body, name="body"),
    path("<int:number>/text/pictures/", file_views.pictures, name="pictures"),
    path("<int:number>/original/", file_views.raw, name="raw"),
    path("<int:number>/print/", views.printed, name="print"),
    path("<int:number>/answer/", writing_views.answer, name="answer"),
    path("<int:number>/unread/", views.unread, name="unread"),
    path("<int:number>/handling/", handling_views.handle, name="handling"),
    path("<int:number>/assignment/", handling_views.assign, name="assignment"),
    path("<int:number>/project/", handling_views.move, name="project"),
    path("<int:number>/ticket/", handling_views.make_ticket, name="ticket"),
    path("<int:number>/hiding/", handling_views.hide, name="hiding"),
    path("<int:number>/files/<int:attachment>/", file_views.attachment, name="attachment"),
    path("<int:number>/files/<int:attachment>/preview/", file_views.preview, name="preview"),
    path("<int:number>/files/<int:attachment>/preview/<int:page>/", file_views.preview_page, name="preview_page"),
]
