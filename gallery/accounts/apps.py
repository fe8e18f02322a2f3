from functools import partial
from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "gallery.accounts"
    label = "accounts"
    verbose_name = _("People and permissions")

    def ready(self) -> None:
        post_delete.connect(_discard_files, sender="accounts.User")


def _discard_files(*, instance: Any, using: str, **_kwargs: Any) -> None:
    from gallery.accounts.photos import discard_photo

    if instance.photo:
        discard = partial(discard_photo, instance.photo)
        transaction.on_commit(discard, using=using, robust=True)
