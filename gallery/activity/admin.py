from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gallery.activity.models import Activity


@admin.register(Activity)
class ActivityAdmin(admin.ModelAdmin):
    """What people did, for those who look after the site: to read, and to remove."""

    list_display = ("created_at", "actor", "verb", "target")
    list_filter = ("verb", "target")
    search_fields = ("actor__username",)
    ordering = ("-created_at", "-id")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request)
        return rows.with_targets()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
