"""``{% load slipstream_follows %}``"""

from __future__ import annotations

from typing import Any

from django import template

from slipstream.follows.reads import is_following

register = template.Library()


@register.inclusion_tag("slipstream/follows/button.html", takes_context=True)
def follow_button(context: dict[str, Any], person: Any) -> dict[str, Any]:
    """Render a form whose one button follows or unfollows ``person``.

    Nothing is rendered for the signed-in person themselves. No query where
    ``person`` has ``is_followed`` (`slipstream.follows.with_follow_state`) or
    is the viewer, else one. Needs ``slipstream.follows.urls`` in the URLconf, and the request
    in the context. Override the template ``slipstream/follows/button.html``
    to change what it looks like.
    """
    request = context["request"]
    is_self = request.user.pk == person.pk
    state = False if is_self else getattr(person, "is_followed", None)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "person": person,
        "is_self": is_self,
        "is_following": is_following(request.user, person) if state is None else state,
        "next": request.POST.get("next") or request.get_full_path(),
    }
