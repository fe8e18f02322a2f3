from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "gallery.insights"
    label = "insights"
