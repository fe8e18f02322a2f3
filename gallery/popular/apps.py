from django.apps import AppConfig


class PopularConfig(AppConfig):
    name = "gallery.popular"
    label = "popular"
