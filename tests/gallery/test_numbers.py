"""Numbers and times, as short as each language says them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from gallery.front.numbers import exact, short
from gallery.front.times import ago, lasting

SHORT = [
    (0, "0", "0"),
    (7, "7", "7"),
    (999, "999", "999"),
    (1000, "1K", "1천"),
    (1099, "1K", "1천"),
    (1100, "1.1K", "1.1천"),
    (1234, "1.2K", "1.2천"),
    (1999, "1.9K", "1.9천"),
    (9999, "9.9K", "9.9천"),
    (10_000, "10K", "1만"),
    (12_345, "12K", "1.2만"),
    (34_567, "34K", "3.4만"),
    (99_999, "99K", "9.9만"),
    (100_000, "100K", "10만"),
    (999_999, "999K", "99만"),
    (1_000_000, "1M", "100만"),
    (1_050_000, "1M", "105만"),
    (1_234_567, "1.2M", "123만"),
    (12_345_678, "12M", "1234만"),
    (99_999_999, "99M", "9999만"),
    (100_000_000, "100M", "1억"),
    (123_456_789, "123M", "1.2억"),
    (999_999_999, "999M", "9.9억"),
    (1_000_000_000, "1B", "10억"),
    (7_800_000_000, "7.8B", "78억"),
    (999_999_999_999, "999B", "9999억"),
    (1_200_000_000_000, "1.2T", "1.2조"),
    (-1234, "-1.2K", "-1.2천"),
]


@pytest.mark.any_engine
@pytest.mark.parametrize(("number", "english", "korean"), SHORT)
def test_numbers_are_short_as_the_language_makes_them(number, english, korean):
    for language, text in (("en", english), ("ko", korean), ("fr", english)):
        with translation.override(language):
            assert short(number) == text


@pytest.mark.any_engine
def test_they_never_grow_by_being_shortened():
    units = {"K": 10**3, "M": 10**6, "B": 10**9, "천": 10**3, "만": 10**4, "억": 10**8}
    for language in ("en", "ko"):
        with translation.override(language):
            for power in range(3, 11):
                for number in (10**power - 1, 10**power, 10**power + 1, 37 * 10 ** (power - 2)):
                    text = short(number)
                    if text[-1] in units:
                        said = float(text[:-1]) * units[text[-1]]
                        assert said <= number < said * 1.1 + 1, text
                        assert len(text[:-1].replace(".", "")) <= 4, text


@pytest.mark.any_engine
def test_all_of_a_number():
    assert exact(1234567) == "1,234,567"


def rendered(source: str, **context: object) -> str:
    return Template("{% load gallery_front %}" + source).render(Context(context))


@pytest.mark.any_engine
def test_a_count_has_the_exact_number_for_people_and_scripts():
    source = '{% count_mark "like" n 5 %}'
    assert rendered(source, n=12) == '<b data-like-count="5" data-number="12">12</b>'
    assert rendered(source, n=1234) == (
        '<b data-like-count="5" data-number="1234" title="1,234">1.2K</b>'
    )
    assert "&lt;" in rendered("{% count_mark kind 1 %}", kind="<x")


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("past", "english", "korean"),
    [
        (timedelta(seconds=-5), "just now", "방금 전"),
        (timedelta(seconds=59), "just now", "방금 전"),
        (timedelta(seconds=60), "1 minute ago", "1분 전"),
        (timedelta(minutes=3, seconds=59), "3 minutes ago", "3분 전"),
        (timedelta(minutes=60), "1 hour ago", "1시간 전"),
        (timedelta(hours=23, minutes=59), "23 hours ago", "23시간 전"),
        (timedelta(hours=24), "1 day ago", "1일 전"),
        (timedelta(days=6, hours=23), "6 days ago", "6일 전"),
    ],
)
def test_times_are_said_in_one_unit(past, english, korean):
    moment = timezone.now() - past
    for language, words in (("en", english), ("ko", korean)):
        with translation.override(language):
            assert ago(moment) == words


@pytest.mark.any_engine
def test_long_ago_the_date_says_more():
    moment = timezone.now() - timedelta(days=8)
    with translation.override("ko"):
        assert ago(moment).startswith(f"{timezone.localtime(moment).year}년")


@pytest.mark.any_engine
def test_a_time_has_the_exact_one_for_people_and_scripts():
    moment = timezone.now() - timedelta(minutes=5)
    html = rendered("{% time_ago moment %}", moment=moment)
    assert f'datetime="{timezone.localtime(moment).isoformat()[:19]}' in html
    assert " data-ago>5 minutes ago</time>" in html
    assert 'title="' in html


@pytest.mark.any_engine
@pytest.mark.parametrize(
    ("seconds", "english", "korean"),
    [
        (0, "1 second", "1초"),
        (1, "1 second", "1초"),
        (60, "60 seconds", "60초"),
        (61, "2 minutes", "2분"),
        (900, "15 minutes", "15분"),
        (3600, "60 minutes", "60분"),
        (3601, "2 hours", "2시간"),
    ],
)
def test_whoever_waits_so_long_has_waited_enough(seconds, english, korean):
    with translation.override("en"):
        assert lasting(seconds) == english
    with translation.override("ko"):
        assert lasting(seconds) == korean
