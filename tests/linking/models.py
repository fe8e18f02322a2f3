"""A link table, and two models that point through it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from slipstream.targets import LinkForeignKey, PointingModel, TargetLink


class Link(TargetLink):
    target_models = [
        "things.Picture",
        "things.Document",
        "things.Tag",
        "things.Cover",
        "things.Place",
        settings.AUTH_USER_MODEL,
    ]


class Remark(PointingModel):
    """Points at something always."""

    text = models.CharField(max_length=100, default="well")
    about = LinkForeignKey(
        Link, on_delete=models.CASCADE, related_name="remarks", index_with=["-id"]
    )


class Bookmark(models.Model):
    """Points at something or nothing; a plain model with a plain manager."""

    target = LinkForeignKey("linking.Link", on_delete=models.SET_NULL, null=True)
