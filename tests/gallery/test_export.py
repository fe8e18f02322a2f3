"""Taking one's data along: what is in the ZIP, what is not, and what it costs."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from datetime import datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as Pillow

from gallery.accounts import services
from gallery.accounts.export import export_of
from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.comments.models import Comment
from gallery.images import files
from gallery.images import services as images
from gallery.images.models import Image, Like, Visibility
from slipstream.follows import follow
from slipstream.follows.models import Follow

from .images.pictures import make_rows

EXPORT = "/account/settings/export/"
KINDS = (
    *("profile", "pictures", "likes", "comments", "follows", "activities"),
    "notifications",
)


@pytest.fixture
def haru(make_person) -> User:
    return make_person("haru", name="하루", bio="비밀")


def fetch(client: Client, **headers: str) -> zipfile.ZipFile:
    answer = client.post(EXPORT, headers=headers)
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    return archive


def read(archive: zipfile.ZipFile, kind: str):
    return json.loads(archive.read(f"{kind}.json").decode("utf-8"))


class TestWhatIsInIt:
    def test_has_a_name_and_is_nobody_elses(self, signed_in):
        answer = signed_in.post(EXPORT)
        today = timezone.localdate().isoformat()
        assert answer["Content-Disposition"] == f'attachment; filename="gallery-mina-{today}.zip"'
        assert answer["Content-Type"] == "application/zip"
        assert "no-store" in answer["Cache-Control"]
        assert answer.streaming

    def test_nothing_yet(self, signed_in):
        archive = fetch(signed_in)
        assert set(archive.namelist()) == {"README.txt", *(f"{kind}.json" for kind in KINDS)}
        assert read(archive, "pictures") == read(archive, "likes") == []
        assert read(archive, "comments") == read(archive, "activities") == []
        assert read(archive, "follows") == {"following": [], "followers": []}

    def test_the_profile_and_the_photo(self, signed_in, mina, commit):
        with commit():
            services.change_photo(mina, Pillow.new("RGB", (400, 400), "teal"))
        User.objects.update(bio='바다를 봅니다.\n"따옴표" <&>')
        archive = fetch(signed_in)
        profile = read(archive, "profile")
        exported_at, last_login_at = profile.pop("exported_at"), profile.pop("last_login_at")
        assert datetime.fromisoformat(exported_at).utcoffset() is not None
        assert datetime.fromisoformat(last_login_at).utcoffset() is not None
        assert profile == {
            "username": "mina",
            "name": "김미나",
            "email": "mina@example.com",
            "bio": '바다를 봅니다.\n"따옴표" <&>',
            "photo": "photo.webp",
            "photo_missing": False,
            "joined_at": timezone.localtime(mina.date_joined).isoformat(),
        }
        assert Pillow.open(io.BytesIO(archive.read("photo.webp"))).size == (384, 384)
        assert "김미나" in archive.read("profile.json").decode()  # not escaped

    def test_all_pictures_with_their_masters(self, signed_in, mina, haru, share):
        shared = [
            share(mina, Visibility.PUBLIC, title="달과 산!", description="첫 줄\n둘째 줄"),
            share(mina, Visibility.FOLLOWERS, title="../../etc/passwd"),
            share(mina, Visibility.PRIVATE, title="🌊"),
            share(mina, title="x" * 120),
        ]
        share(haru, title="남의 사진")
        images.like(haru, shared[0])
        images.delete(shared[3])
        archive = fetch(signed_in)
        told = read(archive, "pictures")
        assert [row["id"] for row in told] == [image.pk for image in shared]
        assert [row["file"] for row in told] == [
            f"pictures/{shared[0].pk}-달과-산.webp",
            f"pictures/{shared[1].pk}-etcpasswd.webp",
            f"pictures/{shared[2].pk}.webp",
            f"pictures/{shared[3].pk}-{'x' * 60}.webp",
        ]
        assert [name for name in archive.namelist() if "/" in name] == [r["file"] for r in told]
        for row in told:
            image = Image.objects.get(pk=row["id"])
            with files.open_master(image.image, public=image.is_public) as master:
                assert archive.read(row["file"]) == master.read()
        shared_at = timezone.localtime(shared[0].created_at).isoformat()
        assert told[0] == {
            "id": shared[0].pk,
            "title": "달과 산!",
            "description": "첫 줄\n둘째 줄",
            "visibility": "everyone",
            "shared_at": shared_at,
            "deleted_at": None,
            "width": 60,
            "height": 40,
            "like_count": 1,
            "comment_count": 0,
            "views": 0,
            "viewers": 0,
            "url": f"http://testserver/pictures/{shared[0].pk}/",
            "file": f"pictures/{shared[0].pk}-달과-산.webp",
            "file_missing": False,
        }
        assert [row["visibility"] for row in told[1:3]] == ["followers", "only me"]
        assert told[3]["deleted_at"]

    def test_what_is_missing_is_noted(self, signed_in, mina, share):
        lost, there = share(mina), share(mina)
        files.discard(lost.image, public=True)
        User.objects.update(photo="faces/00/none")
        archive = fetch(signed_in)
        told = {row["id"]: row for row in read(archive, "pictures")}
        assert (told[lost.pk]["file"], told[lost.pk]["file_missing"]) == (None, True)
        assert told[there.pk]["file"] in archive.namelist()
        profile = read(archive, "profile")
        assert (profile["photo"], profile["photo_missing"]) == (None, True)

    def test_likes_comments_follows_and_activities(
        self, signed_in, mina, haru, make_person, share, commit
    ):
        image = share(haru, title="하루의 달")
        images.like(mina, image)
        comment = Comment.objects.create(user=mina, image=image, text="“멋져요”\n정말로")
        Comment.objects.create(user=haru, image=image, text="하루의 말")
        gone = make_person("gone")
        with commit():
            follow(mina, haru)
            follow(haru, mina)
            follow(mina, gone)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        archive = fetch(signed_in)
        picture = {
            "picture": image.pk,
            "title": "하루의 달",
            "username": "haru",
            "url": f"http://testserver/pictures/{image.pk}/",
        }
        [like] = read(archive, "likes")
        assert datetime.fromisoformat(like.pop("liked_at")) == Like.objects.get().created_at
        assert like == picture
        [said] = read(archive, "comments")
        assert datetime.fromisoformat(said.pop("written_at")) == comment.created_at
        assert said == {**picture, "text": "“멋져요”\n정말로", "edited_at": None}
        follows = read(archive, "follows")
        since = Follow.objects.get(follower=mina, following=haru).followed_at
        assert follows["following"] == [
            {
                "username": "haru",
                "name": "하루",
                "since": timezone.localtime(since).isoformat(),
            }
        ]
        assert [person["username"] for person in follows["followers"]] == ["haru"]
        done = read(archive, "activities")
        assert {(row["verb"], row["picture"], row["person"]) for row in done} == {
            ("liked", image.pk, None),
            ("followed", None, "haru"),
            ("followed", None, None),
        }

    def test_nothing_of_what_one_may_not_see_any_more(self, signed_in, mina, haru, share):
        hidden = share(haru, title="이제는 비밀")
        images.like(mina, hidden)
        Comment.objects.create(user=mina, image=hidden, text="멋져요")
        words = {"title": hidden.title, "description": "", "visibility": Visibility.PRIVATE}
        images.edit(hidden, **words)
        archive = fetch(signed_in)
        for kind in ("likes", "comments"):
            [row] = read(archive, kind)
            assert row["picture"] == hidden.pk
            assert row["title"] is row["username"] is row["url"] is None
        assert not any("이제는" in archive.read(n).decode() for n in archive.namelist())

    def test_no_secrets(self, signed_in, mina, haru, share, commit):
        image = share(mina)
        mine = share(haru)
        images.like(mina, mine)
        with commit():
            follow(mina, haru)
            follow(haru, mina)
        archive = fetch(signed_in)
        texts = [n for n in archive.namelist() if not n.endswith(".webp")]
        everything = "".join(archive.read(name).decode() for name in texts)
        for secret in (
            mina.password,
            haru.email,
            haru.bio,
            image.image,
            "password",
            "is_staff",
            "token",
            "hidden_at",
            "closed_at",
        ):
            assert secret not in everything

    @pytest.mark.parametrize(
        ("language", "words"), [("en", "Your data at Gallery"), ("ko", "Gallery에 있던 내 데이터")]
    )
    def test_the_readme_names_every_key(self, signed_in, mina, haru, share, language, words):
        share(mina)
        image = share(haru)
        images.like(mina, image)
        Comment.objects.create(user=mina, image=image, text="멋져요")
        follow(mina, haru)
        archive = fetch(signed_in, **{"accept-language": language})
        readme = archive.read("README.txt").decode()
        assert readme.startswith(words)
        for kind in KINDS:
            section = readme.partition(f"\n{kind}.json\n")[2].partition(".json\n")[0]
            found = read(archive, kind)
            row = found[0] if isinstance(found, list) else found
            for key in [*row, *(("username", "name", "since") if kind == "follows" else ())]:
                assert key in section, (kind, key)


class TestCost:
    def test_a_thousand_of_each_in_as_many_queries(self, signed_in, mina, haru):
        with CaptureQueriesContext(connection) as few:
            fetch(signed_in)
        make_rows(haru, 1000)
        liked = list(Image.objects.all())
        Like.objects.bulk_create(Like(user=mina, image=image) for image in liked)
        Comment.objects.bulk_create(Comment(user=mina, image=image, text="ㅋ") for image in liked)
        make_rows(mina, 600, created_at=timezone.now())
        Activity.objects.bulk_create(Activity(actor=mina, verb="joined") for _ in range(1000))
        with CaptureQueriesContext(connection) as many:
            archive = fetch(signed_in)
        assert len(few) == 2 + 8
        assert len(many) == len(few) + 2  # the views of 500 pictures at once
        assert len(read(archive, "likes")) == len(read(archive, "comments")) == 1000
        assert len({row["picture"] for row in read(archive, "likes")}) == 1000
        assert len(read(archive, "pictures")) == 600
        assert all(row["file_missing"] for row in read(archive, "pictures"))

    def test_pictures_are_not_in_memory(self, signed_in, mina, share):
        """Thirty files of one megabyte, and never ten of them at once."""
        for image in [share(mina) for _ in range(30)]:
            name = f"{image.image}/master.webp"
            default_storage.delete(name)
            default_storage.save(name, ContentFile(b"x" * 2**20))
        answer = signed_in.post(EXPORT)
        tracemalloc.start()
        try:
            total = sum(len(piece) for piece in answer.streaming_content)
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert total > 30 * 2**20
        assert peak < 10 * 2**20

    def test_who_stops_in_the_middle_breaks_nothing(self, signed_in, mina, share):
        image = share(mina)
        pieces = export_of(mina, address=str)
        while b"pictures/" not in next(pieces):
            pass
        pieces.close()
        assert fetch(signed_in).read(f"pictures/{image.pk}-달.webp")


class TestPage:
    def test_says_what_one_gets(self, signed_in):
        html = signed_in.get(EXPORT).content.decode()
        assert f'method="post" data-stays action="{EXPORT}"' in html
        assert f'href="{EXPORT}"' in signed_in.get("/account/settings/").content.decode()

    @pytest.mark.parametrize(("language", "words"), [("en", "in an hour"), ("ko", "한 시간 뒤에")])
    def test_a_few_times_an_hour(self, signed_in, haru, settings, language, words):
        settings.GALLERY_EXPORTS_PER_HOUR = 2
        fetch(signed_in)
        fetch(signed_in)
        answer = signed_in.post(EXPORT, headers={"accept-language": language})
        assert answer.status_code == 429
        assert words in answer.content.decode()
        assert signed_in.get(EXPORT).status_code == 200
        other = Client()
        other.force_login(haru)
        fetch(other)

    def test_refusals(self, db, mina):
        for answer in (Client().get(EXPORT), Client().post(EXPORT)):
            assert answer["Location"] == f"/account/login/?next={EXPORT}"
        client = Client(enforce_csrf_checks=True)
        client.force_login(mina)
        assert client.post(EXPORT).status_code == 403
