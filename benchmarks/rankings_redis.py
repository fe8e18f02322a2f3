"""What a view and a ranking cost with Redis: ours, beside redis-py by hand and as in tutorials.

``./dev bench rankings_redis --engine postgres`` (or ``sqlite``, ``mariadb``): the engine has the
objects, Redis the views. All ways run in turns in one process against one Redis, so that their
ratios hold on a noisy machine; the figures themselves do not.

By hand is one pipeline of INCR, ZINCRBY and PFADD: views of all time, one ranking, viewers. Ours
besides counts, ranks and tells viewers apart per hour, day, week and month, ranks what is
trending, notes what the database does not have yet, and knows repeated calls. With ``once_per``
it also refuses who comes back too soon. All are one thread with connections of the same
settings. Times are those of 25 rounds together, so that in each the rankings are brought up to
date, which happens every 2,000 views at the latest. Redis has five seconds to answer: where the
machine is busy, it is not to be given up.

Ranked are 1,000,000 objects (``--ranked``). They are in the ranking and the numbers of viewers
alone, put there by ZADD and HSET; only the 200 on top, those that are seen, have a row in the
database. Where 10,000 are seen, each as likely as any other, hardly one is seen twice before the
rankings are brought up to date: the worst case.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from benchmarks.project import Requirements, Way, keep, project_on, ratio, table, take
from devtools.engines import Redis

ROUNDS, VIEWS, RANKED, ROWS, MANY = 300, 100, 1_000_000, 200, 10_000
_BLOCK = 25
_BACKEND = "slipstream.rankings.backends.redis.Redis"
_KIND = "things.picture"
_ALL = "postgres sqlite mariadb"
_OURS, _ONCE, _HAND, _TUTORIAL = "ours", "ours, once_per", "by hand", "two round trips"

RECORD = "100 views, each by somebody new"
AGAIN = "100 views, by 50 people again and again"
NOBODY = "100 views by nobody in particular"
WORST = "100 views of 10,000 objects, each by somebody new"
TOP = "top 10"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser("./dev bench rankings_redis", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "mariadb"), default="sqlite")
    parser.add_argument("--ranked", type=int, default=RANKED, help="how many objects are ranked")
    options = parser.parse_args(arguments)
    with Redis() as server:
        settings = {
            "SLIPSTREAM_REDIS_URL": server.url,
            "SLIPSTREAM_REDIS_TIMEOUT": 5,
            "SLIPSTREAM_RANKINGS_BACKEND": _BACKEND,
        }
        with project_on(options.engine, **settings):
            pictures = fill(options.ranked)
            taken = {
                RECORD: in_blocks(recording(pictures, newcomers())),
                AGAIN: in_blocks(recording(pictures, regulars())),
                NOBODY: in_blocks(recording(pictures, lambda: None)),
                WORST: in_blocks(recording(many(), newcomers())),
                f"{TOP} of {options.ranked:,}": take(top_ten(), ROUNDS),
            }
            sent = round_trips(pictures[0])
    keep("rankings_redis", options.engine, *tables(options.engine, taken, sent))


def fill(ranked: int) -> list[Any]:
    """Make the rows of those on top, and the ranking: ours and the one by hand."""
    from slipstream.rankings.backends.flushing import flush
    from slipstream.redis_client import get_client
    from tests.things.models import Picture

    Picture.objects.bulk_create([Picture(pk=n) for n in range(1, ROWS + 1)])
    flush(_KIND)
    client = get_client()
    for first in range(0, ranked, 1000):
        numbers = range(first + 1, min(first + 1000, ranked) + 1)
        views = {n: ranked + ROWS - n for n in numbers}
        base = f"{{slipstream:{_KIND}}}"
        client.zadd(f"{base}:z:all:0", {str(n): -each for n, each in views.items()})
        client.hset(f"{base}:n:all:0", mapping={str(n): 0 for n in numbers})
        client.zadd("ranking", {str(n): each for n, each in views.items()})
    return list(Picture.objects.order_by("pk"))


def many() -> list[Any]:
    """Return objects as if they had been read; what is counted needs no row."""
    from tests.things.models import Picture

    return [Picture.from_db("default", ["id"], [n]) for n in range(1, MANY + 1)]


def in_blocks(ways: dict[str, Way]) -> dict[str, list[float]]:
    """Return the milliseconds of a round, each the mean of 25."""
    return {
        way: [
            sum(times[n : n + _BLOCK]) / _BLOCK for n in range(0, len(times) - _BLOCK + 1, _BLOCK)
        ]
        for way, times in take(ways, ROUNDS).items()
    }


def newcomers() -> Any:
    numbers = count()
    return lambda: f"viewer {next(numbers)}"


def regulars() -> Any:
    random = Random(1)
    return lambda: f"regular {random.randrange(50)}"


def recording(pictures: list[Any], viewer: Any) -> dict[str, Way]:
    """Record some views, one after the other."""
    from slipstream.rankings import ViewPolicy, policies, record_view
    from slipstream.redis_client import get_client

    by_hand = get_client()
    random = Random(2)

    def pairs() -> list[tuple[Any, Any]]:
        return [(random.choice(pictures), viewer()) for _ in range(VIEWS)]

    def ours(once_per: timedelta) -> Way:
        policy = ViewPolicy(once_per=once_per)

        def record() -> None:
            policies._policies[type(pictures[0])] = policy
            for picture, who in pairs():
                record_view(picture, who)

        return record

    def hand() -> None:
        for picture, who in pairs():
            with by_hand.pipeline(transaction=False) as pipeline:
                pipeline.incr(f"views:{picture.pk}")
                pipeline.zincrby("ranking", 1, picture.pk)
                if who is not None:
                    pipeline.pfadd(f"viewers:{picture.pk}", who)
                pipeline.execute()

    def tutorial() -> None:
        for picture, _ in pairs():
            by_hand.incr(f"views:{picture.pk}")
            by_hand.zincrby("ranking", 1, picture.pk)

    return {
        _OURS: ours(timedelta()),
        _ONCE: ours(timedelta(minutes=30)),
        _HAND: hand,
        _TUTORIAL: tutorial,
    }


def top_ten() -> dict[str, Way]:
    """Return the ten on top, as instances in their order."""
    from slipstream.rankings import top
    from slipstream.redis_client import get_client
    from tests.things.models import Picture

    by_hand = get_client()

    def ours() -> list[Any]:
        return [ranked.object for ranked in top(Picture.objects.all(), 10)]

    def hand() -> list[Any]:
        keys = [int(key) for key in by_hand.zrevrange("ranking", 0, 9)]
        objects = {picture.pk: picture for picture in Picture.objects.filter(pk__in=keys)}
        return [objects[key] for key in keys if key in objects]

    assert len(ours()) == len(hand()) == 10
    return {_OURS: ours, _HAND: hand}


def round_trips(picture: Any) -> int:
    """Return how many times something is sent to Redis for one view."""
    from redis.connection import AbstractConnection

    from slipstream.rankings import record_view

    sent = []
    send = AbstractConnection.send_packed_command

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        sent.append(1)
        return send(self, *args, **kwargs)

    AbstractConnection.send_packed_command = counted  # type: ignore[method-assign]
    try:
        record_view(picture, "somebody")
    finally:
        AbstractConnection.send_packed_command = send  # type: ignore[method-assign]
    return len(sent)


def tables(engine: str, taken: dict[str, dict[str, list[float]]], sent: int) -> list[str]:
    """Return the figures, their ratios, and what was to be reached."""
    from statistics import median

    ways = (_OURS, _ONCE, _HAND, _TUTORIAL)
    figures, rates = [], []
    for what, times in taken.items():
        figures.append([what, *(f"{median(times[w]):,.2f}" if w in times else "" for w in ways)])
        rates.append(
            [what, *(f"{ratio(times[_HAND], times[w]):.0%}" if w in times else "" for w in ways)]
        )
    found = Requirements(engine)
    for what in (RECORD, AGAIN, NOBODY):
        reached = ratio(taken[what][_HAND], taken[what][_OURS])
        found.require(
            f"{what}: at least 75 % of the rate by hand",
            f"{reached:.0%}",
            of=_ALL,
            reached=reached >= 0.75,
        )
    found.require("a view: one round trip", str(sent), of=_ALL, reached=sent == 1)
    *_, (what, times) = taken.items()
    reached = ratio(times[_OURS], times[_HAND])
    found.require(
        f"{what}: at most twice what it takes by hand",
        f"{reached:.2f}",
        of=_ALL,
        reached=reached <= 2,
    )
    return [
        table([f"{engine}: p50 in ms", *ways], figures),
        table([f"{engine}: rate, of that by hand", *ways], rates),
        found.table(),
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
