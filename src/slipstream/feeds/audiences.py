"""Whose activities a person sees: the seam between feeds and who knows whom.

``SLIPSTREAM_FEED_AUDIENCE`` is the dotted path of a function that takes the user
and returns a queryset of one column, the primary keys of actors::

    def colleagues(user):
        return User.objects.filter(team=user.team).values("pk")

Any queryset: with joins, with keys that come twice or are null, sliced, or a
union. It becomes a subquery, so its rows are never fetched. Without the setting
it is those whom the user follows, if ``slipstream.follows`` is installed, and
otherwise everyone.

Uses ``Query.get_compiler()`` and the compiler's ``as_sql()`` and ``select``, and
``Query.is_sliced`` and ``distinct_fields``, which are not public; checked against
Django 5.2, 6.0 and 6.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import connections
from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from slipstream.conf import FEED_AUDIENCE
from slipstream.feeds.shapes import FOLLOWED, Sql, fill, listed

__all__ = ["Subquery", "audience_function", "audience_of"]


class Subquery(NamedTuple):
    """A ``SELECT`` of one column, with its parameters."""

    sql: str
    params: tuple[Any, ...]


def audience_of(user: Model, *, using: str) -> Subquery | None:
    """Return the actors whose activities ``user`` sees. No query.

    None stands for everyone: there is no audience, or it is known to be empty.

    Raises ``ImproperlyConfigured`` where the setting is wrong, or its function
    returns anything but a queryset of one column.
    """
    function = audience_function()
    if function is None:
        return None
    if function is _followed:
        return _select_followed(user, using=using)
    audience = function(user)
    if not isinstance(audience, QuerySet):
        raise ImproperlyConfigured(
            f"{FEED_AUDIENCE.name} returned {type(audience).__name__}, not a queryset."
        )
    try:
        return _compile(audience, using=using)
    except EmptyResultSet:
        # Django knows that it is empty, as with .none().
        return None


def audience_function() -> Callable[[Any], Any] | None:
    """Return the function that says who belongs to an audience; None: everyone does.

    Raises ``ImproperlyConfigured`` where the setting names no function.
    """
    path = FEED_AUDIENCE.get()
    if not path:
        return _followed if apps.is_installed("slipstream.follows") else None
    try:
        function = import_string(path)
    except (ImportError, TypeError, AttributeError) as error:
        raise ImproperlyConfigured(f"{FEED_AUDIENCE.name} is {path!r}: {error}") from error
    if not callable(function):
        raise ImproperlyConfigured(f"{FEED_AUDIENCE.name} is {path!r}, which is no function.")
    return function  # type: ignore[no-any-return]


def _followed(user: Model) -> QuerySet[Any, Any]:
    # Feeds stand above follows, and work without it.
    from slipstream.follows.models import Follow

    return Follow.objects.filter(follower=user.pk).values("following")


def _select_followed(user: Model, *, using: str) -> Subquery:
    """Return `_followed` as SQL by hand: to compile it each time is a tenth of a page."""
    from slipstream.follows.models import Follow

    connection = connections[using]
    quote = connection.ops.quote_name
    follower: Any = Follow._meta.get_field("follower")
    following: Any = Follow._meta.get_field("following")
    parts = {
        "follows": Sql(quote(Follow._meta.db_table)),
        "follower": Sql(quote(follower.column)),
        "following": Sql(quote(following.column)),
        "viewer": listed(follower.get_db_prep_value(user.pk, connection)),
    }
    return Subquery(*fill(FOLLOWED, parts))


def _compile(audience: QuerySet[Any, Any], *, using: str) -> Subquery:
    query = audience.query
    if not (query.is_sliced or query.distinct_fields):
        # Its order says nothing here, and may cost.
        query = audience.order_by().query
    compiler = query.get_compiler(using)
    sql, params = compiler.as_sql()
    if len(compiler.select) != 1:
        raise ImproperlyConfigured(
            f"{FEED_AUDIENCE.name} returned a queryset of {len(compiler.select)} columns, not of"
            ' one: the primary keys of actors, as by .values("pk").'
        )
    return Subquery(sql, tuple(params))
