"""Looking at pictures, liking and sharing them, changing and deleting one's own."""

from copy import copy
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gallery.accounts.models import User
from gallery.front.errors import bad_request, refuse
from gallery.front.numbers import short
from gallery.front.requests import PAGE_WITH_FORM, is_script, local_url, status_of
from gallery.images import files, reads, services
from gallery.images.forms import ImageForm, UploadForm
from gallery.images.metadata import link_data
from gallery.images.models import Image
from gallery.people.reads import cards
from gallery.popular.looks import look
from slipstream.exceptions import InvalidCursor
from slipstream.keyset import Page, keyset_page

PEOPLE_PER_PAGE = 24
_FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def image(request: HttpRequest, key: int) -> HttpResponse:
    """Show one picture, what hangs beside it, and pictures of others that are like it.

    Five queries, one of them for its comments, and those of `look`, which counts that it is
    seen.
    """
    shown = get_object_or_404(reads.for_page(request.user), pk=key)
    # So that the button for following needs no query.
    shown.user.is_followed = shown.is_owner_followed  # type: ignore[attr-defined]
    beside = reads.neighbours(shown, request.user)
    context = {
        "image": shown,
        "person": shown.user,
        "is_own": shown.user_id == request.user.pk,
        "newer": beside.newer,
        "older": beside.older,
        "more": beside.around,
        "related": reads.related(shown, request.user),
        "seen": look(request, shown),
        "link": link_data(request, shown) if shown.is_public else None,
    }
    return render(request, "images/image.html", context)


@require_http_methods(PAGE_WITH_FORM)
def share(request: HttpRequest) -> HttpResponse:
    """Share a picture; a script that shares several gets JSON for each."""
    script = not request.accepts("text/html")
    if not request.user.is_authenticated:
        if script:
            return JsonResponse({"error": _("Log in to share pictures.")}, status=401)
        return redirect_to_login(request.path)
    form = UploadForm(request.POST, request.FILES) if _is_sent(request) else UploadForm()
    if form.is_valid():
        data = form.cleaned_data
        shared = services.share(
            request.user,
            data["image"],
            title=data["title"],
            description=data["description"],
            visibility=data["visibility"],
        )
        if script:
            return JsonResponse({"url": shared.get_absolute_url()}, status=201)
        messages.success(request, _("Your picture is shared."))
        return redirect(shared)
    if script and form.errors:
        return JsonResponse({"errors": form.errors}, status=400)
    context = {"form": form, "max_bytes": settings.GALLERY_MAX_IMAGE_BYTES}
    return render(request, "images/share.html", context, status=status_of(form))


@login_required
@require_http_methods(PAGE_WITH_FORM)
def edit(request: HttpRequest, key: int) -> HttpResponse:
    """Change what is said of one's own picture, and who may see it."""
    own = _get_own(request, key)
    # A copy: a form that is refused must not change what the page shows.
    form = ImageForm(request.POST if _is_sent(request) else None, instance=copy(own))
    if form.is_valid():
        try:
            services.edit(own, **form.cleaned_data)
        except Image.DoesNotExist as error:  # deleted meanwhile, in another tab
            raise Http404 from error
        messages.success(request, _("Your changes are saved."))
        return redirect(own)
    context = {"form": form, "image": own}
    return render(request, "images/edit.html", context, status=status_of(form))


@login_required
@require_POST
def delete(request: HttpRequest, key: int) -> HttpResponse:
    """Delete one's own picture, and offer it back."""
    own = _get_own(request, key)
    services.delete(own)
    # Their page offers it back, see `gallery.people.views.person`.
    return redirect(f"{own.user.get_absolute_url()}?deleted={key}")


@login_required
@require_POST
def restore(request: HttpRequest, key: int) -> HttpResponse:
    """Have back what one has just deleted."""
    restored = services.restore(cast("User", request.user), key)
    if restored is None:
        raise Http404
    messages.success(request, _("Your picture is back."))
    return redirect(restored)


