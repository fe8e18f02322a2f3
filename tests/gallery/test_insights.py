"""What an owner gets to know: the numbers against hand counts, and who gets to know nothing."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gallery.images import services
from gallery.images.models import Image, Like, Visibility
from gallery.insights import series
from gallery.insights.charts import Mark, draw, scale
from gallery.insights.series import days, hours, to_csv
from slipstream.follows import follow
from slipstream.follows.models import Follow
from slipstream.rankings import record_view, record_views

from .images.pictures import SESSION_AND_USER, make_rows

SEOUL = ZoneInfo("Asia/Seoul")
#: A Wednesday in Seoul, while it is still Tuesday in Greenwich.
NOW = datetime(2026, 3, 4, 8, 30, tzinfo=SEOUL)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW.astimezone(UTC))


@pytest.fixture
def haru(make_person):
    return make_person("haru")


def seoul(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SEOUL)


def rows_of(answer) -> list[list[str]]:
    """Return the table in a CSV, without its head."""
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


def some(rows: list[list[str]]) -> dict[str, list[int]]:
    """Return what is not nothing."""
    return {at: list(map(int, numbers)) for at, *numbers in rows if any(map(int, numbers))}


class TestWhoseTheyAre:
    @pytest.mark.parametrize("path", ["", "?format=csv&series=days", "?format=fragment"])
    def test_the_owner_alone(self, signed_in, mina, haru, share, path):
        image = share(mina)
        url = f"/images/{image.pk}/insights/{path}"
        stranger = Client()
        stranger.force_login(haru)
        assert signed_in.get(url).status_code == 200
        for client in (stranger, Client()):
            assert client.get(url).status_code == 404

    def test_also_of_what_nobody_else_sees(self, signed_in, mina, share):
        image = share(mina, Visibility.PRIVATE)
        assert signed_in.get(f"/images/{image.pk}/insights/").status_code == 200
        services.delete(image)
        assert signed_in.get(f"/images/{image.pk}/insights/").status_code == 404

    def test_an_account_is_for_members(self, signed_in):
        assert signed_in.get("/insights/").status_code == 200
        answer = Client().get("/insights/")
        assert answer["Location"] == "/account/login/?next=/insights/"

    @pytest.mark.parametrize("key", ["0", "9" * 30, "x"])
    def test_made_up_keys(self, signed_in, key):
        assert signed_in.get(f"/images/{key}/insights/").status_code == 404

    def test_refusals_say_what_there_is(self, signed_in):
        answer = signed_in.get("/insights/", {"format": "xlsx"})
        assert answer.status_code == 400
        assert "“html”, “fragment” or “csv”" in answer.content.decode()
        answer = signed_in.get("/insights/", {"format": "csv", "series": "\0"})
        assert answer.status_code == 400
        assert "hours, days, likes, followers, pictures" in answer.content.decode()
        assert signed_in.post("/insights/").status_code == 405

    def test_links_for_the_owner(self, signed_in, mina, share):
        image = share(mina)
        link = f'href="/images/{image.pk}/insights/"'
        assert link in signed_in.get(image.get_absolute_url()).content.decode()
        assert link not in Client().get(image.get_absolute_url()).content.decode()
        assert 'href="/insights/"' in signed_in.get("/").content.decode()

    def test_nobody_keeps_a_copy(self, signed_in):
        assert "no-store" in signed_in.get("/insights/")["Cache-Control"]


class TestNumbers:
    def test_hours_and_days_are_those_of_the_site(self, signed_in, mina, haru, share):
        image = share(mina)
        looks = [
            (haru, seoul(4, 8, 5)),
            ("sora", seoul(4, 0, 0)),  # midnight, which in Greenwich is none
            ("sora", seoul(3, 23, 59)),
            ("jun", seoul(3, 23, 1)),
            (haru, seoul(2, 9)),  # in the first hour that is shown
            (haru, seoul(2, 8)),  # in the hour before
            ("jun", seoul(3, 12, month=2)),  # on the first day that is shown
            ("jun", seoul(2, 12, month=2)),  # and on the day before
        ]
        for who, at in sorted(looks, key=lambda look: look[1]):
            record_view(image, who, at=at)
        url = f"/images/{image.pk}/insights/"
        answer = signed_in.get(url, {"format": "csv", "series": "hours"})
        rows = rows_of(answer)
        assert [rows[0][0], rows[-1][0]] == [
            "2026-03-02T09:00:00+09:00",
            "2026-03-04T08:00:00+09:00",
        ]
        assert len(rows) == 48
        # Within half an hour of midnight, sora is one look.
        assert some(rows) == {
            "2026-03-02T09:00:00+09:00": [1, 1],
            "2026-03-03T23:00:00+09:00": [2, 2],
            "2026-03-04T08:00:00+09:00": [1, 1],
        }
        rows = rows_of(signed_in.get(url, {"format": "csv", "series": "days"}))
        assert len(rows) == 30
        assert some(rows) == {
            "2026-02-03": [1, 1],
            "2026-03-02": [2, 1],
            "2026-03-03": [2, 2],
            "2026-03-04": [1, 1],
        }
        figures = dict(signed_in.get(url).context["figures"])
        assert figures == {"Views": 7, "Viewers": 3, "Views today": 1, "Likes": 0, "Comments": 0}

    def test_midnight_in_seoul_parts_the_likes(self, signed_in, mina, haru, share, make_person):
        image = share(mina)
        for name, at in (
            ("sora", seoul(3, 23, 59)),
            ("jun", seoul(4, 0)),
            ("old", seoul(2, 23, 59, month=2)),
            ("first", seoul(3, 0, month=2)),
        ):
            Like.objects.create(user=make_person(name), image=image, created_at=at)
        url = f"/images/{image.pk}/insights/"
        rows = rows_of(signed_in.get(url, {"format": "csv", "series": "likes"}))
        assert rows[0] == ["2026-02-03", "1", "2"]
        assert rows[1] == ["2026-02-04", "0", "2"]
        assert rows[-2:] == [["2026-03-03", "1", "3"], ["2026-03-04", "1", "4"]]
        rows = rows_of(signed_in.get("/insights/", {"format": "csv", "series": "likes"}))
        assert rows[-1] == ["2026-03-04", "1", "4"]

    def test_followers(self, signed_in, mina, haru, make_person):
        for name, at in (("sora", seoul(4, 0)), ("jun", seoul(3, 23)), ("old", seoul(1, 0, 0, 1))):
            person = make_person(name)
            follow(person, mina)
            Follow.objects.filter(follower=person).update(followed_at=at)
        follow(mina, haru)
        rows = rows_of(signed_in.get("/insights/", {"format": "csv", "series": "followers"}))
        assert rows[0] == ["2026-02-03", "0", "1"]
        assert rows[-2:] == [["2026-03-03", "1", "2"], ["2026-03-04", "1", "3"]]

    def test_an_account_is_the_sum_of_its_pictures(self, signed_in, mina, haru, share):
        first, second, deleted, foreign = share(mina), share(mina), share(mina), share(haru)
        record_views([(first, "a"), (first, "b"), (second, "a"), (foreign, "a"), (deleted, "a")])
        services.like(haru, second)
        services.like(haru, deleted)
        services.delete(deleted)
        page = signed_in.get("/insights/")
        assert dict(page.context["figures"]) == {
            "Views": 3,
            "Views today": 3,
            "Likes": 1,
            "Comments": 0,
            "Followers": 0,
            "Pictures": 2,
        }
        top = page.context["insights"].top
        assert [(looked.image, looked.totals.views) for looked in top] == [(first, 2), (second, 1)]
        rows = rows_of(signed_in.get("/insights/", {"format": "csv", "series": "hours"}))
        assert some(rows) == {"2026-03-04T08:00:00+09:00": [3, 3]}
        rows = rows_of(signed_in.get("/insights/", {"format": "csv", "series": "likes"}))
        assert rows[-1] == ["2026-03-04", "1", "1"]

    def test_it_is_fresh(self, signed_in, mina, share):
        image = share(mina)
        url = f"/images/{image.pk}/insights/"
        before = signed_in.get(url, {"format": "fragment"}).content.decode()
        record_view(image, "somebody")
        after = signed_in.get(url, {"format": "fragment"}).content.decode()
        assert '<dd title="0">0</dd>' in before
        assert '<dd title="1">1</dd>' in after
        assert "<html" not in after

    def test_a_day_may_have_23_hours(self, settings):
        settings.TIME_ZONE = "Europe/Berlin"
        now = datetime(2026, 3, 30, 10, tzinfo=ZoneInfo("Europe/Berlin"))
        starts = days(now)
        assert [at.isoformat() for at in starts[-3:]] == [
            "2026-03-28T00:00:00+01:00",
            "2026-03-29T00:00:00+01:00",
            "2026-03-30T00:00:00+02:00",
        ]
        clock = [at.hour for at in hours(now)]
        assert len(clock) == series.HOURS
        assert [now.astimezone(UTC) - at for at in hours(now)][::47] == [
            timedelta(hours=47),
            timedelta(),
        ]
        assert clock.count(2) == 1  # of the 30th, not of the 29th


class TestCost:
    @pytest.mark.parametrize("count", [1, 60])
    def test_the_same_for_few_and_many(self, signed_in, mina, haru, count, share):
        image = share(mina)
        make_rows(mina, count)
        record_views([(other, "a") for other in Image.objects.all()])
        Like.objects.bulk_create(Like(user=haru, image=other) for other in Image.objects.all())
        follow(haru, mina)
        assert queries_of(signed_in, f"/images/{image.pk}/insights/") == SESSION_AND_USER + 6
        assert queries_of(signed_in, "/insights/") == SESSION_AND_USER + 8
        for name, number in (("hours", 2), ("likes", 2), ("followers", 2), ("pictures", 2)):
            url = f"/insights/?format=csv&series={name}"
            assert queries_of(signed_in, url) == SESSION_AND_USER + number, name

    def test_of_very_many_pictures_the_newest(self, signed_in, mina, monkeypatch):
        monkeypatch.setattr("gallery.insights.reads.MOST_PICTURES", 5)
        make_rows(mina, 7)
        assert dict(signed_in.get("/insights/").context["figures"])["Pictures"] == 5


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as made:
        assert client.get(url).status_code == 200
    return len(made)


class TestCsv:
    def test_the_picture_is_in_the_file_name(self, signed_in, mina, share):
        image = share(mina, title="달 / 밤의 “바다”")
        answer = signed_in.get(f"/images/{image.pk}/insights/?format=csv&series=days")
        header = answer["Content-Disposition"]
        assert header.startswith("attachment; filename*=utf-8''days-")
        assert "%EB%8B%AC" in header
        assert f"-{image.pk}.csv" in header
        answer = signed_in.get("/insights/?format=csv&series=pictures")
        assert answer["Content-Disposition"] == 'attachment; filename="pictures-mina.csv"'

    @pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
    def test_a_title_is_no_formula(self, signed_in, mina, share, title):
        image = share(mina, title=title)
        rows = rows_of(signed_in.get("/insights/?format=csv&series=pictures"))
        assert rows == [[str(image.pk), f"'{title}", "0", "0", "0", "0"]]

    def test_numbers_and_quotes_stay(self):
        assert to_csv([["a", -1, 'say "달"']]).decode("utf-8-sig") == 'a,-1,"say ""달"""\r\n'


