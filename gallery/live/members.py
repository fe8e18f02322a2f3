"""What is asked of the members whose pages are open: all at once."""

from collections.abc import Collection, Iterable

from django.contrib.sessions.models import Session
from django.utils import timezone

from gallery.accounts.models import User
from gallery.live.streams import Watch
from slipstream.follows.models import Follow


def followers_among(users: Collection[int], actors: Collection[int]) -> set[int]:
    """Return which of ``users`` follow one of ``actors``. At most one query."""
    if not users:
        return set()
    # By the unique pair; as many rows as there are pairs of an open page and someone who did
    # something, never one per follower.
    pairs = Follow.objects.filter(follower__in=users, following__in=actors).order_by()
    return set(pairs.values_list("follower", flat=True).distinct())


def gone(watches: Iterable[Watch]) -> set[Watch]:
    """Return which of ``watches`` are of members who signed out, or may not sign in. Two queries.

    A new password ends the others' sessions, and so it does here.
    """
    signed_in = [watch for watch in watches if watch.user is not None]
    if not signed_in:
        return set()
    sessions = Session.objects.filter(
        session_key__in={watch.session for watch in signed_in}, expire_date__gt=timezone.now()
    )
    open_sessions = set(sessions.values_list("session_key", flat=True))
    people = User.objects.filter(pk__in={watch.user for watch in signed_in}, is_active=True)
    hashes = {person.pk: person.get_session_auth_hash() for person in people}
    return {
        watch
        for watch in signed_in
        if watch.session not in open_sessions or hashes.get(watch.user) != watch.session_hash
    }
