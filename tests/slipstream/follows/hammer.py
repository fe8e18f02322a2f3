"""Follow and unfollow as fast as possible, and say what was acknowledged.

Run by threads on PostgreSQL and MariaDB, and as a process on SQLite:
``python -m tests.slipstream.follows.hammer SEED ROUNDS KEY KEY KEY``.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from random import Random

Pair = tuple[int, int]


def hammer(users: list, *, seed: int, rounds: int) -> Counter[Pair]:
    """Return, per pair of positions in ``users``, follows minus unfollows that changed it."""
    from slipstream.follows import follow, unfollow

    random = Random(seed)
    balance: Counter[Pair] = Counter()
    for _ in range(rounds):
        # One pair above all, its opposite, and a third who meets both.
        pair = random.choice([(0, 1)] * 6 + [(1, 0), (2, 1), (0, 2)])
        follower, following = (users[i] for i in pair)
        if random.random() < 0.5:
            balance[pair] += follow(follower, following)
        else:
            balance[pair] -= unfollow(follower, following)
    return balance


def main(seed: str, rounds: str, *keys: str) -> None:
    import django

    django.setup()
    from django.contrib.auth import get_user_model

    users = [get_user_model().objects.get(pk=key) for key in keys]
    balance = hammer(users, seed=int(seed), rounds=int(rounds))
    print(json.dumps([[*pair, change] for pair, change in balance.items()]))


if __name__ == "__main__":
    main(*sys.argv[1:])
