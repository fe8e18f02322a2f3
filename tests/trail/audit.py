"""Writing the audit trail."""

from __future__ import annotations

from django.db import models

from .models import AuditEntry


def record_change(actor, before, after, *, leave_out=("password",)):
    """Record who changed a row from ``before`` to ``after``; return the entry, if any.

    ``before`` is None for a row just made, ``after`` for one about to be deleted.
    """
    old, new = _values(before, leave_out), _values(after, leave_out)
    changes = {
        name: [old.get(name), new.get(name)]
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }
    if not changes:
        return None
    action = "create" if before is None else "delete" if after is None else "change"
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        target=before if after is None else after,
        changes=changes,
    )


def _values(row: models.Model | None, leave_out):
    """The columns of ``row`` as JSON can say them."""
    if row is None:
        return {}
    unread = row.get_deferred_fields()
    values = {}
    for field in row._meta.concrete_fields:
        if field.name not in leave_out and field.attname not in unread:
            value = field.value_from_object(row)
            plain = value is None or isinstance(value, str | int | float)
            values[field.name] = value if plain else field.value_to_string(row)
    return values
