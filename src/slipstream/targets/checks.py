"""System checks of targets.

- ``slipstream_targets.E001``: a target is no model of an installed app.
- ``slipstream_targets.E002``: a target is abstract.
- ``slipstream_targets.E003``: a target is listed twice, or beside its proxy.
- ``slipstream_targets.E004``: two targets would have the same column.
- ``slipstream_targets.E005``: no target is listed.
- ``slipstream_targets.E006``: deletion would leave a row that points at nothing, against its rule.
- ``slipstream_targets.E007``: something else has the name of the plain value, ``target_key``.
- ``slipstream_targets.E008``: a link goes through a model that is no ``TargetLink``.
- ``slipstream_targets.W001``: more targets than a row should have columns for.
- ``slipstream_targets.W002``: rows cannot be deleted with the rows of the same model that they
  point at, on this engine (with ``check --database`` and at each ``migrate``).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import connections, models

__all__ = ["MOST_TARGETS", "check_field", "check_keys", "check_link"]

MOST_TARGETS = 15
"""Above this a link table is smaller and faster."""


def check_keys(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Check each key; ``Model.check()`` leaves out fields without a column. No query."""
    from slipstream.targets.fields import TargetField

    configs = apps.get_app_configs() if app_configs is None else app_configs
    return [
        message
        for config in configs
        for model in config.get_models()
        for field in model._meta.private_fields
        if isinstance(field, TargetField) and field.model is model
        for message in [*field.check(**kwargs), *_check_engines(field, kwargs.get("databases"))]
    ]


def check_field(field: Any) -> Iterator[checks.CheckMessage]:
    """Yield what is wrong with an ``ExclusiveForeignKey``."""
    if not field.declared:
        yield checks.Error(
            f"{field} has no target.",
            hint="List models in the field, or on the concrete model: "
            f'{field.name}_models = ["app.Model", …].',
            obj=field,
            id="slipstream_targets.E005",
        )
        return
    yield from _check_name(field)
    yield from _check_models(field)
    yield from _check_duplicates(field)
    yield from _check_deletion(field)
    if len(field.columns) > MOST_TARGETS:
        yield checks.Warning(
            f"{field} has {len(field.columns)} targets, and each row as many columns and the"
            f" table as many indexes.",
            hint="With more than about 15, point at a TargetLink, with LinkForeignKey.",
            obj=field,
            id="slipstream_targets.W001",
        )


def _check_engines(field: Any, databases: Any) -> Iterator[checks.CheckMessage]:
    columns = getattr(field, "columns", ())
    to_itself = any(column.remote_field.model is field.model for column in columns)
    if field.null or not to_itself:
        return
    for alias in databases or ():
        if not connections[alias].features.can_defer_constraint_checks:
            yield checks.Warning(
                f"{field} always points at something, and may point at rows of its own table."
                f" {connections[alias].display_name} checks each row as it goes, so a row cannot"
                " be deleted together with what it points at.",
                hint="Allow null=True: rows then let go first. Or use models.PROTECT.",
                obj=field,
                id="slipstream_targets.W002",
            )


def _check_name(field: Any) -> Iterator[checks.CheckMessage]:
    taken = {other.name for other in field.model._meta.local_fields}
    if field.attname in taken:
        yield checks.Error(
            f"{field} has its plain value in {field.attname!r}, and a field has that name too.",
            hint="Rename that field, or the target that makes it: Target(…, name=…).",
            obj=field,
            id="slipstream_targets.E007",
        )


def check_link(field: Any) -> Iterator[checks.CheckMessage]:
    """Yield what is wrong with a ``LinkForeignKey``."""
    from slipstream.targets.links import TargetLink

    yield from _check_name(field)
    model = field.link_column.remote_field.model
    if not isinstance(model, str) and not issubclass(model, TargetLink):
        yield checks.Error(
            f"{field} goes through {model._meta.label}, which is no TargetLink.",
            hint="Declare class Link(TargetLink): target_models = […], and name that.",
            obj=field,
            id="slipstream_targets.E008",
        )


def _check_models(field: Any) -> Iterator[checks.CheckMessage]:
    labels = {model._meta.label.lower(): model._meta.label for model in apps.get_models()}
    for column in field.columns:
        model = column.remote_field.model
        if not isinstance(model, str):
            if model._meta.abstract:
                yield checks.Error(
                    f"{field} has the abstract target {model._meta.label}.",
                    hint="Abstract models have no rows; list the concrete ones.",
                    obj=field,
                    id="slipstream_targets.E002",
                )
            continue
        close = difflib.get_close_matches(model.lower(), labels, n=3)
        yield checks.Error(
            f"{field} has the target {model!r}, which is no model of an installed app.",
            hint="Did you mean " + " or ".join(labels[label] for label in close) + "?"
            if close
            else 'Say "app_label.ModelName", and list its app in INSTALLED_APPS.',
            obj=field,
            id="slipstream_targets.E001",
        )


def _check_duplicates(field: Any) -> Iterator[checks.CheckMessage]:
    seen: dict[Any, str] = {}
    names: dict[str, Any] = {}
    resolved = {column.name: column.remote_field.model for column in field.columns}
    for target in field.declared:
        name = f"{field.name}_{target.name_on(field.model)}"
        model = _model_of(target.model, field.model, resolved[name])
        key = model if isinstance(model, str) else model._meta.concrete_model
        label = model if isinstance(model, str) else model._meta.label
        if key in seen:
            yield checks.Error(
                f"{field} lists {seen[key]} and {label}, which are the same table.",
                hint="Keep one of them: a row could not tell which it points at.",
                obj=field,
                id="slipstream_targets.E003",
            )
        elif name in names:
            yield checks.Error(
                f"{field} would have the column {name!r} for both {names[name]} and {label}.",
                hint=f'Give one of them another name: Target("{label}", name="…").',
                obj=field,
                id="slipstream_targets.E004",
            )
        seen.setdefault(key, label)
        names.setdefault(name, label)


def _model_of(reference: Any, owner: Any, resolved: Any) -> Any:
    """Return the model that ``reference`` names, or the reference where there is none."""
    if not isinstance(reference, str):
        return reference
    if reference == "self":
        return owner
    label = reference if "." in reference else f"{owner._meta.app_label}.{reference}"
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return reference


def _check_deletion(field: Any) -> Iterator[checks.CheckMessage]:
    nulling = {models.SET_NULL, getattr(models, "DB_SET_NULL", models.SET_NULL)}
    for column in field.columns:
        if column.remote_field.on_delete in nulling and not field.null:
            yield checks.Error(
                f"{column} is set to null when its target is deleted, but {field} must always"
                " point at something.",
                hint="Let rows go with their target (models.CASCADE), keep the target while rows"
                " point at it (models.PROTECT), or allow null=True.",
                obj=field,
                id="slipstream_targets.E006",
            )
