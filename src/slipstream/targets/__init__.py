"""One row, one of several models, a real foreign key.

`ExclusiveForeignKey` for a known list of models, `LinkForeignKey` for many
models or many that point, and, imported from `slipstream.targets.generic`,
`GuardedGenericKey` for any model at all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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


def __getattr__(name: str) -> Any:
    # Django imports this package before models may be imported, so the public
    # names are looked up at first use.
    if name in __all__:
        for module in ("attributes", "exclusive", "links", "querysets", "models"):
            home = import_module(f"slipstream.targets.{module}")
            if name in home.__all__:
                return getattr(home, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
