from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gallery.comments import services
from gallery.comments.models import Comment, CommentQuerySet

_EDGE = 44  # pixels


class HiddenFilter(admin.SimpleListFilter):
    """Shown or hidden."""

    title = _("hidden")
    parameter_name = "hidden"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("no", _("No")), ("yes", _("Yes")))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in ("no", "yes"):
            return queryset.filter(hidden_at__isnull=self.value() == "no")
        return queryset


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    """Comments, for moderators: to be read, hidden, shown again and removed, never rewritten."""

    list_display = ("preview", "user", "picture", "created_at", "is_shown")
    list_select_related = ("user", "image")
    list_filter = (HiddenFilter,)
    list_per_page = 50
    search_fields = ("text", "user__username", "image__title")
    ordering = ("-created_at", "-id")
    actions = ("hide", "unhide")
    fields = ("text", "user", "picture", "created_at", "edited_at", "hidden_at")
    readonly_fields = fields
    show_full_result_count = False

    @admin.display(description=_("comment"))
    def preview(self, comment: Comment) -> str:
        return comment.preview

    @admin.display(description=_("picture"))
    def picture(self, comment: Comment) -> str:
        image = comment.image
        if not image.is_public:  # whose files a moderator need not be allowed to see
            return image.title
        thumbnail = '<img src="{}" width="{}" height="{}" alt="" loading="lazy"> {}'
        return format_html(thumbnail, image.sources[0][1], _EDGE, _EDGE, image.title)

    @admin.display(description=_("shown"), boolean=True)
    def is_shown(self, comment: Comment) -> bool:
        return comment.hidden_at is None

    @admin.action(description=_("Hide the selected comments"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: CommentQuerySet) -> None:
        """Take them from everybody but who wrote them."""
        chosen = _fixed(queryset)
        count = services.hide(chosen)
        self._tell(request, chosen, "Hidden.")
        text = ngettext("%(n)d comment is hidden.", "%(n)d comments are hidden.", count)
        self.message_user(request, text % {"n": count}, messages.SUCCESS)

    @admin.action(description=_("Show the selected comments again"), permissions=["change"])
    def unhide(self, request: HttpRequest, queryset: CommentQuerySet) -> None:
        """Show them to everybody again."""
        chosen = _fixed(queryset)
        count = services.unhide(chosen)
        self._tell(request, chosen, "Shown again.")
        text = ngettext("%(n)d comment is shown again.", "%(n)d comments are shown again.", count)
        self.message_user(request, text % {"n": count}, messages.SUCCESS)

    def delete_model(self, request: HttpRequest, obj: Comment) -> None:
        services.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for comment in queryset.select_related("user", "image"):
            services.delete(comment)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def _tell(self, request: HttpRequest, chosen: CommentQuerySet, message: str) -> None:
        """Write into the admin's log who did that."""
        user: Any = request.user
        if chosen:
            LogEntry.objects.log_actions(user.pk, chosen, CHANGE, message)


def _fixed(queryset: Any) -> CommentQuerySet:
    """Return the same rows by their keys: what is searched by may change with them."""
    keys = list(queryset.order_by().values_list("pk", flat=True))
    chosen: CommentQuerySet = Comment.objects.filter(pk__in=keys)
    return chosen
