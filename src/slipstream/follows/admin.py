"""Follows in the admin: to look at, to add, to remove."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest

from slipstream.follows.models import Follow


@admin.register(Follow)
class FollowAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Follows, the last written first; constant queries, of which one counts for the pager."""

    list_display = ("follower", "following", "followed_at")
    list_select_related = ("follower", "following")
    list_per_page = 50
    ordering = ("-id",)
    show_full_result_count = False
    raw_id_fields = ("follower", "following")
    readonly_fields = ("followed_at",)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Search by the usernames of both, whatever the user model calls them."""
        name = get_user_model().USERNAME_FIELD
        return (f"follower__{name}", f"following__{name}")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a follow is made or ended; there is nothing in it to change."""
        return False
