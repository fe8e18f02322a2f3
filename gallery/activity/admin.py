from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gallery.activity.models import Activity
from gallery.moderation.panels import ReadOnlyPanel


@admin.register(Activity)
class ActivityAdmin(ReadOnlyPanel):
    """What people did, for those who look after the site."""

    list_display = ("created_at", "actor", "verb", "about")
    list_filter = ("verb", "target")
    sortable_by = ("created_at",)
    search_fields = ("actor__username",)
    ordering = ("-created_at", "-id")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.with_targets()

    @admin.display(description=_("about"))
    def about(self, activity: Activity) -> str:
        return str(activity.target or "—")
