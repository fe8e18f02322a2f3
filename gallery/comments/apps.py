from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "gallery.comments"
    label = "comments"
