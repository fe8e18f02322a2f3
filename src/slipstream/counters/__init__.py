"""How many: counts that are stored where they are read, and are always right.

Install the app ``slipstream.counters``, declare a `CountField` and migrate. `recount`
and the command of that name compare with the rows and repair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipstream.lazy import lazily

if TYPE_CHECKING:
    from slipstream.counters.fields import CountField
    from slipstream.counters.services import Tally, recount

__all__ = ["CountField", "Tally", "recount"]


__getattr__ = lazily(__name__, __all__, ("fields", "services"))
