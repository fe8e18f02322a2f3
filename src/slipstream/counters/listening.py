"""Keeping counts without triggers: by Django's signals, for databases that allow no triggers.

What signals tell of: ``save()`` and ``delete()`` of an instance, cascades that Django carries
out, ``add()``, ``remove()``, ``set()`` and ``clear()``. A count moves by the rows that were really
written: they are read before and after, and inside a transaction locked, so that of two who
delete the same row one subtracts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save

from slipstream.counters.counted import Counted, counts
from slipstream.counters.statements import count_anew, one_moved

__all__ = ["listen"]


def listen() -> None:
    """Connect the counts that say ``maintained_by="signals"``, once all models are there."""
    for counted in counts(apps):
        if counted.field.maintained_by == "signals":
            _Listener(counted).connect()


class _Listener:
    """Moves one count."""

    def __init__(self, counted: Counted) -> None:
        self.counted = counted
        self.through: Any = counted.rows
        # Under which an instance keeps whose rows there were before a write.
        self.note = f"_slipstream_{counted.holder._meta.label_lower}_{counted.field.name}"

    def connect(self) -> None:
        """Connect to every signal that tells of a row."""
        m2m_changed.connect(self.when_related, sender=self.through, weak=False)
        for model in apps.get_models():
            if issubclass(model, self.counted.holder):
                post_save.connect(self.when_loaded, sender=model, weak=False)
        if not self.through._meta.auto_created:
            self._around(pre_save, post_save, self.through, self._itself)
            self._around(pre_delete, post_delete, self.through, self._itself)
        else:
            # Rows without a model of their own go silently with what they relate.
            for end in self.through._meta.local_concrete_fields:
                if end.is_relation and end is not self.counted.key:
                    model = end.remote_field.model
                    self._around(pre_delete, post_delete, model, self._of(end.name))

    def when_related(
        self,
        *,
        instance: models.Model,
        action: str,
        reverse: bool,
        pk_set: set[Any] | None,
        using: str,
        **_kwargs: Any,
    ) -> None:
        """Move the count after ``add()``, ``remove()``, ``set()`` and ``clear()``."""
        when, _, what = action.partition("_")
        if not self.through._meta.auto_created and what != "add":
            return  # its rows tell of themselves
        relation = _relation(self.through)
        ends = relation.m2m_field_name(), relation.m2m_reverse_field_name()
        near, far = reversed(ends) if reverse else ends
        rows = self._rows(using).filter(**{near: instance.pk})
        if pk_set is not None:
            rows = rows.filter(**{f"{far}__in": pk_set})
        held = self._holders(rows)
        if relation.remote_field.symmetrical:
            mirrored = rows.exclude(**{far: instance.pk})  # one's own is one row
            held += Counter(mirrored.values_list(far, flat=True))
        self._note_or_move(instance, held, is_before=when == "pre", using=using)

    def when_loaded(
        self, *, instance: models.Model, created: bool, raw: bool, using: str, **_kwargs: Any
    ) -> None:
        """Count anew for an object of a fixture, which may have its rows before itself."""
        if created and raw:
            connection = connections[using]
            anew = count_anew(self.counted, connection).replace("%", "%%")
            target: Any = self.counted.key.target_field
            key = self._prepared(getattr(instance, target.attname), connection)
            matched = connection.ops.quote_name(self.counted.matched)
            with connection.cursor() as cursor:
                cursor.execute(f"{anew} WHERE {matched} = %s", [key])

    def _around(
        self, before: Any, after: Any, sender: Any, rows: Callable[[Any, Any], Any]
    ) -> None:
        def receive(*, signal: Any, instance: models.Model, using: str, **_kwargs: Any) -> None:
            held = self._holders(rows(self._rows(using), instance))
            self._note_or_move(instance, held, is_before=signal is before, using=using)

        for model in _senders(sender, is_saved=before is pre_save):
            before.connect(receive, sender=model, weak=False)
            after.connect(receive, sender=model, weak=False)

    def _note_or_move(
        self, instance: models.Model, held: Counter[Any], *, is_before: bool, using: str
    ) -> None:
        if is_before:
            instance.__dict__[self.note] = held
            return
        held.subtract(instance.__dict__.pop(self.note, Counter()))
        connection = connections[using]
        statement = one_moved(self.counted, connection)
        moves = {self._prepared(key, connection): n for key, n in held.items() if n}
        with connection.cursor() as cursor:
            for key in sorted(moves):
                cursor.execute(statement, [moves[key], key])

    def _rows(self, using: str) -> Any:
        rows = self.through._base_manager.using(using).order_by()
        condition = self.counted.condition
        return rows if condition is None else rows.filter(condition)

    def _holders(self, rows: Any) -> Counter[Any]:
        connection = connections[rows.db]
        if connection.in_atomic_block and connection.features.has_select_for_update:
            rows = rows.select_for_update()
        held = Counter(rows.values_list(self.counted.key.attname, flat=True))
        del held[None]
        return held

    def _prepared(self, key: Any, connection: Any) -> Any:
        return self.counted.key.target_field.get_db_prep_value(key, connection)

    @staticmethod
    def _itself(rows: Any, instance: Any) -> Any:
        return rows.filter(pk=instance.pk)

    @staticmethod
    def _of(name: str) -> Callable[[Any, Any], Any]:
        return lambda rows, instance: rows.filter(**{name: instance.pk})


def _senders(model: Any, *, is_saved: bool) -> list[Any]:
    """Return the models whose signals tell of rows of ``model``: proxies send their own.

    So do children when they are saved; when they are deleted, their parents do as well.
    """
    return [
        found
        for found in apps.get_models(include_auto_created=True)
        if found._meta.concrete_model is model._meta.concrete_model
        or (is_saved and issubclass(found, model))
    ]


def _relation(through: Any) -> Any:
    """Return the many-to-many field whose rows ``through`` has."""
    owners = [end.remote_field.model for end in through._meta.fields if end.is_relation]
    return next(
        field
        for owner in owners
        for field in owner._meta.many_to_many
        if field.remote_field.through is through
    )
