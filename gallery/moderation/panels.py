"""What Gallery's admin pages have in common: faces, thumbnails, buttons, and who may do what."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gallery.accounts.models import User
from gallery.images.models import Image, Visibility
from gallery.moderation.models import Report
from gallery.moderation.reads import COLUMNS, reported
from gallery.moderation.services import MOST_AT_ONCE, TooManyAtOnce

_EDGE = 44  # pixels
_SAVE = ("show_save", "show_save_and_continue")
Service = Callable[[User, Iterable[int]], int]


class ReportedFilter(admin.SimpleListFilter):
    """Those about which a report is open."""

    title = gettext_lazy("reported")
    parameter_name = "reported"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("yes", _("Yes")),)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return reported(queryset) if self.value() == "yes" else queryset


class HiddenFilter(admin.SimpleListFilter):
    """Shown or hidden."""

    title = gettext_lazy("hidden")
    parameter_name = "hidden"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return (("no", _("No")), ("yes", _("Yes")))

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() in ("no", "yes"):
            return queryset.filter(hidden_at__isnull=self.value() == "no")
        return queryset


class Panel(admin.ModelAdmin):
    """A list to look at and to act upon; the page of one has the same actions as buttons."""

    change_form_template = "admin/moderation/change_form.html"
    list_per_page = 50
    show_full_result_count = False
    #: What the buttons say, where the actions speak of several.
    words_for_one: dict[str, Any] = {}
    #: What to add to the address of the list, that a button finds what it is about.
    list_query = ""
    #: Whether whoever may change it does so here, in a form.
    is_editable = False

    class Media:
        css = {"all": ("gallery/css/admin.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def buttons(self, obj: Any) -> Iterable[str]:
        """Return the names of the actions that make sense for ``obj``."""
        return ()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), **self.context_of_one(request, object_id)}
        return super().change_view(request, object_id, form_url, context)

    def context_of_one(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        """Return what the page of one shows besides: buttons, and seldom a way to save."""
        buttons: list[tuple[str, Any]] = []
        if request.method != "POST" and (obj := self.get_object(request, object_id)):
            allowed: Any = self.get_actions(request)
            names = [name for name in self.buttons(obj) if name in allowed]
            buttons = [
                (name, self.words_for_one.get(name) or _words(allowed[name])) for name in names
            ]
        meta = self.model._meta
        return {
            "buttons": buttons,
            "list_url": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
            + self.list_query,
            **({} if self.is_editable else dict.fromkeys(_SAVE, False)),
        }

    def act(self, request: HttpRequest, queryset: Any, service: Service, said: Any) -> None:
        """Do it by ``service``, and say to how many: ``said`` is a plural with ``n``."""
        # By their keys: what is searched by may change with them.
        keys = list(queryset.order_by().values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        moderator: Any = request.user
        try:
            count = service(moderator, keys)
        except TooManyAtOnce:
            text = _("At most %(n)d at once, please. Nothing was changed.") % {"n": MOST_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, said % {"n": count}, level)


def _words(action: Any) -> str:
    """Return what an action of the admin is called: before Django 6.1 it is a tuple."""
    return str(action[2] if isinstance(action, tuple) else action.description)


class ReadOnlyPanel(Panel):
    """Rows to look at: they come and go with what people do."""

    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not here. It is asked as well where that which they belong to is deleted."""
        match, meta = request.resolver_match, self.model._meta
        own = f"{meta.app_label}_{meta.model_name}_"
        is_here = match is not None and (match.url_name or "").startswith(own)
        return not is_here and super().has_delete_permission(request, obj)


def face(person: User) -> SafeString:
    """Return the photo of ``person``, or their initial."""
    if person.face_urls:
        photo = '<img class="panel-face" src="{}" width="{}" height="{}" alt="" loading="lazy">'
        return format_html(photo, person.face_urls.small, _EDGE, _EDGE)
    return format_html('<span class="panel-face" aria-hidden="true">{}</span>', person.initial)


def thumbnail(image: Image, *, is_reported: bool = False, edge: int = _EDGE) -> SafeString | str:
    """Return ``image``, small; a moderator need not be allowed to see what few may see.

    Hidden pictures, and those that were reported, come from `gallery.images.admin`.
    """
    width, url = image.sources[0 if edge <= _EDGE else min(1, len(image.sources) - 1)]
    if not image.is_public:
        if image.visibility != Visibility.PUBLIC and not is_reported:
            return "—"
        url = reverse("admin:images_image_preview", args=[image.pk, width])
    tag = '<img class="panel-picture" src="{}" width="{}" height="{}" alt="" loading="lazy">'
    return format_html(tag, url, edge, edge)


def link_to(obj: Any, text: str) -> SafeString:
    """Return a link to the page of ``obj`` in the admin."""
    meta = obj._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[obj.pk])
    return format_html('<a href="{}">{}</a>', url, text)


def report_count(obj: Any) -> SafeString | str:
    """Return how many reports are open about ``obj``, with a link to them."""
    if not obj.report_count:
        return "—"
    url = reverse(f"admin:{Report._meta.app_label}_report_changelist")
    query = f"{COLUMNS[type(obj)]}__id__exact={obj.pk}"
    return format_html('<a class="panel-alert" href="{}?{}">{}</a>', url, query, obj.report_count)
