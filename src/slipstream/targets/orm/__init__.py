"""What in `slipstream.targets` reaches below the ORM's public names.

Checked against Django 5.2, 6.0 and 6.1. It uses

- ``Field.get_col()`` and ``Field.get_lookup()``, by which composite primary keys
  are filtered too, with ``ColPairs`` and ``WhereNode``: filters work with any manager;
- ``Options.original_attrs``, which is what migrations read of a model's ``Meta``;
- ``Collector.collect()`` in an ``on_delete``, and ``lazy_sub_objs``;
- ``QuerySet.query.select_related``, to say by paths what a queryset would join.

Besides, keys are private fields (``mti_inherited``), keep what they loaded in
``_state.fields_cache``, and `slipstream.targets.querysets` reads ``query.deferred_loading``.
"""

from slipstream.targets.orm.columns import (
    LinkingForeignKey,
    TargetForeignKey,
    TargetOneToOneField,
    add_to_meta,
)
from slipstream.targets.orm.joins import joins_of
from slipstream.targets.orm.links import LINK_LOOKUPS, LinkColumn
from slipstream.targets.orm.lookups import LOOKUPS, TargetColumns

__all__ = [
    "LINK_LOOKUPS",
    "LOOKUPS",
    "LinkColumn",
    "LinkingForeignKey",
    "TargetColumns",
    "TargetForeignKey",
    "TargetOneToOneField",
    "add_to_meta",
    "joins_of",
]
