"""Public names of a capability, looked up at first use.

Django imports the package of an app before models may be imported, so a capability cannot
import them where it lists its public names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

__all__ = ["lazily"]


def lazily(package: str, names: Sequence[str], modules: Sequence[str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of ``package``: it finds ``names`` in those of its ``modules``.

    A name is in the ``__all__`` of the module that it comes from.
    """

    def find(name: str) -> Any:
        if name in names:
            for module in modules:
                home = import_module(f"{package}.{module}")
                if name in home.__all__:
                    return getattr(home, name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find
