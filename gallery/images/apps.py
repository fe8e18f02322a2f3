from functools import partial
from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class ImagesConfig(AppConfig):
    name = "gallery.images"
    label = "images"
    verbose_name = _("Pictures")

    def ready(self) -> None:
        # However a row goes, by purge, admin or cascade, its files go with it.
        post_delete.connect(_discard_files, sender="images.Image")


def _discard_files(*, instance: Any, using: str, **_kwargs: Any) -> None:
    from gallery.images import files

    discard = partial(files.discard, instance.image, public=instance.is_public)
    transaction.on_commit(discard, using=using, robust=True)
