from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "gallery.live"
    label = "live"
