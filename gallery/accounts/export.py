"""All that a person has here, as a ZIP of JSON and pictures.

Written while it is sent: in memory there is a piece of it at a time, and rows come in
batches. What it holds is described for people in ``accounts/export_readme.txt``, which
is part of it; names of files and keys are not to be changed.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import IO, Any

from django.core.files.base import File
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from gallery.accounts.models import User
from gallery.accounts.photos import open_photo
from gallery.activity.models import Activity
from gallery.comments.models import Comment
from gallery.images import files
from gallery.images.models import Image, Like, Visibility
from slipstream.follows.models import Follow
from slipstream.notifications import preferences
from slipstream.notifications.models import Participant
from slipstream.rankings import Totals, view_counts

_ROWS_AT_ONCE = 500
_BYTES_IN_MEMORY = 1024 * 1024
_VISIBILITY = {
    Visibility.PUBLIC: "everyone",
    Visibility.FOLLOWERS: "followers",
    Visibility.PRIVATE: "only me",
}

#: Makes a whole address of one on this site.
Address = Callable[[str], str]


def export_of(user: User, *, address: Address) -> Iterator[bytes]:
    """Return the pieces of a ZIP of all that ``user`` has here.

    One query per kind of thing: pictures, likes, comments, activities, and two each for
    follows and notifications; one more for the views of every 500 pictures. A file that is
    missing is noted where it is named. What it says of pictures that the user may not see any
    more is their number. Its README is in the current language.
    """
    now = timezone.now()
    readme = render_to_string("accounts/export_readme.txt", {"person": user, "now": now})
    return _Archive(now).pieces(user, readme, address)


class _Archive:
    """A ZIP that is taken away piece by piece while it is written."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._written: list[bytes] = []
        # What cannot be sought is written in one go, by `write` below.
        self._zip = zipfile.ZipFile(self, "w")  # type: ignore[call-overload]

    def pieces(self, user: User, readme: str, address: Address) -> Iterator[bytes]:
        with self._zip:
            for _ in self._entries(user, readme, address):
                yield self._taken()
        yield self._taken()

    def write(self, data: bytes) -> int:
        """Take what `zipfile` writes."""
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def _taken(self) -> bytes:
        taken = b"".join(self._written)
        self._written.clear()
        return taken

    def _entries(self, user: User, readme: str, address: Address) -> Iterator[None]:
        yield from self._text("README.txt", [readme])
        photo = _opened(open_photo, user.photo) if user.photo else None
        if photo:
            yield from self._file("photo.webp", photo, self._now)
        profile = _profile(user, self._now, has_photo=photo is not None)
        yield from self._text("profile.json", [_json(profile), "\n"])
        yield from self._pictures(user, address)
        yield from self._text("likes.json", _list(_likes(user, address)))
        yield from self._text("comments.json", _list(_comments(user, address)))
        yield from self._text("follows.json", _follows(user))
        yield from self._text("activities.json", _list(_activities(user)))
        yield from self._text("notifications.json", _notifications(user))

    def _pictures(self, user: User, address: Address) -> Iterator[None]:
        """Write the pictures, and then what is said of them, with which files there are."""
        # Only one entry can be written at a time; the other waits on the disk if it is large.
        with tempfile.SpooledTemporaryFile(_BYTES_IN_MEMORY, "w+", encoding="utf-8") as told:
            pictures = Image.objects.filter(user=user).order_by("pk")
            for image, seen in _with_views(pictures.iterator(chunk_size=_ROWS_AT_ONCE)):
                name = _name_of(image)
                master = _opened(files.open_master, image.image, public=image.is_public)
                if master:
                    yield from self._file(name, master, image.created_at)
                row = _picture(image, address, seen, name=name if master else None)
                told.write(f"{_json(row)}\n")
            told.seek(0)
            yield from self._text("pictures.json", _list(line.rstrip("\n") for line in told))

    def _file(self, name: str, file: File, moment: datetime) -> Iterator[None]:
        # As it is: WebP is as small as it gets.
        with file, self._open(name, moment, zipfile.ZIP_STORED) as entry:
            for chunk in file.chunks():
                entry.write(chunk)
                yield

    def _text(self, name: str, texts: Iterable[str]) -> Iterator[None]:
        with self._open(name, self._now, zipfile.ZIP_DEFLATED) as entry:
            for text in texts:
                entry.write(text.encode())
                yield

    def _open(self, name: str, moment: datetime, compression: int) -> IO[bytes]:
        info = zipfile.ZipInfo(name, timezone.localtime(moment).timetuple()[:6])
        info.compress_type = compression
        return self._zip.open(info, "w")


def _profile(user: User, now: datetime, *, has_photo: bool) -> dict[str, Any]:
    return {
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "bio": user.bio,
        "photo": "photo.webp" if has_photo else None,
        "photo_missing": bool(user.photo) and not has_photo,
        "joined_at": _time(user.date_joined),
        "last_login_at": _time(user.last_login),
        "exported_at": _time(now),
    }


def _with_views(images: Iterator[Image]) -> Iterator[tuple[Image, Totals]]:
    """Return each of ``images`` with how often it was seen, asked for many at once."""
    while some := list(islice(images, _ROWS_AT_ONCE)):
        yield from view_counts(some).items()


