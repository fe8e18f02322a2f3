from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from gallery.images import files
from gallery.images.models import Image, Like, Visibility
from gallery.moderation.models import Report
from gallery.moderation.panels import (
    HiddenFilter,
    Panel,
    ReadOnlyPanel,
    ReportedFilter,
    link_to,
    report_count,
    thumbnail,
)
from gallery.moderation.reads import with_report_count
from gallery.moderation.services import hide_images, unhide_images
from slipstream.rankings import view_counts

_LARGE = 320  # pixels


class DeletedFilter(admin.SimpleListFilter):
    """Those that their owners deleted, which are soon gone."""

    title = gettext_lazy("deleted")
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("no", _("No")), ("yes", _("Yes")))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in ("no", "yes"):
            return queryset.filter(deleted_at__isnull=self.value() == "no")
        return queryset


@admin.register(Image)
class ImageAdmin(Panel):
    """Pictures, for moderators: to be looked at, hidden and shown again."""

    list_display = (
        "small",
        "title",
        "user",
        "reports",
        "state",
        "likes",
        "comments",
        "views",
        "created_at",
    )
    list_display_links = ("small", "title")
    list_select_related = ("user",)
    list_filter = (ReportedFilter, HiddenFilter, DeletedFilter, "visibility")
    sortable_by = ("likes", "created_at")
    search_fields = ("title", "user__username", "user__name")
    ordering = ("-created_at", "-id")
    actions = ("hide", "unhide")
    words_for_one = {"hide": gettext_lazy("Hide"), "unhide": gettext_lazy("Show again")}
    # Its own form on the site changes a picture, since that moves files.
    fields = (
        "large",
        "title",
        "description",
        "owner",
        "state",
        "likes",
        "comments",
        "views",
        "reports",
        "created_at",
        "hidden_at",
        "deleted_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_report_count(super().get_queryset(request)).select_related("user")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist: Any = super().get_changelist_instance(request)
        counts = view_counts(list(changelist.result_list))
        for image in changelist.result_list:
            image.seen = counts[image].views
        return changelist

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview)
        pattern = path("<int:key>/preview/<int:width>/", view, name="images_image_preview")
        return [pattern, *super().get_urls()]

    def preview(self, request: HttpRequest, key: int, width: int) -> HttpResponseBase:
        """Hand out a rendition of what a moderator has to judge. One query.

        Of what its owner shows to everybody, also while it is hidden, and of what was
        reported. What few may see is nobody else's business.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        was_reported = Exists(Report.objects.filter(target_image=OuterRef("pk")))
        images = Image.objects.filter(Q(visibility=Visibility.PUBLIC) | Q(was_reported))
        image = get_object_or_404(images, pk=key)
        if width not in files.widths(image.width):
            raise Http404
        try:
            opened = files.open_rendition(image.image, width, public=image.is_public)
        except FileNotFoundError as error:  # the master is gone
            raise Http404 from error
        response = FileResponse(opened, content_type="image/webp")
        response["Cache-Control"] = "private, max-age=60"
        return response

    def buttons(self, obj: Image) -> tuple[str, ...]:
        return ("unhide",) if obj.hidden_at else ("hide",)

    @admin.display(description="")
    def small(self, image: Any) -> str:
        return thumbnail(image, is_reported=image.report_count > 0)

    @admin.display(description=gettext_lazy("picture"))
    def large(self, image: Any) -> str:
        return thumbnail(image, is_reported=image.report_count > 0, edge=_LARGE)

    @admin.display(description=gettext_lazy("owner"))
    def owner(self, image: Image) -> str:
        return link_to(image.user, str(image.user))

    @admin.display(description=gettext_lazy("likes"), ordering="-like_count")
    def likes(self, image: Image) -> int:
        return image.like_count

    @admin.display(description=gettext_lazy("comments"))
    def comments(self, image: Image) -> int:
        return image.comment_count

    @admin.display(description=gettext_lazy("views"))
    def views(self, image: Any) -> int:
        if not hasattr(image, "seen"):  # on its own page
            image.seen = view_counts([image])[image].views
        seen: int = image.seen
        return seen

    @admin.display(description=gettext_lazy("open reports"))
    def reports(self, image: Image) -> str:
        return report_count(image)

    @admin.display(description=gettext_lazy("state"))
    def state(self, image: Image) -> str:
        if image.deleted_at:
            return _("Deleted")
        return _("Hidden") if image.hidden_at else image.get_visibility_display()

    @admin.action(description=gettext_lazy("Hide the selected pictures"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: Any) -> None:
        """Take them from everybody but their owners."""
        said = ngettext_lazy("%(n)d picture is hidden.", "%(n)d pictures are hidden.", "n")
        self.act(request, queryset, hide_images, said)

    @admin.action(
        description=gettext_lazy("Show the selected pictures again"), permissions=["change"]
    )
    def unhide(self, request: HttpRequest, queryset: Any) -> None:
        """Show them again to whom their owners let see them."""
        said = ngettext_lazy(
            "%(n)d picture is shown again.", "%(n)d pictures are shown again.", "n"
        )
        self.act(request, queryset, unhide_images, said)


@admin.register(Like)
class LikeAdmin(ReadOnlyPanel):
    """Who likes what, the last written first."""

    list_display = ("created_at", "user", "image")
    list_select_related = ("user", "image")
    sortable_by = ()
    search_fields = ("user__username", "image__title")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "image")
