"""Reading comments, writing them, changing and deleting one's own."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gallery.accounts.models import User
from gallery.comments import reads, services
from gallery.comments.forms import CommentForm, EditForm
from gallery.comments.models import Comment
from gallery.front.errors import bad_request, refuse
from gallery.front.numbers import short
from gallery.front.requests import PAGE_WITH_FORM, is_script, status_of
from gallery.images.models import Image
from slipstream.exceptions import InvalidCursor


@require_http_methods(PAGE_WITH_FORM)
def of_image(request: HttpRequest, key: int) -> HttpResponse:
    """List the comments on a picture, to whoever may see it, or write one. Two queries to list."""
    user = request.user
    if request.method == "POST" and not user.is_authenticated:
        return _ask_to_log_in(request, reverse("images:image", args=[key]))
    pictures = Image.objects.visible_to(user).select_related("user")
    image = pictures.filter(pk=key).first()
    if image is None:
        return refuse(request, 404, _("There is no such picture."))
    if request.method == "POST" and user.is_authenticated:
        return _write(request, user, image)
    return _list(request, image)


@require_safe
def comment(request: HttpRequest, key: int) -> HttpResponse:
    """Lead to a comment, on whichever page it is. Two queries."""
    return redirect(reads.place(_get(request, key), request.user))


@require_http_methods(PAGE_WITH_FORM)
def edit(request: HttpRequest, key: int) -> HttpResponse:
    """Change one's own comment. A script gets the comment as HTML."""
    if not request.user.is_authenticated:
        return _ask_to_log_in(request, request.path)
    found = _get(request, key)
    if not found.is_by(request.user):
        return refuse(request, 404, _("There is no such comment."))
    form = EditForm.of(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.edit(found, form.cleaned_data["text"])
        except Comment.DoesNotExist:  # deleted meanwhile
            return refuse(request, 404, _("There is no such comment."))
        if is_script(request):
            return JsonResponse({"html": _html(request, found)})
        return HttpResponseRedirect(reads.place(found, request.user), status=303)
    if form.errors and is_script(request):
        return JsonResponse({"errors": form.errors}, status=400)
    context = {"form": form, "comment": found, "image": found.image}
    return render(request, "comments/edit.html", context, status=status_of(form))


@require_http_methods(PAGE_WITH_FORM)
def delete(request: HttpRequest, key: int) -> HttpResponse:
    """Ask whether to delete a comment, one's own or on one's own picture; by POST do it."""
    if not request.user.is_authenticated:
        return _ask_to_log_in(request, request.path)
    rows = Comment.objects.deletable_by(request.user).select_related("user", "image__user")
    found = get_object_or_404(rows, pk=key)
    # What one wrote is one's own, also where the picture was hidden since.
    is_seen = Image.objects.visible_to(request.user).filter(pk=found.image_id).exists()
    if request.method != "POST":
        context = {"comment": found, "image": found.image if is_seen else None}
        return render(request, "comments/delete.html", context)
    services.delete(found)
    if is_script(request):
        return JsonResponse(_count(found.image))
    messages.success(request, _("The comment is deleted."))
    url = f"{found.image.get_absolute_url()}#comments" if is_seen else reverse("front:home")
    return HttpResponseRedirect(url, status=303)


def _list(request: HttpRequest, image: Image, form: CommentForm | None = None) -> HttpResponse:
    cursor = None if form else request.GET.get("cursor")
    try:
        page = reads.page(image, request.user, cursor)
    except InvalidCursor:
        return bad_request(request, message=_("This link to a page is not valid."))
    context = reads.section(request, image, page, form)
    return render(request, "comments/of_image.html", context)


def _write(request: HttpRequest, user: User, image: Image) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _show_errors(request, image, form, status=400)
    try:
        written, is_new = services.write(user, image, **form.cleaned_data)
    except Image.DoesNotExist:  # it was hidden or deleted meanwhile
        return refuse(request, 404, _("There is no such picture."))
    except services.TooManyComments:
        form.add_error("text", _("That was a lot at once. Please wait a minute."))
        return _show_errors(request, image, form, status=429)
    if not is_script(request):
        # 303: the browser must come back with GET.
        return HttpResponseRedirect(reads.place(written, user), status=303)
    written.user, written.image = user, image
    answer = {
        "html": _html(request, written),
        **_count(image),
        "token": uuid4(),
    }
    return JsonResponse(answer, status=201 if is_new else 200)


def _show_errors(
    request: HttpRequest, image: Image, form: CommentForm, *, status: int
) -> HttpResponse:
    if is_script(request):
        return JsonResponse({"errors": form.errors}, status=status)
    response = _list(request, image, form.with_new_token())
    response.status_code = status
    return response


def _html(request: HttpRequest, shown: Comment) -> str:
    """Return ``shown`` as it stands in the list."""
    return render_to_string("comments/comment.html", {"comment": shown}, request).strip()


def _count(image: Image) -> dict[str, Any]:
    """Return how many comments there are now, as scripts get it."""
    rows = Image.objects.filter(pk=image.pk)
    count = rows.values_list("comment_count", flat=True).first() or 0
    return {"comment_count": count, "comment_count_text": short(count)}


def _get(request: HttpRequest, key: int) -> Comment:
    # What one may not read is not found, whether or not it is there.
    comments = Comment.objects.visible_to(request.user).select_related("user", "image__user")
    return get_object_or_404(comments, pk=key)


def _ask_to_log_in(request: HttpRequest, next_url: str) -> HttpResponse:
    if is_script(request):
        return JsonResponse({"error": _("Log in to comment.")}, status=401)
    return redirect_to_login(next_url)
