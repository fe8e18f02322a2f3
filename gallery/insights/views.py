"""Numbers for those whom they are about: on a page, in it anew, and to take along."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gallery.accounts.models import User
from gallery.front.errors import bad_request
from gallery.images.models import Image
from gallery.insights.presentation import charts
from gallery.insights.reads import AccountInsights, ImageInsights
from gallery.insights.series import Series, to_csv

FORMATS = ("html", "fragment", "csv")
_LONGEST_NAME = 60

Tables = dict[str, Callable[[], list[list[Any]]]]
"""How to get each table that can be taken along, by its name."""


@never_cache
@require_safe
def image(request: HttpRequest, key: int) -> HttpResponse:
    """Tell the owner of a picture who looks at it, and when. Six queries; of a series, two.

    For everyone else there is no such page.
    """
    own = Image.objects.filter(user=request.user.pk, deleted_at=None).select_related("user")
    shown = get_object_or_404(own, pk=key)
    insights = ImageInsights(shown, timezone.now())
    context = {"image": shown}
    tables = _tables(insights)
    return _answer(request, insights, tables, context, name=f"{shown.title}-{shown.pk}")


@never_cache
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Tell a person who looks at their pictures, which, and when. Eight queries."""
    person = cast("User", request.user)
    insights = AccountInsights(person, timezone.now())
    tables = {**_tables(insights), "pictures": insights.pictures_table}
    return _answer(request, insights, tables, {"person": person}, name=person.username)


def _tables(insights: ImageInsights | AccountInsights) -> Tables:
    def table(get: Callable[[], Series]) -> list[list[Any]]:
        return get().as_table()

    return {name: partial(table, get) for name, get in insights.series.items()}


def _answer(
    request: HttpRequest,
    insights: ImageInsights | AccountInsights,
    tables: Tables,
    context: dict[str, Any],
    *,
    name: str,
) -> HttpResponse:
    wanted = request.GET.get("format", "html")
    if wanted not in FORMATS:
        return bad_request(request, message=_("The format must be “html”, “fragment” or “csv”."))
    if wanted == "csv":
        series = request.GET.get("series", "")
        if series not in tables:
            message = _("The series must be one of these: %(names)s.")
            return bad_request(request, message=message % {"names": ", ".join(tables)})
        return _csv(tables[series](), f"{series}-{name}")
    context |= {
        "insights": insights,
        "figures": insights.figures(),
        "charts": charts(get() for get in insights.series.values()),
        "now": insights.now,
    }
    template = "insights/parts.html" if wanted == "fragment" else "insights/insights.html"
    return render(request, template, context)


def _csv(table: list[list[Any]], name: str) -> HttpResponse:
    response = HttpResponse(to_csv(table), content_type="text/csv; charset=utf-8")
    stem = slugify(name, allow_unicode=True)[:_LONGEST_NAME].strip("-") or "insights"
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{stem}.csv"
    )
    return response
