"""The follow button's other end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from slipstream.exceptions import CannotFollowSelf, FollowRefused
from slipstream.follows.reads import follow_counts
from slipstream.follows.services import follow, unfollow

__all__ = ["FollowOutcome", "FollowView"]


@dataclass(frozen=True, slots=True)
class FollowOutcome:
    """What `FollowView` did: ``user`` is now followed or not, and whether that is new."""

    user: Any
    is_following: bool
    changed: bool


class _BadRequest(Exception):
    """Says with which status and words a request is refused."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@method_decorator([never_cache, csrf_protect], name="dispatch")
# With ATOMIC_REQUESTS, an account closed meanwhile would show at commit only,
# after the answer was made.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class FollowView(View):
    """Follow or unfollow the user ``user_id``, as ``action`` says. POST only.

    A plain form, which a browser sends with an ``Accept`` that names
    ``text/html``, is sent back to ``next``. Everything else is a script and
    gets JSON, or what `render_outcome` makes of it.

    ====== =================================================================
    status when
    ====== =================================================================
    200    done, also when nothing changed (303 to ``next`` for plain forms)
    302    a visitor's form: to sign in
    400    no such action, or ``user_id`` is not a key
    401    a visitor's script
    403    no CSRF token, or the follow is refused
    404    no such user, or not one that may be followed
    405    not a POST
    409    oneself
    ====== =================================================================

    Override `get_candidates`, `render_outcome` and `render_refusal` to fit a site.
    """

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer the form or script."""
        if not request.user.is_authenticated:
            if self.is_script():
                return self.render_refusal(401, _("Log in to follow people."))
            return redirect_to_login(self.get_next_url())
        try:
            outcome = self._carry_out(request)
        except _BadRequest as refused:
            return self.render_refusal(refused.status, refused.message)
        return self.render_outcome(outcome)

    def get_candidates(self) -> QuerySet[Any]:
        """Return the users who may be followed here; the active ones by default."""
        users: QuerySet[Any] = get_user_model()._default_manager.all()
        if any(field.name == "is_active" for field in users.model._meta.concrete_fields):
            users = users.filter(is_active=True)
        return users

    def render_outcome(self, outcome: FollowOutcome) -> HttpResponse:
        """Answer a request that was carried out; for a script with the counts, two queries."""
        if not self.is_script():
            # 303: the browser must come back with GET.
            return HttpResponseRedirect(self.get_next_url(), status=303)
        viewer: Any = self.request.user
        return JsonResponse(
            {
                "user_id": str(outcome.user.pk),
                "is_following": outcome.is_following,
                "changed": outcome.changed,
                "follower_count": follow_counts(outcome.user).followers,
                "viewer_id": str(viewer.pk),
                "viewer_following_count": follow_counts(viewer).following,
            }
        )

    def render_refusal(self, status: int, message: str) -> HttpResponse:
        """Answer a request that was not carried out, with nothing changed."""
        if self.is_script():
            return JsonResponse({"error": message}, status=status)
        return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")

    def is_script(self) -> bool:
        """Whether the request comes from a script, which cannot use a redirect to a page."""
        request = self.request
        return (
            "HX-Request" in request.headers
            or request.headers.get("X-Requested-With") == "XMLHttpRequest"
            # `*/*` is what scripts send that do not care; browsers name it.
            or not any(accepted.sub_type == "html" for accepted in request.accepted_types)
            or request.get_preferred_type(["text/html", "application/json"]) != "text/html"
        )

    def get_next_url(self) -> str:
        """Return where a plain form goes afterwards: ``next`` if it is on this site, else ``/``."""
        url = self.request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )
        return url if safe else "/"

    def _carry_out(self, request: HttpRequest) -> FollowOutcome:
        # The session's user; AnonymousUser was turned away above.
        viewer: Any = request.user
        action = request.POST.get("action", "")
        if action not in ("follow", "unfollow"):
            raise _BadRequest(400, _("The action must be “follow” or “unfollow”."))
        person = self._get_person(request.POST.get("user_id", ""))
        try:
            changed = (follow if action == "follow" else unfollow)(viewer, person)
        except CannotFollowSelf as error:
            raise _BadRequest(409, _("You cannot follow yourself.")) from error
        except FollowRefused as error:
            raise _BadRequest(403, str(error)) from error
        except IntegrityError as error:
            # The account went away between the look-up and the write.
            raise _BadRequest(404, _("There is no such person.")) from error
        return FollowOutcome(person, is_following=action == "follow", changed=changed)

    def _get_person(self, raw: str) -> Any:
        users = self.get_candidates()
        try:
            if "\0" in raw:
                raise ValueError
            key = users.model._meta.pk.to_python(raw or None)
        except (ValidationError, ValueError, TypeError):
            key = None
        if key is None:
            raise _BadRequest(400, _("“user_id” must be the key of a person."))
        person = users.filter(pk=key).first()
        if person is None:
            raise _BadRequest(404, _("There is no such person."))
        return person