def _picture(image: Image, address: Address, seen: Totals, *, name: str | None) -> dict[str, Any]:
    return {
        "id": image.pk,
        "title": image.title,
        "description": image.description,
        "visibility": _VISIBILITY[Visibility(image.visibility)],
        "shared_at": _time(image.created_at),
        "deleted_at": _time(image.deleted_at),
        "width": image.width,
        "height": image.height,
        "like_count": int(image.like_count),
        "comment_count": int(image.comment_count),
        "views": seen.views,
        "viewers": seen.viewers,
        "url": address(image.get_absolute_url()),
        "file": name,
        "file_missing": name is None,
    }


def _likes(user: User, address: Address) -> Iterator[str]:
    likes = Like.objects.filter(user=user).order_by("pk")
    for picture, at in _on_pictures(likes, user, address, "created_at"):
        yield _json({**picture, "liked_at": _time(at)})


def _comments(user: User, address: Address) -> Iterator[str]:
    comments = Comment.objects.filter(user=user).order_by("created_at", "pk")
    columns = ("text", "created_at", "edited_at")
    for picture, text, at, edited_at in _on_pictures(comments, user, address, *columns):
        times = {"written_at": _time(at), "edited_at": _time(edited_at)}
        yield _json({**picture, "text": text, **times})


def _on_pictures(
    rows: Any, user: User, address: Address, *columns: str
) -> Iterator[tuple[Any, ...]]:
    """Return of each of ``rows`` which picture it is about, and its ``columns``."""
    # What a picture that is for others now is called, is for others too.
    visible = Image.objects.visible_to(user).filter(pk=OuterRef("image"))
    rows = rows.annotate(is_visible=Exists(visible))
    named = ("image_id", "image__title", "image__user__username", "is_visible")
    found = rows.values_list(*named, *columns).iterator(_ROWS_AT_ONCE)
    for key, title, username, is_visible, *values in found:
        picture = {
            "picture": key,
            "title": title if is_visible else None,
            "username": username if is_visible else None,
            "url": address(reverse("images:image", args=[key])) if is_visible else None,
        }
        yield picture, *values


def _follows(user: User) -> Iterator[str]:
    """Both lists, without those whose account is closed or locked, as on the site."""

    def people(rows: Any, end: str) -> Iterator[str]:
        rows = rows.filter(**{f"{end}__is_active": True}).order_by("followed_at", "pk")
        columns = (f"{end}__username", f"{end}__name", "followed_at")
        for username, name, at in rows.values_list(*columns).iterator(_ROWS_AT_ONCE):
            yield _json({"username": username, "name": name, "since": _time(at)})

    yield '{"following": '
    yield from _list(people(Follow.objects.by(user), "following"))
    yield ', "followers": '
    yield from _list(people(Follow.objects.of(user), "follower"))
    yield "}\n"


def _activities(user: User) -> Iterator[str]:
    activities = Activity.objects.filter(actor=user).order_by("created_at", "pk")
    columns = (
        "verb",
        "created_at",
        "target_image_id",
        "target_user__username",
        "target_user__is_active",
    )
    for verb, at, key, username, is_active in activities.values_list(*columns).iterator(
        _ROWS_AT_ONCE
    ):
        person = username if is_active else None
        yield _json({"verb": verb, "at": _time(at), "picture": key, "person": person})


def _notifications(user: User) -> Iterator[str]:
    """What they want to be told of, and what they were told, each line with its people."""
    wanted = {rule.code: is_on for rule, is_on in preferences(user)}
    yield f'{{"told_of": {_json(wanted)}, "notifications": '
    people = Participant.objects.filter(inbox=user.pk, actor__is_active=True)
    columns = (
        "notification",
        "notification__verb",
        "notification__latest_at",
        "notification__read_at",
        "activity__target_image_id",
        "actor__username",
    )
    found = people.order_by("notification_id", "activity_id").values_list(*columns)
    rows: Iterator[tuple[Any, ...]] = found.iterator(_ROWS_AT_ONCE)
    yield from _list(_line(list(line)) for _key, line in groupby(rows, itemgetter(0)))
    yield "}\n"


def _line(rows: list[tuple[Any, ...]]) -> str:
    """Return one notification, of which each of ``rows`` has a person, as JSON."""
    _key, verb, at, read_at, picture, _person = rows[0]
    people = [username for *_line, username in rows]
    times = {"at": _time(at), "read_at": _time(read_at)}
    return _json({"verb": verb, **times, "picture": picture, "people": people})


def _list(rows: Iterable[str]) -> Iterator[str]:
    """Join ``rows``, each JSON, to a JSON list, in pieces that are worth sending."""
    piece = "["
    between = "\n"
    for row in rows:
        piece += f"{between}{row}"
        between = ",\n"
        if len(piece) > 2**16:
            yield piece
            piece = ""
    yield f"{piece}\n]\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _time(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat() if moment else None


def _name_of(image: Image) -> str:
    words = slugify(image.title, allow_unicode=True)[:60].strip("-_")
    return f"pictures/{image.pk}{'-' if words else ''}{words}.webp"


def _opened(opening: Callable[..., File], folder: str, **options: Any) -> File | None:
    try:
        return opening(folder, **options)
    except FileNotFoundError:
        return None
