"""What test models point at: each kind of primary key, and each kind of inheritance."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Picture(models.Model):
    """Integer key."""

    title = models.CharField(max_length=100, default="a picture")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True)

    def __str__(self) -> str:
        return self.title


class FeaturedPicture(Picture):
    """A proxy."""

    class Meta:
        proxy = True


class Document(models.Model):
    """UUID key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=100, default="a document")

    def __str__(self) -> str:
        return self.title


class Tag(models.Model):
    """Text key."""

    name = models.CharField(max_length=50, primary_key=True)

    def __str__(self) -> str:
        return self.name


class Cover(models.Model):
    """A key that is a one-to-one with another model."""

    picture = models.OneToOneField(Picture, models.CASCADE, primary_key=True)

    def __str__(self) -> str:
        return f"cover {self.pk}"


class Place(models.Model):
    """The parent of a model with a table of its own."""

    title = models.CharField(max_length=100, default="a place")

    def __str__(self) -> str:
        return self.title


class Restaurant(Place):
    """Its child."""

    stars = models.IntegerField(default=0)
