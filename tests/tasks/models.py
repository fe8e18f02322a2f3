"""The models of docs/how-to/point-at-several-models.md."""

from django.conf import settings
from django.db import models

from slipstream.targets import ExclusiveForeignKey, LinkForeignKey, PointingModel, TargetLink


class Task(PointingModel):
    title = models.CharField(max_length=100)
    due = models.DateField(null=True, blank=True)
    owner = ExclusiveForeignKey(
        settings.AUTH_USER_MODEL,
        "auth.Group",
        on_delete=models.CASCADE,
        related_name="tasks",
        index_with=["due"],
    )


class Party(TargetLink):
    target_models = [settings.AUTH_USER_MODEL, "auth.Group"]


class Errand(PointingModel):
    title = models.CharField(max_length=100)
    owner = LinkForeignKey(Party, on_delete=models.CASCADE, related_name="errands")
