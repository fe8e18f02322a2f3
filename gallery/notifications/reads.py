"""What the page of notifications shows of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from gallery.accounts.models import User
from gallery.activity.verbs import COMMENTED, FOLLOWED
from gallery.comments.models import Comment
from gallery.images.models import Image
from slipstream.follows import following_among
from slipstream.keyset import Page
from slipstream.notifications import get_notifications
from slipstream.notifications.models import Notification, Participant

PER_PAGE = 20
TODAY, WEEK, EARLIER = "today", "week", "earlier"
_WEEK = timedelta(days=7)
# Of one person more lines than that whom nobody would see are a matter for the next page.
_MOST_UNSEEN = 500


@dataclass
class Line:
    """One notification, and what its row on the page shows besides."""

    notification: Notification
    period: str
    """`TODAY`, `WEEK` or `EARLIER`."""
    starts_period: bool
    """Whether it is the first of its period on this page."""
    comment: Comment | None = None
    """The newest, where it is about comments and the reader may read it."""
    follower: Any = None
    """Whom one can follow back; where several followed, there is a list of them."""
    url: str = ""
    """What it is about."""

    @property
    def image(self) -> Image | None:
        """The picture it is about, if it is about one."""
        target = self.notification.target
        return target if isinstance(target, Image) else None


def page(user: User, cursor: str | None = None) -> tuple[Page[Notification], list[Line]]:
    """Return a page of the notifications of ``user``, newest first, and its lines.

    Two queries, and one each where there are pictures, comments or single followers among
    them; however many lines and people. Raises `InvalidCursor`.
    """
    # Of people only the reader is a target, whom nothing hides: joined.
    pictures = Image.objects.visible_to(user)
    found = get_notifications(user, limit=PER_PAGE, cursor=cursor, targets=[pictures])
    lines = _in_periods(found.items)
    _add_comments(user, lines)
    _add_followers(user, lines)
    for line in lines:
        line.url = _url(user, line)
    return found, lines


def unseen(user: User) -> list[Notification]:
    """Return unread lines in which nobody is active any more: counted, and never shown. One query.

    Of those who are locked out; who closes their account is gone from all lines.
    """
    people = Participant.objects.filter(notification=OuterRef("pk"), actor__is_active=True)
    rows = Notification.objects.of(user).unread().filter(~Exists(people)).order_by("pk")
    return list(rows[:_MOST_UNSEEN])


def _in_periods(items: Sequence[Notification]) -> list[Line]:
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    lines: list[Line] = []
    for item in items:
        period = _period(item.latest_at, midnight, now)
        is_first = not lines or lines[-1].period != period
        lines.append(Line(item, period, starts_period=is_first))
    return lines


def _period(moment: datetime, midnight: datetime, now: datetime) -> str:
    if moment >= midnight:
        return TODAY
    return WEEK if moment > now - _WEEK else EARLIER


def _add_comments(user: User, lines: Sequence[Line]) -> None:
    """Give each line about comments the newest. One query, if there are any."""
    keys = {_comment_key(line): line for line in lines if line.notification.verb == COMMENTED.code}
    keys.pop(None, None)
    if keys:
        # Their pictures are on the page, so the reader sees them.
        comments = Comment.objects.readable_by(user).filter(pk__in=keys)
        for comment in comments:
            keys[comment.pk].comment = comment


def _comment_key(line: Line) -> Any:
    return line.notification.activity.data.get("comment")


def _add_followers(user: User, lines: Sequence[Line]) -> None:
    """Say of each single follower whether ``user`` follows them. One query, if there are any."""
    single = [
        line
        for line in lines
        if line.notification.verb == FOLLOWED.code and not line.notification.others
    ]
    followed = following_among(user, [line.notification.actors[0] for line in single])
    for line in single:
        line.follower = line.notification.actors[0]
        # What the button reads.
        line.follower.is_followed = line.follower.pk in followed


def _url(user: User, line: Line) -> str:
    if line.comment:
        return line.comment.get_absolute_url()
    if line.image:
        return line.image.get_absolute_url()
    if line.follower:
        return line.follower.get_absolute_url()
    return reverse("people:followers", args=[user.username])
