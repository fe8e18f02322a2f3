"""The worked examples, and below them what only tests need."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from slipstream.targets.generic import DELETE, KEEP, GuardedGenericKey, GuardedQuerySet


class TaggedItem(models.Model):
    """A tag on a row of any model."""

    tag = models.CharField(max_length=50)
    # The constraint below begins with the columns of the key, and so is its index.
    target = GuardedGenericKey(on_missing=DELETE, snapshot=False, index_with=None)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target_type", "target_id", "tag"], name="trail_tag_once_per_target"
            )
        ]
        indexes = [models.Index(fields=["tag"], name="trail_by_tag")]

    def __str__(self):
        return self.tag


class AuditEntry(models.Model):
    """Who did what to a row of any model; kept when the row is gone."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    action = models.CharField(max_length=20)
    target = GuardedGenericKey(on_missing=KEEP, index_with=["-created_at"])
    changes = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self):
        return f"{self.action} {self.target_text}"


class PlainLink(models.Model):
    """A generic key of Django's own."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, null=True)
    object_id = models.CharField(max_length=100, null=True)  # noqa: DJ001 - for the tests
    target = GenericForeignKey()


class Album(models.Model):
    """A model whose tags go with it at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tags = GenericRelation(
        TaggedItem, content_type_field="target_type", object_id_field="target_id"
    )


class Pointer(models.Model):
    """An abstract model with a key; its Meta is that of its children."""

    subject = GuardedGenericKey(on_missing=DELETE, null=True)
    weight = models.IntegerField(default=0)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["weight"], name="%(class)s_by_weight")]


class Note(Pointer):
    """A concrete child."""


class LongNote(Note):
    """A multi-table child, which has the columns of its parent."""

    class Meta:
        verbose_name = "long note"


class ShortNote(Note):
    """A proxy."""

    class Meta:
        proxy = True


class Memo(Pointer):
    """Another concrete child, with a second key, and with rows that others refer to."""

    other = GuardedGenericKey(on_missing=KEEP, null=True)


class MemoLine(models.Model):
    memo = models.ForeignKey(Memo, models.CASCADE)
