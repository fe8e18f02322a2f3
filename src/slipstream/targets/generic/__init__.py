"""A key to a row of any model at all: for audit trails and tags.

A thin layer on Django's ``GenericForeignKey``. Prefer a foreign key wherever
the models are known: the database guards that one, while here a target may be
deleted and its rows stay behind. So this key says what becomes of them
(`KEEP` or `DELETE`), reads them as None, keeps what the target was called, and
``manage.py check_targets`` finds them.

::

    class TaggedItem(models.Model):
        tag = models.CharField(max_length=50)
        target = GuardedGenericKey(on_missing=DELETE)

        objects = GuardedQuerySet.as_manager()

Needs ``django.contrib.contenttypes``. Relies on the shape that
``GenericForeignKey`` has in Django 5.2, 6.0 and 6.1.
"""

from slipstream.targets.generic.fields import (
    DELETE,
    KEEP,
    GuardedGenericKey,
    GuardedQuerySet,
    OnMissing,
)

__all__ = ["DELETE", "KEEP", "GuardedGenericKey", "GuardedQuerySet", "OnMissing"]
