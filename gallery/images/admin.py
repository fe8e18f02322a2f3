from django.contrib import admin
from django.http import HttpRequest

from gallery.images.models import Image


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    """Pictures, for those who look after the site."""

    list_display = ("title", "user", "visibility", "created_at", "deleted_at")
    list_select_related = ("user",)
    list_filter = ("visibility",)
    search_fields = ("title", "user__username")
    raw_id_fields = ("user",)
    readonly_fields = ("user", "image", "width", "height", "created_at", "deleted_at")
    # Changing it moves files, which the site's own form does.
    exclude = ("visibility",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        # A picture comes with files, by way of the site.
        return False
