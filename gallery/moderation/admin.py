from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

import slipstream.follows.admin  # noqa: F401 - registers what is replaced below
from gallery.comments.models import Comment
from gallery.images.models import Image
from gallery.moderation.models import Report, State
from gallery.moderation.panels import Panel, ReadOnlyPanel, face, link_to, thumbnail
from gallery.moderation.reads import with_same_target_count
from gallery.moderation.services import act, dismiss, owner_of
from slipstream.follows.models import Follow

_LARGE = 320  # pixels


class QueueFilter(admin.SimpleListFilter):
    """The open ones, unless others are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (
            (State.DISMISSED, State.DISMISSED.label),
            (State.ACTED, State.ACTED.label),
            ("all", _("All")),
        )

    def choices(self, changelist: Any) -> Any:
        choices = super().choices(changelist)
        # What Django calls "All" is what is open.
        yield next(choices) | {"display": State.OPEN.label}
        yield from choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if value == "all":
            return queryset
        return queryset.filter(state=value if value in State.values else State.OPEN)


@admin.register(Report)
class ReportAdmin(Panel):
    """The queue: what people report, the newest first."""

    list_display = (
        "reason",
        "about",
        "owner",
        "in_their_words",
        "same_target",
        "reporter",
        "created_at",
        "state",
    )
    list_display_links = ("reason",)
    list_filter = (QueueFilter, "reason", "target")
    list_query = "?state=all"
    sortable_by = ("created_at",)
    search_fields = ("words", "reporter__username")
    ordering = ("-created_at", "-id")
    actions = ("dismiss", "hide", "suspend")
    fields = (
        "about_large",
        "owner",
        "reason",
        "words",
        "reporter",
        "created_at",
        "same_target",
        "state",
        "handled_by",
        "handled_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        rows: Any = super().get_queryset(request).select_related("reporter", "handled_by")
        reports: Any = with_same_target_count(rows)
        return reports.with_all_targets()

    def has_hide_permission(self, request: HttpRequest) -> bool:
        """Whether they may hide whatever is reported."""
        user = request.user
        return user.has_perms(("images.change_image", "comments.change_comment"))

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        """Whether they may suspend whose it is."""
        return request.user.has_perm("gallery_moderation.suspend_person")

    def buttons(self, obj: Report) -> tuple[str, ...]:
        if obj.state != State.OPEN:
            return ()
        is_thing = isinstance(obj.target, (Image, Comment))
        return ("dismiss", "hide", "suspend") if is_thing else ("dismiss", "suspend")

    @admin.display(description=gettext_lazy("what is reported"))
    def about(self, report: Report) -> str:
        return _about(report.target)

    @admin.display(description=gettext_lazy("what is reported"))
    def about_large(self, report: Report) -> str:
        target = report.target
        if isinstance(target, Image):
            large = thumbnail(target, is_reported=True, edge=_LARGE)
            return format_html("{}<br>{}", large, link_to(target, target.title))
        if isinstance(target, Comment):
            return format_html("<p>{}</p>{}", target.text, link_to(target, _("Comment")))
        return _about(target)

    @admin.display(description=gettext_lazy("whose it is"))
    def owner(self, report: Report) -> str:
        person = owner_of(report.target)
        return link_to(person, str(person))

    @admin.display(description=gettext_lazy("in their words"))
    def in_their_words(self, report: Report) -> str:
        return report.words

    @admin.display(description=gettext_lazy("reports about the same"))
    def same_target(self, report: Any) -> str:
        key = report.target_key
        query = f"?state=all&target_{key.kind}__id__exact={key.pk}"
        return format_html('<a href="{}">{}</a>', query, report.same_target)

    @admin.action(description=gettext_lazy("Dismiss: nothing is wrong"), permissions=["change"])
    def dismiss(self, request: HttpRequest, queryset: Any) -> None:
        """Close them."""
        said = ngettext_lazy("%(n)d report is dismissed.", "%(n)d reports are dismissed.", "n")
        self.act(request, queryset, dismiss, said)

    @admin.action(description=gettext_lazy("Hide what is reported"), permissions=["hide"])
    def hide(self, request: HttpRequest, queryset: Any) -> None:
        """Take the pictures and comments away, and close what is said of them."""
        said = ngettext_lazy(
            "%(n)d picture or comment is hidden.", "%(n)d pictures or comments are hidden.", "n"
        )
        self.act(request, queryset, partial(act, suspending=False), said)

    @admin.action(description=gettext_lazy("Suspend whose it is"), permissions=["suspend"])
    def suspend(self, request: HttpRequest, queryset: Any) -> None:
        """Keep them out, and close the reports."""
        said = ngettext_lazy("%(n)d person is suspended.", "%(n)d people are suspended.", "n")
        self.act(request, queryset, partial(act, suspending=True), said)


def _about(target: Any) -> str:
    if isinstance(target, Image):
        preview: Any = thumbnail(target, is_reported=True)
        text = target.title
    elif isinstance(target, Comment):
        preview, text = "“", target.preview
    else:
        preview, text = face(target), f"{target} @{target.username}"
    return format_html('<span class="panel-target">{} {}</span>', preview, link_to(target, text))


admin.site.unregister(Follow)


@admin.register(Follow)
class FollowAdmin(ReadOnlyPanel):
    """Who follows whom, the last written first."""

    list_display = ("followed_at", "follower", "following")
    sortable_by = ()
    search_fields = ("follower__username", "following__username")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("follower", "following")
