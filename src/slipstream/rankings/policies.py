"""Which models' objects are viewed, and which views count: declared once per model.

An app declares its policies in its module ``rankings``, which is imported at start::

    from slipstream.rankings import ViewPolicy, register

    register(Image, ViewPolicy(once_per=timedelta(minutes=30), owner="user"))
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from slipstream.exceptions import NotRanked

__all__ = ["ViewPolicy", "kind_of", "policy_of", "ranked_models", "register"]

#: The longest ``once_per``: a century.
LONGEST = timedelta(days=36_525)

_policies: dict[type[models.Model], ViewPolicy] = {}


@dataclass(frozen=True)
class ViewPolicy:
    """Which views of a model's objects count.

    Raises ``ValueError`` for a time below zero, and for ``once_per`` above a century.
    """

    once_per: timedelta = timedelta()
    """The same viewer counts once within it; zero: each time."""
    owner: str = ""
    """The foreign key to whom an object belongs, if its owner's views are to be told."""
    count_owner: bool = False
    """Whether the views of ``owner`` count."""
    half_life: timedelta = timedelta(days=1)
    """Time after which a view weighs half as much in what is trending."""

    def __post_init__(self) -> None:
        if not timedelta() <= self.once_per <= LONGEST:
            raise ValueError(f"once_per is from nothing to {LONGEST.days} days.")
        if self.half_life <= timedelta():
            raise ValueError("half_life has to be more than nothing.")


def register(model: type[models.Model], policy: ViewPolicy) -> None:
    """Declare that views of ``model``, its proxies included, are counted as ``policy`` says.

    Raises ``ValueError`` for an abstract model, for one that has another policy, and for
    an ``owner`` that is no foreign key of it.
    """
    if model._meta.abstract:
        raise ValueError(f"{model.__name__} is abstract: register the models made of it.")
    if policy.owner:
        try:
            field = model._meta.get_field(policy.owner)
        except FieldDoesNotExist as error:
            raise ValueError(str(error)) from error
        if not isinstance(field, models.ForeignKey):
            raise ValueError(f"{model._meta.label}.{policy.owner} is no foreign key.")
    concrete: Any = model._meta.concrete_model
    if _policies.setdefault(concrete, policy) != policy:
        raise ValueError(f"{model._meta.label} has two policies.")


def policy_of(model: type[models.Model]) -> ViewPolicy:
    """Return the policy of ``model``; raise `NotRanked` if it has none."""
    concrete: Any = model._meta.concrete_model
    try:
        return _policies[concrete]
    except KeyError:
        names = ", ".join(sorted(m._meta.label for m in _policies)) or "none"
        raise NotRanked(
            f"Views of {model._meta.label} are not counted; counted are those of {names}."
            " Declare a ViewPolicy in an app's rankings.py."
        ) from None


def ranked_models() -> tuple[type[models.Model], ...]:
    """Return the models that have a policy, in the order of their declaration."""
    return tuple(_policies)


def kind_of(model: type[models.Model]) -> str:
    """Return by what name a model's objects are kept."""
    concrete: Any = model._meta.concrete_model
    return str(concrete._meta.label_lower)
