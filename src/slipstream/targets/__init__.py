"""One row, one of several models, a real foreign key.

`ExclusiveForeignKey` for a known list of models, `LinkForeignKey` for many
models or many that point, and, imported from `slipstream.targets.generic`,
`GuardedGenericKey` for any model at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipstream.lazy import lazily

if TYPE_CHECKING:
    from slipstream.targets.attributes import TargetKey
    from slipstream.targets.exclusive import ExclusiveForeignKey, ExclusiveOneToOneField, Target
    from slipstream.targets.links import LinkForeignKey, TargetLink, links_for
    from slipstream.targets.models import PointingModel
    from slipstream.targets.querysets import TargetQuerySet

__all__ = [
    "ExclusiveForeignKey",
    "ExclusiveOneToOneField",
    "LinkForeignKey",
    "PointingModel",
    "Target",
    "TargetKey",
    "TargetLink",
    "TargetQuerySet",
    "links_for",
]


__getattr__ = lazily(__name__, __all__, ("attributes", "exclusive", "links", "querysets", "models"))
