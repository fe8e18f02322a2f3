from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "gallery.search"
    label = "gallery_search"
