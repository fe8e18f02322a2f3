"""Pages of comments."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from gallery.accounts.models import User
from gallery.comments.forms import CommentForm
from gallery.comments.models import Comment
from gallery.images.models import Image
from slipstream.keyset import AFTER, Keyset, Page, keyset_page

PER_PAGE = 20
_LATEST_FIRST = ("-created_at", "-id")


def page(image: Image, viewer: User | AnonymousUser, cursor: str | None = None) -> Page[Comment]:
    """Return comments on ``image``, which ``viewer`` sees: the latest, or those at ``cursor``.

    The newest is the last of the ``items``, and ``next_cursor`` leads to earlier
    ones. One query. Raises `InvalidCursor`.
    """
    rows = Comment.objects.filter(image=image).readable_by(viewer).select_related("user")
    found = keyset_page(rows, order_by=_LATEST_FIRST, limit=PER_PAGE, cursor=cursor)
    for comment in found.items:
        comment.image = image
    return replace(found, items=found.items[::-1])


def place(comment: Comment, viewer: User | AnonymousUser) -> str:
    """Return the address of the page on which ``viewer`` finds ``comment``, and where. One query.

    That of the picture, where it is among the latest.
    """
    rows = Comment.objects.filter(image=comment.image_id).readable_by(viewer)
    same_moment = Q(created_at=comment.created_at, pk__gt=comment.pk)
    beyond = rows.filter(
        Q(created_at__gt=comment.created_at) | same_moment,
        # Implied by the rest; it lets the index start there at once.
        created_at__gte=comment.created_at,
    )
    later = list(beyond.order_by("created_at", "id")[:PER_PAGE])
    if len(later) < PER_PAGE:
        return f"{comment.image.get_absolute_url()}#{comment.anchor}"
    cursor = Keyset(Comment, _LATEST_FIRST).cursor(later[0], AFTER)
    url = reverse("comments:of-image", args=[comment.image_id])
    return f"{url}?{urlencode({'cursor': cursor})}#{comment.anchor}"


def section(
    request: HttpRequest, image: Image, page: Page[Comment], form: CommentForm | None = None
) -> dict[str, Any]:
    """Return what ``comments/section.html`` shows of a page of comments. No query."""
    user = request.user
    return {
        "request": request,
        "user": user,
        "image": image,
        "page": page,
        "form": form or (CommentForm() if user.is_authenticated else None),
    }
