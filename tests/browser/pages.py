"""Every page of Gallery, once: what looks at whole pages takes its list from here.

An address that is neither in PAGES nor in NO_PAGES fails tests/gallery/test_pages.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver

VISITOR, MEMBER, NEWCOMER, STAFF = "visitor", "member", "newcomer", "staff"
"""Who looks: nobody known, who has shared and follows, who has only just joined, who moderates."""

ADMIN = "admin"
"""The namespace of what Django makes by itself for each model; some of it is in PAGES."""


@dataclass(frozen=True)
class Page:
    """One page, as one kind of viewer sees it."""

    name: str
    address: str
    """May name what `tests.browser.scene.Scene` has: ``/@{person}/``."""
    viewer: str = VISITOR
    status: int = 200
    is_ours: bool = True
    """Whether it is drawn by templates of ours: Django's admin has faults of its own."""
    is_shown: bool = True
    """Whether it is on the contact sheet: what looks as another page does is not."""


PAGES = (
    # -- what visitors come upon
    Page("landing", "/"),
    Page("explore-visitor", "/explore/", is_shown=False),
    Page("popular-visitor", "/popular/", is_shown=False),
    Page("picture-visitor", "/pictures/{picture}/", is_shown=False),
    Page("person-visitor", "/@{person}/", is_shown=False),
    Page("comments-visitor", "/images/{picture}/comments/", is_shown=False),
    Page("likes-visitor", "/images/{picture}/likes/", is_shown=False),
    # -- accounts
    Page("join", "/account/join/"),
    Page("login", "/account/login/"),
    Page("reset", "/account/password/reset/"),
    Page("reset-sent", "/account/password/reset/sent/", is_shown=False),
    Page("reset-new", "/account/password/reset/{uid}/{token}/"),
    Page("reset-invalid", "/account/password/reset/{uid}/nonsense/", is_shown=False),
    Page("reset-done", "/account/password/reset/done/", is_shown=False),
    Page("settings", "/account/settings/", MEMBER),
    Page("settings-newcomer", "/account/settings/", NEWCOMER, is_shown=False),
    Page("password", "/account/settings/password/", MEMBER),
    Page("preferences", "/account/settings/notifications/", MEMBER),
    Page("export", "/account/settings/export/", MEMBER),
    Page("close", "/account/settings/close/", MEMBER),
    # -- looking around
    Page("home", "/", MEMBER),
    Page("home-newcomer", "/", NEWCOMER),
    Page("explore", "/explore/", MEMBER),
    Page("explore-likes", "/explore/?order=likes", MEMBER, is_shown=False),
    Page("popular", "/popular/", MEMBER),
    Page("popular-day", "/popular/?window=day", MEMBER, is_shown=False),
    Page("people", "/people/", MEMBER),
    Page("search", "/search/?q={word}", MEMBER),
    Page("search-visitor", "/search/?q={word}", is_shown=False),
    Page("search-empty", "/search/", MEMBER, is_shown=False),
    Page("search-none", "/search/?q=zzzzzzzz", MEMBER),
    Page("search-pictures", "/search/pictures/?q={word}", MEMBER, is_shown=False),
    Page("search-people", "/search/people/?q={person}", MEMBER, is_shown=False),
    Page("notifications", "/notifications/", MEMBER),
    Page("notifications-none", "/notifications/", NEWCOMER, is_shown=False),
    # -- people
    Page("person", "/@{person}/", MEMBER),
    Page("own", "/@{member}/", MEMBER),
    Page("own-newcomer", "/@{newcomer}/", NEWCOMER),
    Page("person-activity", "/@{person}/activity/", MEMBER),
    Page("activity-newcomer", "/@{newcomer}/activity/", NEWCOMER, is_shown=False),
    Page("followers", "/@{person}/followers/", MEMBER),
    Page("followers-none", "/@{newcomer}/followers/", NEWCOMER, is_shown=False),
    Page("following", "/@{member}/following/", MEMBER, is_shown=False),
    Page("following-none", "/@{newcomer}/following/", NEWCOMER, is_shown=False),
    # -- pictures
    Page("picture", "/pictures/{picture}/", MEMBER),
    Page("picture-own", "/pictures/{own}/", MEMBER),
    Page("picture-activity", "/pictures/{picture}/activity/", MEMBER),
    Page("likes", "/images/{picture}/likes/", MEMBER),
    Page("share", "/share/", MEMBER),
    Page("edit", "/pictures/{own}/edit/", MEMBER),
    Page("insights-picture", "/images/{own}/insights/", MEMBER),
    Page("insights", "/insights/", MEMBER),
    Page("insights-newcomer", "/insights/", NEWCOMER, is_shown=False),
    # -- comments
    Page("comments", "/images/{picture}/comments/", MEMBER),
    Page("comment-edit", "/comments/{comment}/edit/", MEMBER),
    Page("comment-delete", "/comments/{comment}/delete/", MEMBER),
    # -- what went wrong
    Page("missing", "/nowhere/", MEMBER, status=404),
    Page("missing-visitor", "/nowhere/", status=404, is_shown=False),
    Page("bad-request", "/explore/?order=nonsense", MEMBER, status=400),
    Page("wrong-method", "/theme/", MEMBER, status=405),
    # -- moderation
    Page("report-picture", "/report/?image={picture}", MEMBER),
    Page("report-comment", "/report/?comment={answer}", MEMBER, is_shown=False),
    Page("report-person", "/report/?person={person}", MEMBER, is_shown=False),
    Page("report-thanks", "/report/thanks/?image={picture}", MEMBER),
    Page("admin-reports", "/admin/gallery_moderation/report/", STAFF, is_ours=False),
    Page("admin", "/admin/", STAFF, is_ours=False, is_shown=False),
    Page("admin-comments", "/admin/comments/comment/", STAFF, is_ours=False),
    Page("admin-pictures", "/admin/images/image/", STAFF, is_ours=False, is_shown=False),
    Page("admin-people", "/admin/accounts/user/", STAFF, is_ours=False, is_shown=False),
)

NO_PAGES = {
    "accounts:logout": "only takes forms",
    "accounts:remove-photo": "only takes forms",
    "activity:news": "tells a script",
    "admin:images_image_preview": "a file",
    "comments:comment": "leads to the page of a picture",
    "front:favicon": "a file",
    "front:manifest": "for machines",
    "front:robots": "for machines",
    "front:sitemap": "for machines",
    "front:theme": "only takes forms; the refusal is among the pages",
    "images:delete": "only takes forms",
    "images:file": "a file",
    "images:like": "only takes forms",
    "images:public-file": "a file",
    "images:public-preview": "a file",
    "images:restore": "only takes forms",
    "live:live": "tells a script",
    "media": "a file",
    "notifications:read-all": "only takes forms",
    "set_language": "only takes forms",
    "slipstream_follows:follow": "only takes forms",
}
"""Addresses that are no page, and why."""


def address_names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Yield the full name of each address in ``patterns``; its route, where it has no name."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or str(pattern.pattern))
        elif pattern.namespace != ADMIN:
            within = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from address_names(pattern.url_patterns, within)