@require_POST
def like(request: HttpRequest, key: int) -> HttpResponse:
    """Like a picture or no longer, as ``action`` says.

    A script gets JSON with the number of likes, one query more; a plain form is sent
    back to ``next``.
    """
    user, next_url = request.user, local_url(request, request.POST.get("next"))
    if not user.is_authenticated:
        if is_script(request):
            return JsonResponse({"error": _("Log in to like pictures.")}, status=401)
        return redirect_to_login(next_url)
    action = request.POST.get("action")
    if action not in ("like", "unlike"):
        return refuse(request, 400, _("The action must be “like” or “unlike”."))
    images = Image.objects
    pictures = images.visible_to(user) if action == "like" else images.with_like_to_take_back(user)
    try:
        shown = pictures.get(pk=key)
        changed = (services.like if action == "like" else services.unlike)(user, shown)
    except Image.DoesNotExist:
        return refuse(request, 404, _("There is no such picture."))
    if not is_script(request):
        # 303: the browser must come back with GET.
        return HttpResponseRedirect(next_url, status=303)
    count = Image.objects.filter(pk=key).values_list("like_count", flat=True).first() or 0
    answer = {"is_liked": action == "like", "changed": changed}
    return JsonResponse({**answer, "like_count": count, "like_count_text": short(count)})


@require_safe
def likes(request: HttpRequest, key: int) -> HttpResponse:
    """List who likes a picture, latest first, to whoever may see it. Three queries."""
    shown = get_object_or_404(Image.objects.visible_to(request.user), pk=key)
    try:
        page = keyset_page(
            shown.likes.filter(user__is_active=True),
            order_by=("-created_at", "-id"),
            limit=PEOPLE_PER_PAGE,
            cursor=request.GET.get("cursor"),
        )
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    people = cards(User.objects.active(), request.user).in_bulk([row.user_id for row in page.items])
    listed = [people[row.user_id] for row in page.items if row.user_id in people]
    context = {"image": shown, "page": Page(listed, page.next_cursor, page.previous_cursor)}
    return render(request, "images/likes.html", context)


@require_safe
def file(request: HttpRequest, key: int, width: int) -> HttpResponseBase:
    """Hand out a rendition of a picture that is not public, to who may see it. One query."""
    shown = get_object_or_404(Image.objects.visible_to(request.user), pk=key)
    response = _rendition(shown, width)
    response["Cache-Control"] = "private, max-age=600"
    return response


@require_safe
def public_file(request: HttpRequest, folder: str, width: int) -> HttpResponseBase:
    """Hand out a rendition of a public picture, making it again where it is missing. One query.

    For where no web server does, or has not found it.
    """
    response = _rendition(_get_public(folder), width)
    response["Cache-Control"] = _FOR_EVER
    return response


@require_safe
def public_preview(request: HttpRequest, folder: str) -> HttpResponseBase:
    """Hand out the JPEG of a public picture that pages elsewhere show with its link. One query."""
    try:
        opened = files.open_preview(_get_public(folder).image)
    except FileNotFoundError as error:  # the master is gone
        raise Http404 from error
    response = FileResponse(opened, content_type="image/jpeg")
    response["Cache-Control"] = _FOR_EVER
    return response


def _get_public(folder: str) -> Image:
    if "\0" in folder:  # which PostgreSQL refuses to look for
        raise Http404
    return get_object_or_404(Image.objects.visible_to(AnonymousUser()), image=f"images/{folder}")


def _rendition(shown: Image, width: int) -> HttpResponseBase:
    if width not in files.widths(shown.width):
        raise Http404
    try:
        opened = files.open_rendition(shown.image, width, public=shown.is_public)
    except FileNotFoundError as error:  # the master is gone as well
        raise Http404 from error
    return FileResponse(opened, content_type="image/webp")


def _get_own(request: HttpRequest, key: int) -> Image:
    # Somebody else's is not found, whether or not it is there.
    own = Image.objects.select_related("user")
    return get_object_or_404(own, pk=key, user=request.user.pk, deleted_at=None)


def _is_sent(request: HttpRequest) -> bool:
    # Also where nothing is in it, which is an error of the form.
    return request.method == "POST"
