"""Who has looked at the demo's pictures in the weeks before, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from django.db import router, transaction
from django.utils import timezone

from gallery.images.models import Image, Like
from slipstream.exceptions import BackendAway
from slipstream.rankings import Window
from slipstream.rankings.backends.database import Gain, add
from slipstream.rankings.maintenance import KEPT, rebuild_rankings
from slipstream.rankings.models import Viewing, Views
from slipstream.rankings.policies import kind_of, policy_of
from slipstream.rankings.services import viewer_digest
from slipstream.rankings.windows import added, exponent, periods

#: So many strangers look for each who likes; and some where nobody does.
_LOOKS_PER_LIKE = (4, 12)
_LOOKS_AT_LEAST = (1, 12)
#: So many of a hundred come back, and so many of them find it when it is no longer new.
_RETURNING, _LATE = 20, 35
_USUAL_AGE = timedelta(days=4)
#: Of so many pictures one is passed around just now, by as many times its likes.
_PICTURES_PER_WAVE, _WAVE = 14, 6
_WAVE_LENGTH = timedelta(hours=20)
#: How likely somebody is awake and looks, of ten, by the hour of the site's clock.
_AWAKE = (4, 2, 1, 1, 1, 1, 2, 4, 6, 6, 6, 7, 8, 7, 6, 6, 6, 7, 8, 9, 10, 10, 9, 7)

Looks = list[tuple[datetime, str | None]]
"""When somebody looked, and who, as a digest; None for one who is seen once."""


def look_around(
    images: Iterable[Image], likes: Iterable[Like], random: Random, now: datetime
) -> None:
    """Let people look at ``images``: all who like one, and the more the more like it.

    Written into the tables of views as they had counted it, in some hundred statements; a
    Redis that holds views already learns of it after the commit.
    """
    liked: dict[int, list[Like]] = defaultdict(list)
    for like in likes:
        liked[like.image_id].append(like)
    using = router.db_for_write(Views)
    gains: list[Gain] = []
    viewings: list[Viewing] = []
    for image in images:
        looks = _looks_at(image, liked[image.pk], random, now)
        some, last = _count(image, sorted(looks, key=lambda look: look[0]), now)
        gains += some
        viewings += last
    add(gains, using=using)
    Viewing.objects.using(using).bulk_create(viewings, batch_size=1000)
    transaction.on_commit(_tell_redis, using=using)


def _tell_redis() -> None:
    # Where it is away, it learns of it when it is back.
    with suppress(BackendAway):
        rebuild_rankings()


def _looks_at(image: Image, likes: list[Like], random: Random, now: datetime) -> Looks:
    """Draw who looks at ``image``: those who like it, and strangers where it is public."""
    looks: Looks = []
    # How often one has to draw a time depends on the time of day; how many look does not.
    times = Random(random.getrandbits(64))  # noqa: S311
    for like in likes:
        who = viewer_digest(like.user)
        # To like it, one has it before one's eyes.
        before = timedelta(seconds=random.randrange(5, 120))
        looks.append((max(like.created_at - before, image.created_at), who))
        if random.randrange(100) < _RETURNING:
            looks.append((_awake(times, like.created_at, now), who))
    if not image.is_public:
        return looks
    number = random.randint(*_LOOKS_AT_LEAST)
    number += round(len(likes) * random.uniform(*_LOOKS_PER_LIKE))
    for n in range(number):
        # Half of them come again and again.
        stranger = f"{image.pk}:{random.randrange(number // 4 + 1)}" if n % 2 else None
        looks.append((_awake(times, image.created_at, now), stranger))
    if random.randrange(_PICTURES_PER_WAVE) == 0:
        since = max(image.created_at, now - random.uniform(0.2, 2) * _WAVE_LENGTH)
        wave = len(likes) * _WAVE
        looks += [(_awake(times, since, now, usual=_WAVE_LENGTH / 4), None) for _ in range(wave)]
    return looks


def _awake(
    random: Random, since: datetime, now: datetime, *, usual: timedelta = _USUAL_AGE
) -> datetime:
    """Draw when somebody looks: soon after ``since`` or any time later, while people are awake."""
    while True:
        age = usual * random.expovariate(1)
        if random.randrange(100) < _LATE:
            # The place is growing: more of it lately.
            age = (now - since) * random.random() ** 0.7
        at = since + age
        if at < now and random.randrange(10) < _AWAKE[_clock(_hour(at))]:
            return at


def _count(image: Image, looks: Looks, now: datetime) -> tuple[list[Gain], list[Viewing]]:
    """Return what ``looks``, in their order, add to the tables, as `record_view` would."""
    kind, key, policy = kind_of(Image), str(image.pk), policy_of(Image)
    cells: dict[tuple[Window, datetime], tuple[int, int, float]] = {}
    seen: dict[str, tuple[datetime, datetime | None]] = {}
    for at, who in looks:
        before = seen[who][0] if who in seen else None
        if before is not None and at - before < policy.once_per:
            continue
        if who is not None:
            seen[who] = at, before
        for window, starts_at in _periods(_hour(at)):
            is_new = before is None or before < starts_at
            views, viewers, score = cells.get((window, starts_at), (0, 0, 0.0))
            if window is Window.TRENDING:
                weight = exponent(at, policy.half_life)
                score = added(score, weight) if views else weight
            else:
                score += 1
            cells[window, starts_at] = views + 1, viewers + is_new, score
    gains = [
        Gain(kind, key, window, starts_at, *numbers)
        for (window, starts_at), numbers in cells.items()
        # What prune_views would have removed.
        if window not in KEPT or starts_at > now - KEPT[window]
    ]
    return gains, list(_viewings(kind, key, seen))


def _viewings(
    kind: str, key: str, seen: dict[str, tuple[datetime, datetime | None]]
) -> Iterator[Viewing]:
    for who, (at, before) in seen.items():
        if ":" not in who:  # strangers have made up names, and do not come here again
            yield Viewing(kind=kind, object_key=key, viewer=who, counted_at=at, before_at=before)


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


# Of one hour all is the same, where clocks differ from UTC by whole hours; elsewhere the demo's
# looks are off by some minutes.


@cache
def _periods(hour: datetime) -> tuple[tuple[Window, datetime], ...]:
    return tuple(periods(hour))


@cache
def _clock(hour: datetime) -> int:
    return timezone.localtime(hour, timezone.get_default_timezone()).hour
