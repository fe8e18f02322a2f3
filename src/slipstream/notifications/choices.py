"""What each user wants to be told of."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import router

from slipstream.activity.verbs import Verb
from slipstream.notifications.models import Preference
from slipstream.notifications.rules import Rule, declared_rules, get_rule
from slipstream.sql import insert_or_ignore, retrying_deadlocks
from slipstream.users import check_user

__all__ = ["choices_of", "preferences", "set_preference"]


def preferences(user: Any) -> list[tuple[Rule, bool]]:
    """Return each rule, in the order of declaration, and whether ``user`` is told by it.

    One query. Raises `InvalidUser` for an anonymous or unsaved user.
    """
    check_user(user)
    using = router.db_for_read(Preference, instance=user)
    rules = declared_rules()
    chosen = choices_of([user.pk], [rule.code for rule in rules], using=using)
    return [(rule, chosen.get((user.pk, rule.code), rule.on)) for rule in rules]


def set_preference(user: Any, verb: Verb | str, *, is_on: bool) -> None:
    """Note whether ``user`` wants to be told of ``verb``; what they were told before stays.

    Idempotent, and stays whatever the rule's default becomes. One statement, two the first
    time. Part of the caller's transaction; outside of one, deadlocks are tried again. Raises
    `InvalidUser`, `UndeclaredVerb`, and `UndeclaredRule` for a verb that nobody is told of.
    """
    check_user(user)
    code = get_rule(verb).code
    using = router.db_for_write(Preference, instance=user)
    rows = Preference.objects.using(using).filter(user=user.pk, verb=code)
    row = Preference(user_id=user.pk, verb=code, is_on=is_on)

    def write() -> None:
        if not rows.update(is_on=is_on) and not insert_or_ignore(row, using=using):
            rows.update(is_on=is_on)

    retrying_deadlocks(write, using=using)


def choices_of(
    users: Collection[Any], verbs: Collection[str], *, using: str
) -> dict[tuple[Any, str], bool]:
    """Return what those of ``users`` chose who chose anything, by user and verb. One query."""
    rows = Preference.objects.using(using).filter(user__in=users, verb__in=verbs)
    return {(row[0], row[1]): row[2] for row in rows.values_list("user_id", "verb", "is_on")}
