"""What people act on, and their activities."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from slipstream.activity.models import AbstractActivity


class Profile(models.Model):
    """What a page shows of a person beside the name."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    headline = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.headline


class Image(models.Model):
    title = models.CharField(max_length=100)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.title


class Comment(models.Model):
    body = models.CharField(max_length=100)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.body


class Activity(AbstractActivity):
    target_models = [Image, settings.AUTH_USER_MODEL, Comment]

    class Meta(AbstractActivity.Meta):
        abstract = False
