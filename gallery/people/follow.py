"""What Gallery's follow button does besides: whoever unfollows can undo it."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from gallery.front.errors import refuse
from gallery.front.numbers import short
from slipstream.follows.views import FollowOutcome, FollowView


class FollowButtonView(FollowView):
    """Follow or unfollow, as `FollowView` does, with the words for an undo, and error pages."""

    def render_outcome(self, outcome: FollowOutcome) -> HttpResponse:
        """Answer; a script gets the counts in short, and the words too."""
        response = super().render_outcome(outcome)
        is_undoable = outcome.changed and not outcome.is_following
        said = _("You no longer follow %(name)s.") % {"name": outcome.user.name}
        if not self.is_script():
            if is_undoable:
                tags = f"unfollowed:{outcome.user.pk}"
                messages.success(self.request, said, extra_tags=tags)
            return response
        answer: dict[str, Any] = json.loads(response.content)
        answer["follower_count_text"] = short(answer["follower_count"])
        answer["viewer_following_count_text"] = short(answer["viewer_following_count"])
        if is_undoable:
            answer["undo"] = {"text": said, "label": _("Undo")}
        return JsonResponse(answer)

    def render_refusal(self, status: int, message: str) -> HttpResponse:
        """Say why not: on a page, or to a script."""
        if self.is_script() or status not in (400, 404):
            return super().render_refusal(status, message)
        return refuse(self.request, status, message)
