"""What a list of people shows of each."""

from django.contrib.auth.models import AnonymousUser

from gallery.accounts.models import User, UserQuerySet
from slipstream.follows import with_follow_counts, with_follow_state


def cards(people: UserQuerySet, viewer: User | AnonymousUser) -> UserQuerySet:
    """Return ``people`` with all that a card shows to ``viewer``, in the same query."""
    return with_follow_state(with_follow_counts(people), viewer)
