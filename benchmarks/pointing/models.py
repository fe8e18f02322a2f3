"""Four ways to point at an image, an album or a note.

Each way has targets of its own, so that what deletes a target in one of them
does not look for the rows of the others.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models

from slipstream.targets import (
    ExclusiveForeignKey,
    LinkForeignKey,
    PointingModel,
    Target,
    TargetLink,
)
from slipstream.targets.generic import KEEP, GuardedGenericKey, GuardedQuerySet

KINDS = ("image", "album", "note")


class Thing(models.Model):
    """What rows point at."""

    title = models.CharField(max_length=100)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


def thing(name: str, **attributes: Any) -> Any:
    """Return a new model of things."""
    return type(name, (Thing,), {"__module__": __name__, **attributes})


def actor() -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")


# -- one real column per model: ours

ExclusiveImage, ExclusiveAlbum, ExclusiveNote = (thing(f"Exclusive{k.title()}") for k in KINDS)


class ExclusiveRow(PointingModel):
    actor = actor()
    target = ExclusiveForeignKey(
        *(Target(f"Exclusive{kind.title()}", name=kind) for kind in KINDS),
        on_delete=models.CASCADE,
        index_with=["-created_at"],
    )
    created_at = models.DateTimeField()


# -- Django's generic key, as usually done

GenericImage, GenericAlbum, GenericNote = (
    thing(f"Generic{k.title()}", rows=GenericRelation("GenericRow")) for k in KINDS
)


class GenericRow(models.Model):  # noqa: DJ008 - nobody looks at it
    actor = actor()
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["content_type", "object_id", "-created_at"], name="generic_newest")
        ]


# -- through a link table: ours

LinkImage, LinkAlbum, LinkNote = (thing(f"Link{k.title()}") for k in KINDS)


class Link(TargetLink):
    target_models = [Target(f"Link{kind.title()}", name=kind) for kind in KINDS]


class LinkRow(PointingModel):
    actor = actor()
    target = LinkForeignKey(Link, on_delete=models.CASCADE, index_with=["-created_at"])
    created_at = models.DateTimeField()


# -- a guarded generic key: ours

GuardedImage, GuardedAlbum, GuardedNote = (thing(f"Guarded{k.title()}") for k in KINDS)


class GuardedRow(models.Model):  # noqa: DJ008 - nobody looks at it
    actor = actor()
    target = GuardedGenericKey(on_missing=KEEP, index_with=["-created_at"])
    created_at = models.DateTimeField()

    objects = GuardedQuerySet.as_manager()


THINGS: dict[str, tuple[Any, ...]] = {
    "ours": (ExclusiveImage, ExclusiveAlbum, ExclusiveNote),
    "generic": (GenericImage, GenericAlbum, GenericNote),
    "link": (LinkImage, LinkAlbum, LinkNote),
    "guarded": (GuardedImage, GuardedAlbum, GuardedNote),
}
ROWS: dict[str, Any] = {
    "ours": ExclusiveRow,
    "generic": GenericRow,
    "link": LinkRow,
    "guarded": GuardedRow,
}
