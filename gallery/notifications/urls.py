from django.urls import path

from gallery.notifications import views

app_name = "notifications"

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read_all, name="read-all"),
    path("account/settings/notifications/", views.preferences, name="preferences"),
]
