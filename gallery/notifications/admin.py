from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gallery.moderation.panels import ReadOnlyPanel
from slipstream.notifications.models import Notification, Preference
from slipstream.notifications.rules import rule_or_none


def _kind(verb: str) -> str:
    # A rule that is declared no more has no words left.
    return str(rule_or_none(verb) or verb)


@admin.register(Notification)
class NotificationAdmin(ReadOnlyPanel):
    """Who was told what, for those who look after the site."""

    list_display = ("latest_at", "recipient", "kind", "people", "is_read")
    list_filter = ("verb",)
    sortable_by = ("latest_at",)
    search_fields = ("inbox__user__username",)
    ordering = ("-latest_at", "-id")
    fields = ("latest_at", "recipient", "kind", "people", "read_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("inbox__user")

    @admin.display(description=_("recipient"))
    def recipient(self, notification: Any) -> str:
        return str(notification.inbox.user)

    @admin.display(description=_("kind"))
    def kind(self, notification: Notification) -> str:
        return _kind(notification.verb)

    @admin.display(description=_("people"))
    def people(self, notification: Any) -> int:
        return int(notification.actor_count)

    @admin.display(description=_("read"), boolean=True)
    def is_read(self, notification: Notification) -> bool:
        return not notification.is_unread


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyPanel):
    """Who has said what they want to be told of."""

    list_display = ("user", "kind", "is_on")
    list_select_related = ("user",)
    list_filter = ("verb", "is_on")
    search_fields = ("user__username",)
    ordering = ("-id",)
    fields = ("user", "kind", "is_on")
    readonly_fields = fields

    @admin.display(description=_("kind"))
    def kind(self, preference: Preference) -> str:
        return _kind(preference.verb)