class TestCharts:
    @pytest.mark.parametrize(
        ("most", "expected"),
        [
            (0, (1, 1)),
            (1, (1, 1)),
            (3, (1, 3)),
            (4, (1, 4)),
            (5, (2, 6)),
            (9, (5, 10)),
            (17, (5, 20)),
            (21, (10, 30)),
            (199, (50, 200)),
            (1234, (500, 1500)),
        ],
    )
    def test_lines_across_are_round_numbers(self, most, expected):
        assert scale(most) == expected

    def test_it_is_sound_svg_without_style_or_script(self):
        marks = [Mark("</svg><script>", 0, 0), Mark("two & more", 4, 2, "Mar 4")]
        svg = draw(marks, key="k", title="a < b", description="all")
        root = ElementTree.fromstring(svg)
        assert root.attrib["role"] == "img"
        assert [child.text for child in root[:2]] == ["a < b", "all"]
        assert root.attrib["aria-labelledby"] == f"{root[0].attrib['id']} {root[1].attrib['id']}"
        bars = [child for child in root if child.attrib.get("class") == "chart-bar"]
        assert [bar.attrib["height"] for bar in bars] == ["156"]
        assert [len(root.findall(f".//{name}")) for name in ("polyline", "script")] == [1, 0]
        assert "style" not in svg

    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_every_chart_has_its_table(self, signed_in, mina, share, language):
        image = share(mina)
        record_view(image, "a", at=seoul(4, 7))
        answer = signed_in.get("/insights/", headers={"accept-language": language})
        html = answer.content.decode()
        assert html.count("<svg class") - html.count('<svg class="icon"') >= 4
        assert html.count('<details class="insight-table">') == html.count("<table>") == 4
        tables = [len(re.findall("<tr>", part)) for part in html.split("<table>")[1:]]
        assert tables == [49, 31, 31, 31]
        assert " style=" not in html
        assert 'datetime="2026-03-04T07:00:00+09:00"' in html

    def test_hours_that_have_passed_are_not_in_the_future(self):
        starts = hours(NOW)
        assert starts[-1] == seoul(4, 8)
        assert starts[0] == seoul(2, 9)
        assert all(b - a == timedelta(hours=1) for a, b in pairwise(starts))
