from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "gallery.notifications"
    label = "gallery_notifications"
