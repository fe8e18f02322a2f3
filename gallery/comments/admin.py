from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from gallery.comments import services
from gallery.comments.models import Comment
from gallery.moderation.panels import (
    HiddenFilter,
    Panel,
    ReportedFilter,
    link_to,
    report_count,
    thumbnail,
)
from gallery.moderation.reads import with_report_count
from gallery.moderation.services import hide_comments, unhide_comments


@admin.register(Comment)
class CommentAdmin(Panel):
    """Comments, for moderators: to be read, hidden, shown again and removed, never rewritten."""

    list_display = ("preview", "user", "picture", "reports", "is_shown", "created_at")
    list_select_related = ("user", "image")
    list_filter = (ReportedFilter, HiddenFilter)
    sortable_by = ("created_at",)
    search_fields = ("text", "user__username", "image__title")
    ordering = ("-created_at", "-id")
    actions = ("hide", "unhide")
    words_for_one = {"hide": _("Hide"), "unhide": _("Show again")}
    fields = ("text", "person", "picture", "created_at", "edited_at", "hidden_at", "reports")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        # Joined here as well, for the page of one.
        return with_report_count(super().get_queryset(request)).select_related("user", "image")

    def buttons(self, obj: Comment) -> tuple[str, ...]:
        return ("unhide",) if obj.hidden_at else ("hide",)

    @admin.display(description=_("comment"))
    def preview(self, comment: Comment) -> str:
        return comment.preview

    @admin.display(description=_("person"))
    def person(self, comment: Comment) -> str:
        return link_to(comment.user, str(comment.user))

    @admin.display(description=_("picture"))
    def picture(self, comment: Comment) -> str:
        image = comment.image
        preview, link = thumbnail(image), link_to(image, image.title)
        return format_html('<span class="panel-target">{} {}</span>', preview, link)

    @admin.display(description=_("open reports"))
    def reports(self, comment: Comment) -> str:
        return report_count(comment)

    @admin.display(description=_("shown"), boolean=True)
    def is_shown(self, comment: Comment) -> bool:
        return comment.hidden_at is None

    @admin.action(description=_("Hide the selected comments"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: Any) -> None:
        """Take them from everybody but who wrote them."""
        said = ngettext_lazy("%(n)d comment is hidden.", "%(n)d comments are hidden.", "n")
        self.act(request, queryset, hide_comments, said)

    @admin.action(description=_("Show the selected comments again"), permissions=["change"])
    def unhide(self, request: HttpRequest, queryset: Any) -> None:
        """Show them to everybody again."""
        said = ngettext_lazy(
            "%(n)d comment is shown again.", "%(n)d comments are shown again.", "n"
        )
        self.act(request, queryset, unhide_comments, said)

    def delete_model(self, request: HttpRequest, obj: Comment) -> None:
        services.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for comment in queryset.select_related("user", "image"):
            services.delete(comment)
