from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from gallery.accounts.forms import JoinForm, SignInForm
from gallery.accounts.models import User
from gallery.images.models import Image
from gallery.moderation.panels import Panel, ReportedFilter, face, report_count
from gallery.moderation.reads import with_report_count
from gallery.moderation.services import suspend, unsuspend
from slipstream.follows import with_follow_counts

_MIGHT = ("is_staff", "is_superuser", "groups", "user_permissions")


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The admin's door counts tries as the front door does."""

    error_messages = AdminAuthenticationForm.error_messages


admin.site.login_form = AdminSignInForm


class StateFilter(admin.SimpleListFilter):
    """In, kept out by a moderator, or about to be removed."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (
            ("active", _("Active")),
            ("suspended", _("Suspended")),
            ("closed", _("Closed")),
            ("staff", _("Staff")),
        )

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = {
            "active": {"is_active": True},
            "suspended": {"suspended_at__isnull": False},
            "closed": {"closed_at__isnull": False},
            "staff": {"is_staff": True},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


@admin.register(User)
class UserAdmin(Panel, DjangoUserAdmin):
    """People. Moderators look, and suspend; accounts are changed by superusers alone."""

    is_editable = True
    add_form = JoinForm
    list_display = (
        "face",
        "name",
        "username",
        "reports",
        "state",
        "pictures",
        "followed_by",
        "date_joined",
    )
    list_display_links = ("face", "name", "username")
    list_filter = (StateFilter, ReportedFilter)
    sortable_by = ("username", "date_joined")
    search_fields = ("username", "name")
    ordering = ("-date_joined", "-id")
    actions = ("suspend", "unsuspend")
    words_for_one = {
        "suspend": gettext_lazy("Suspend"),
        "unsuspend": gettext_lazy("Let back in"),
    }
    readonly_fields = (
        "face",
        "pictures",
        "followed_by",
        "reports",
        "state",
        "last_login",
        "date_joined",
        "suspended_at",
        "closed_at",
    )
    _profile: Any = (
        gettext_lazy("Profile"),
        {"fields": ("face", "name", "username", "bio", "date_joined")},
    )
    _standing: Any = (
        gettext_lazy("Standing"),
        {"fields": ("state", "suspended_at", "pictures", "followed_by", "reports")},
    )
    fieldsets = (
        _profile,
        _standing,
        (gettext_lazy("Account"), {"fields": ("email", "password", "last_login", "closed_at")}),
        (gettext_lazy("Permissions"), {"fields": _MIGHT}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "name", "email", "password1", "password2"),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        images = Image.objects.filter(user=OuterRef("pk"), deleted_at=None).order_by()
        pictures = images.values("user").annotate(n=Count("pk")).values("n")
        people = with_follow_counts(with_report_count(super().get_queryset(request)))
        return people.annotate(picture_count=Coalesce(Subquery(pictures), 0))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj and not request.user.is_superuser:  # whom no e-mail address concerns
            return (self._profile, self._standing)
        return super().get_fieldsets(request, obj)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        more = ("email",) if request.user.is_superuser else ()
        return (*self.search_fields, *more)

    # Who may change people could make themselves a superuser.

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_superuser(request)

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        """Whether they may keep people out, and let them back in."""
        return request.user.has_perm("gallery_moderation.suspend_person")

    def buttons(self, obj: User) -> tuple[str, ...]:
        if obj.suspended_at:
            return ("unsuspend",)
        return ("suspend",) if obj.is_active else ()

    @admin.display(description=gettext_lazy("Photo"))
    def face(self, person: User) -> str:
        return face(person)

    @admin.display(description=gettext_lazy("pictures"))
    def pictures(self, person: Any) -> int:
        count: int = person.picture_count
        return count

    @admin.display(description=gettext_lazy("followers"))
    def followed_by(self, person: Any) -> int:
        count: int = person.follower_count
        return count

    @admin.display(description=gettext_lazy("open reports"))
    def reports(self, person: User) -> str:
        return report_count(person)

    @admin.display(description=gettext_lazy("state"))
    def state(self, person: User) -> str:
        if person.closed_at:
            return _("Closed")
        if person.suspended_at:
            return _("Suspended")
        if not person.is_active:
            return _("Locked")
        return _("Staff") if person.is_staff else _("Active")

    @admin.action(description=gettext_lazy("Suspend the selected people"), permissions=["suspend"])
    def suspend(self, request: HttpRequest, queryset: Any) -> None:
        """Keep them out, with all that is theirs."""
        said = ngettext_lazy("%(n)d person is suspended.", "%(n)d people are suspended.", "n")
        self.act(request, queryset, suspend, said)

    @admin.action(
        description=gettext_lazy("Let the selected people back in"), permissions=["suspend"]
    )
    def unsuspend(self, request: HttpRequest, queryset: Any) -> None:
        """Let them in again, with what was hidden with them."""
        said = ngettext_lazy("%(n)d person is back in.", "%(n)d people are back in.", "n")
        self.act(request, queryset, unsuspend, said)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)
