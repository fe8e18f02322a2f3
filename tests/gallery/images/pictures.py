"""What tests of pictures do alike."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from django.test import Client
from django.utils import timezone

from gallery.images.models import Image, Visibility

#: Beyond reading the session and the user.
SESSION_AND_USER = 2
PUBLIC, FOLLOWERS, PRIVATE = Visibility
VIEWERS = ("visitor", "stranger", "follower", "owner")
MAY_SEE = {PUBLIC: VIEWERS, FOLLOWERS: ("follower", "owner"), PRIVATE: ("owner",)}
WORDS = {"title": "달", "description": "밤", "visibility": 0}


def make_rows(user, count: int, **values) -> None:
    """Rows without files."""
    now = timezone.now()
    Image.objects.bulk_create(
        (
            Image(
                user=user,
                title=f"{i}번",
                image=f"images/{user.pk}/{i}",
                width=1600,
                height=900,
                colour="#123456",
                # Three of each moment.
                **{"created_at": now - timedelta(minutes=i // 3), **values},
            )
            for i in range(count)
        ),
        batch_size=5000,
    )


def file_names(tmp_path: Path) -> set[str]:
    paths = (path for path in tmp_path.rglob("*") if path.is_file())
    return {path.relative_to(tmp_path).as_posix() for path in paths}


def place(image: Image) -> str:
    return f"{'media' if image.is_public else 'private'}/{image.image}"


def edit(client, image, **changes):
    return client.post(f"/pictures/{image.pk}/edit/", {**WORDS, **changes})


def without_accident(html: str) -> str:
    """What remains when two answers differ by token and by key alone."""
    return re.sub(r'value="\w{64}"|nonce="[^"]+"|/pictures/\d+/', "", html)


def fetch(client: Client, url: str, status: int = 200) -> bytes:
    """Return the file at ``url``."""
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.getvalue()
