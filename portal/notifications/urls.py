"""Addresses of one's own notifications."""

from django.urls import include, path

from portal.notifications import delivery_views, views

pages = [
    path("", views.index, name="index"),
    path("reading/", views.read_all, name="read_all"),
    path("<int:pk>/", views.follow, name="follow"),
    path("preferences/", views.preferences, name="preferences"),
    path("bell/", views.bell_fragment, name="bell"),
    path("off/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("deliveries/", delivery_views.index, name="deliveries"),
    path("deliveries/replies/", delivery_views.replies, name="replies"),
    path("deliveries/replies/<int:pk>/", delivery_views.settle, name="settle_reply"),
    path("deliveries/replies/<int:pk>/original/", delivery_views.original, name="reply_original"),
]
urlpatterns = [path("notifications/", include((pages, "notifications")))]
