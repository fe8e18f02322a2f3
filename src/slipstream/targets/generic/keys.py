"""Primary keys of any type as text and back, and the models that content types stand for.

What `slipstream.targets.generic` and `slipstream.targets.generic.dangling` have in common.
Needs ``django.contrib.contenttypes``.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connections, models, router

from slipstream.exceptions import InvalidTarget

__all__ = [
    "KEY_LENGTH",
    "database_of",
    "key_text",
    "key_value",
    "model_of",
    "plain_value",
    "type_id_of",
]

KEY_LENGTH = 255
"""What MySQL allows a primary key of text; 1,020 of the 3,072 bytes that its index may have."""


def key_text(target: Any) -> str:
    """Return the primary key of ``target`` as the one text that stands for it.

    Raises `InvalidTarget` unless ``target`` is a saved model instance whose key is
    of one column, at most 255 characters long as text, and the same when read back.
    """
    if not isinstance(target, models.Model):
        raise InvalidTarget(f"Expected a saved model instance, got {type(target).__name__}.")
    label = target._meta.label
    if isinstance(target._meta.pk, models.CompositePrimaryKey):
        raise InvalidTarget(f"{label} has a composite primary key, which no generic key can hold.")
    if target._state.adding or target.pk is None:
        raise InvalidTarget(f"This {label} is not saved yet, or was deleted: save it first.")
    field = _key_field(target)
    value = field.to_python(target.pk)
    # The text that serializers write, made for a field of another model, perhaps.
    text = str(field.value_to_string(SimpleNamespace(**{field.attname: value})))
    if len(text) > KEY_LENGTH:
        raise InvalidTarget(f"The key of this {label} is longer than {KEY_LENGTH} characters.")
    if field.to_python(text) != value:
        raise InvalidTarget(f"The key of this {label} changes when written as text and read back.")
    return text


def key_value(
    model: type[models.Model] | models.Model, text: Any, *, using: str = DEFAULT_DB_ALIAS
) -> Any:
    """Return the primary key of ``model`` that ``text`` stands for, None if for none.

    None as well for an integer that the column on ``using`` cannot hold, which
    engines refuse to compare with. Never raises; no query.
    """
    field = _key_field(model)
    try:
        value = field.to_python(text)
    except (ValidationError, ValueError, TypeError, ArithmeticError):
        return None
    if isinstance(field, models.IntegerField) and not _fits(field, value, using=using):
        return None
    return value


def plain_value(target: models.Model) -> Any:
    """Return the primary key of ``target`` as `key_value` would."""
    return _key_field(target).to_python(target.pk)


def type_id_of(target: models.Model, *, using: str | None) -> int:
    """Return the primary key of the content type of ``target`` on the database ``using``.

    Of the concrete model, if ``target`` is a proxy. One query per model and
    process, as Django remembers content types.
    """
    # Its proxies have the content type of the concrete model.
    return int(ContentType.objects.db_manager(using).get_for_model(target._meta.model).pk)


def model_of(type_id: Any, *, using: str | None) -> type[models.Model] | None:
    """Return the model that a content type of ``using`` stands for, None if there is none now.

    None as well for a model that was swapped out or has a composite key. One
    query per content type and process.
    """
    try:
        model = ContentType.objects.db_manager(using).get_for_id(type_id).model_class()
    except ContentType.DoesNotExist:
        return None
    if model is None or model._meta.swapped:
        return None
    return None if isinstance(model._meta.pk, models.CompositePrimaryKey) else model


def database_of(model: type[models.Model], *, beside: str | None) -> str:
    """Return where to read targets: beside the row, or where the router puts ``model``."""
    if beside and router.allow_migrate_model(beside, model):
        return beside
    return str(router.db_for_read(model))


def _fits(field: models.IntegerField[Any, Any], value: int | None, *, using: str) -> bool:
    # Both are None where an engine has no limits.
    limits: Any = connections[using].ops.integer_field_range(field.get_internal_type())
    low, high = limits
    return value is not None and (low is None or low <= value) and (high is None or value <= high)


def _key_field(model: type[models.Model] | models.Model) -> Any:
    """The field that makes the key: at the end of the chain, where that is a one-to-one."""
    field: Any = model._meta.pk
    while field.remote_field:
        field = field.target_field
    return field
