"""What following costs: ours, beside hand-written SQL and beside the way tutorials show.

``./dev bench follows --engine postgres`` (or ``sqlite``, ``mariadb``). Ten thousand
people, some 200,000 follows with a heavy tail; the star is followed by all. All
three ways run in turns in one process, so their ratio holds on a noisy machine;
the figures themselves do not.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from random import Random
from typing import Any

from benchmarks.project import Way, measure, project_on, report

PEOPLE, FOLLOWS, PAGE = 10_000, 200_000, 24
ROUNDS = 200


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser("./dev bench follows", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "mariadb"), default="sqlite")
    engine = parser.parse_args(arguments).engine
    with ExitStack() as stack:
        stack.enter_context(project_on(engine))
        make_community()
        rows = [
            ("follow and unfollow the star", measure(writes(), ROUNDS)),
            (f"page of {PAGE} people, counts and state", measure(pages(), ROUNDS)),
        ]
        report("follows", engine, rows)


def make_community() -> None:
    """Fill the tables; the counts come by themselves."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    from slipstream.follows.models import Follow

    random = Random(1)
    model = get_user_model()
    model.objects.bulk_create([model(username=f"u{i}") for i in range(PEOPLE)], batch_size=1000)
    keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
    pairs = {(key, keys[0]) for key in keys[2:]}
    while len(pairs) < FOLLOWS:
        # A heavy tail: the lower the index, the more followers.
        pairs.add((random.choice(keys[2:]), keys[int(PEOPLE * random.random() ** 4)]))
    follows = (Follow(follower_id=a, following_id=b) for a, b in sorted(pairs) if a != b)
    Follow.objects.bulk_create(follows, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute({"mysql": "ANALYZE TABLE auth_user"}.get(connection.vendor, "ANALYZE"))


def writes() -> dict[str, Way]:
    """Follow and unfollow somebody with ten thousand followers."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.utils import timezone

    from slipstream.follows import follow, unfollow
    from slipstream.follows.models import Follow, FollowCounts

    star, fan = get_user_model().objects.order_by("pk")[:2]
    ignore, suffix = (
        ("IGNORE ", "") if connection.vendor == "mysql" else ("", " ON CONFLICT DO NOTHING")
    )
    insert = (
        f"INSERT {ignore}INTO slipstream_follows_follow (follower_id, following_id, followed_at)"
        f" VALUES (%s, %s, %s){suffix}"
    )
    delete = "DELETE FROM slipstream_follows_follow WHERE follower_id = %s AND following_id = %s"

    def ours() -> None:
        assert follow(fan, star)
        assert unfollow(fan, star)

    def by_hand() -> None:
        with connection.cursor() as cursor:
            now = connection.ops.adapt_datetimefield_value(timezone.now())
            cursor.execute(insert, [fan.pk, star.pk, now])
            cursor.execute(delete, [fan.pk, star.pk])

    def recount() -> None:
        # What receivers in tutorials do: count both ends, save the rows.
        for user in (star, fan):
            counts, _ = FollowCounts.objects.get_or_create(user=user)
            counts.follower_count = Follow.objects.filter(following=user).count()
            counts.following_count = Follow.objects.filter(follower=user).count()
            counts.save()

    def tutorial() -> None:
        Follow.objects.get_or_create(follower=fan, following=star)
        recount()
        Follow.objects.filter(follower=fan, following=star).delete()
        recount()

    return {"ours": ours, "SQL by hand": by_hand, "tutorial": tutorial}


def pages() -> dict[str, Way]:
    """A directory page: names, counts, whether the viewer follows each."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    from slipstream.follows import with_follow_counts, with_follow_state
    from slipstream.follows.models import Follow

    users = get_user_model().objects.order_by("pk")
    viewer = users[5000]
    sql = f"""
        SELECT u.*, COALESCE(c.follower_count, 0), COALESCE(c.following_count, 0), EXISTS (
            SELECT 1 FROM slipstream_follows_follow f
            WHERE f.follower_id = %s AND f.following_id = u.id)
        FROM auth_user u LEFT JOIN slipstream_follows_followcounts c ON c.user_id = u.id
        ORDER BY u.id LIMIT {PAGE}"""

    def ours() -> list[Any]:
        page = with_follow_state(with_follow_counts(users), viewer)[:PAGE]
        return [(u.username, u.follower_count, u.following_count, u.is_followed) for u in page]

    def by_hand() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, [viewer.pk])
            return cursor.fetchall()

    def tutorial() -> list[Any]:
        return [
            (
                u.username,
                u.followers.count(),
                u.follows.count(),
                Follow.objects.filter(follower=viewer, following=u).exists(),
            )
            for u in users[:PAGE]
        ]

    assert ours() == tutorial()
    return {"ours": ours, "SQL by hand": by_hand, "tutorial": tutorial}


if __name__ == "__main__":
    main(sys.argv[1:])
