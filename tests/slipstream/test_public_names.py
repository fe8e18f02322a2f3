"""The public names, pinned: to add or remove one is a decision."""

from __future__ import annotations

import importlib

import pytest

import slipstream
from slipstream import exceptions

PUBLIC = {
    "slipstream.exceptions": {
        "BackendAway",
        "CannotFollowSelf",
        "CountNotWritable",
        "FollowRefused",
        "InvalidActivity",
        "InvalidCursor",
        "InvalidLimit",
        "InvalidStamp",
        "InvalidTarget",
        "InvalidUser",
        "InvalidWindow",
        "NotRanked",
        "SlipstreamError",
        "UndeclaredRule",
        "UndeclaredVerb",
    },
    "slipstream.follows": {
        "FollowCount",
        "follow",
        "follow_counts",
        "followed",
        "following_among",
        "is_following",
        "unfollow",
        "unfollowed",
        "with_follow_counts",
        "with_follow_state",
    },
    "slipstream.follows.models": {"Follow", "FollowCounts"},
    "slipstream.follows.views": {"FollowOutcome", "FollowView"},
    "slipstream.targets": {
        "ExclusiveForeignKey",
        "ExclusiveOneToOneField",
        "LinkForeignKey",
        "PointingModel",
        "Target",
        "TargetKey",
        "TargetLink",
        "TargetQuerySet",
        "links_for",
    },
    "slipstream.targets.generic": {
        "DELETE",
        "KEEP",
        "GuardedGenericKey",
        "GuardedQuerySet",
        "OnMissing",
    },
    "slipstream.targets.admin": {"TargetKindListFilter"},
    "slipstream.activity": {
        "Entry",
        "Verb",
        "activity_logged",
        "alog_activity",
        "declared_verbs",
        "feed_verbs",
        "get_activity_model",
        "get_verb",
        "log_activities",
        "log_activity",
        "prune_activities",
        "register",
        "sentence_html",
        "sentence_text",
        "take_back",
    },
    "slipstream.activity.models": {"AbstractActivity", "BaseActivity", "Claim"},
    "slipstream.feeds": {"MOST_COUNTED", "FeedPage", "count_new", "get_activity_feed"},
    "slipstream.counters": {"CountField", "Tally", "recount"},
    "slipstream.notifications": {
        "Rule",
        "declare",
        "declared_rules",
        "get_notifications",
        "get_rule",
        "mark_all_read",
        "mark_read",
        "marked_read",
        "notification_html",
        "notification_text",
        "notified",
        "notify",
        "notify_many",
        "preferences",
        "prune_notifications",
        "retract",
        "set_preference",
        "unread_count",
        "unread_counts",
    },
    "slipstream.notifications.models": {"Inbox", "Notification", "Participant", "Preference"},
    "slipstream.rankings": {
        "Ranked",
        "Recorded",
        "Totals",
        "ViewPolicy",
        "Window",
        "forget_views",
        "history",
        "rank_of",
        "record_view",
        "record_views",
        "register",
        "top",
        "view_count",
        "view_counts",
    },
    "slipstream.rankings.maintenance": {
        "KEPT",
        "flush_views",
        "prune_views",
        "rebuild_rankings",
    },
    "slipstream.rankings.requests": {
        "RecordsView",
        "is_look",
        "record_request",
        "records_view",
        "viewer_of",
    },
    "slipstream.testing.rankings": {"BackendContract"},
    "slipstream.conf": {
        "ACTIVITY_MODEL",
        "FEED_AUDIENCE",
        "RANKINGS_BACKEND",
        "REDIS_PREFIX",
        "REDIS_TIMEOUT",
        "REDIS_URL",
        "SETTINGS",
        "Setting",
    },
    "slipstream.korean": {"PARTICLES", "with_particles"},
    "slipstream.lazy": {"lazily"},
    "slipstream.users": {"check_user"},
    "slipstream.keyset": {
        "AFTER",
        "BEFORE",
        "MAX_LIMIT",
        "Keyset",
        "Page",
        "check_limit",
        "keyset_page",
        "rows_beyond",
    },
    "slipstream.progress": {"show_progress"},
    "slipstream.triggers": {"ENGINES", "drop", "make", "triggers_on"},
    "slipstream.sql": {"delete_rows", "insert_or_ignore", "retrying_deadlocks"},
}


@pytest.mark.parametrize("module", PUBLIC)
def test_exactly_these_names_are_public(module):
    home = importlib.import_module(module)
    assert set(home.__all__) == PUBLIC[module]
    for name in home.__all__:
        assert getattr(home, name) is not None


def test_other_names_are_not_found():
    from slipstream import follows

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        follows.nothing  # noqa: B018


def test_exceptions_say_what_their_docstring_says():
    for name in exceptions.__all__:
        error = getattr(exceptions, name)
        assert issubclass(error, exceptions.SlipstreamError)
        assert str(error()) == error.__doc__
        assert str(error("other words")) == "other words"


def test_the_version_is_one_of_pep_440():
    assert slipstream.__version__.count(".") == 2
