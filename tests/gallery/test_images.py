"""Pictures: who sees them, what their owner does with them, and what they cost."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as Pillow

from gallery.front.views import IMAGES_PER_PAGE
from gallery.images import files, services, views
from gallery.images.models import Image, Visibility
from slipstream.follows import follow, unfollow

#: Beyond reading the session and the user.
SESSION_AND_USER = 2
PUBLIC, FOLLOWERS, PRIVATE = Visibility
VIEWERS = ("visitor", "stranger", "follower", "owner")
MAY_SEE = {PUBLIC: VIEWERS, FOLLOWERS: ("follower", "owner"), PRIVATE: ("owner",)}
WORDS = {"title": "달", "description": "밤", "visibility": 0}


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Do what waits for the commit: ``with commit(): ...``."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def share(commit):
    """Share a picture as the site does: ``share(mina, PRIVATE, title="달")``."""

    def share(user, visibility=PUBLIC, size=(60, 40), **words) -> Image:
        words = {"title": "달", "description": "", **words}
        with commit():
            picture = Pillow.new("RGB", size, "teal")
            return services.share(user, picture, visibility=visibility, **words)

    return share


@pytest.fixture
def browsers(mina, make_person) -> dict[str, Client]:
    """A browser for each kind of viewer of mina's pictures."""
    people = {"stranger": make_person("haru"), "follower": make_person("sora"), "owner": mina}
    follow(people["follower"], mina)
    follow(mina, people["stranger"])  # the other way round gives no right
    clients = {name: Client() for name in VIEWERS}
    for name, person in people.items():
        clients[name].force_login(person)
    return clients


@pytest.fixture
def travel(monkeypatch):
    def go(**delta):
        later = timezone.now() + timedelta(**delta)
        monkeypatch.setattr(timezone, "now", lambda: later)

    return go


def make_rows(user, count: int, **values) -> None:
    """Rows without files."""
    now = timezone.now()
    Image.objects.bulk_create(
        (
            Image(
                user=user,
                title=f"{i}번",
                image=f"images/{user.pk}/{i}",
                width=1600,
                height=900,
                colour="#123456",
                # Three of each moment.
                **{"created_at": now - timedelta(minutes=i // 3), **values},
            )
            for i in range(count)
        ),
        batch_size=5000,
    )


def file_names(tmp_path: Path) -> set[str]:
    paths = (path for path in tmp_path.rglob("*") if path.is_file())
    return {path.relative_to(tmp_path).as_posix() for path in paths}


def place(image: Image) -> str:
    return f"{'media' if image.is_public else 'private'}/{image.image}"


def edit(client, image, **changes):
    return client.post(f"/pictures/{image.pk}/edit/", {**WORDS, **changes})


def without_accident(html: str) -> str:
    """What remains when two answers differ by token and by key alone."""
    return re.sub(r'value="\w{64}"|nonce="[^"]+"|/pictures/\d+/', "", html)


def fetch(client: Client, url: str, status: int = 200) -> bytes:
    """Return the file at ``url``."""
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.getvalue()


class TestVisibility:
    @pytest.mark.parametrize("visibility", Visibility)
    @pytest.mark.parametrize("viewer", VIEWERS)
    def test_everywhere(self, browsers, mina, share, viewer, visibility):
        share(mina, title="older one")
        image = share(mina, visibility, title="quite special")
        last = share(mina, title="newer one")
        browser = browsers[viewer]
        seen = viewer in MAY_SEE[visibility]
        status = 200 if seen else 404
        assert browser.get(image.get_absolute_url()).status_code == status
        fetch(browser, image.file_url(60), status)
        fetch(browser, f"/pictures/{image.pk}/60.webp", status)
        fetch(browser, f"/media/{image.image}/60.webp", 200 if visibility == PUBLIC else 404)
        address = image.get_absolute_url()
        for url in ("/", "/@mina/", "/?q=SPECIAL", last.get_absolute_url()):
            html = browser.get(url).content.decode()
            assert (address in html, "quite special" in html) == (seen, seen), url

    @pytest.mark.parametrize("viewer", ["visitor", "stranger"])
    def test_a_404_is_never_a_hint(self, browsers, mina, share, viewer):
        hidden = share(mina, PRIVATE)
        for path in ("", "60.webp", "61.webp", "edit/"):
            pages = [browsers[viewer].get(f"/pictures/{key}/{path}") for key in (hidden.pk, 99999)]
            assert pages[0].status_code == pages[1].status_code
            first, second = (without_accident(page.content.decode()) for page in pages)
            assert first == second

    @pytest.mark.parametrize("visibility", [FOLLOWERS, PRIVATE])
    def test_files_of_some_are_not_for_caches(self, browsers, mina, share, visibility):
        image = share(mina, visibility)
        answer = browsers["owner"].get(image.file_url(60))
        answer.getvalue()
        assert answer["Cache-Control"].startswith("private")
        fetch(Client(), f"/media/{image.image}/master.webp", 404)

    def test_unfollowing_ends_it(self, browsers, mina, share):
        image = share(mina, FOLLOWERS)
        assert browsers["follower"].get(image.get_absolute_url()).status_code == 200
        unfollow(type(mina).objects.get(username="sora"), mina)
        assert browsers["follower"].get(image.get_absolute_url()).status_code == 404

    def test_a_closed_account_hides_its_pictures(self, browsers, mina, share):
        images = [share(mina, visibility) for visibility in Visibility]
        type(mina).objects.filter(pk=mina.pk).update(is_active=False)
        for viewer in ("visitor", "stranger", "follower"):
            for image in images:
                assert browsers[viewer].get(image.get_absolute_url()).status_code == 404
                fetch(browsers[viewer], image.file_url(60), 404)
            assert browsers[viewer].get("/").context["page"].items == []

    @pytest.mark.parametrize("key", ["0", "9" * 30, "9" * 5000, "-1", "x", "1%00"])
    def test_made_up_keys(self, signed_in, key):
        for path in ("", "edit/", "320.webp"):
            assert signed_in.get(f"/pictures/{key}/{path}").status_code == 404
        for path in ("edit/", "delete/", "restore/"):
            assert signed_in.post(f"/pictures/{key}/{path}").status_code == 404

    @pytest.mark.parametrize(
        "folder", ["..", "x", "%2e%2e/%2e%2e/etc/passwd", "ab/../../private", "%00", "x" * 3000]
    )
    def test_made_up_folders(self, signed_in, folder):
        assert signed_in.get(f"/media/images/{folder}/320.webp").status_code == 404


class TestChangingVisibility:
    @pytest.mark.parametrize(
        ("before", "after"),
        [(PUBLIC, PRIVATE), (PUBLIC, FOLLOWERS), (PRIVATE, PUBLIC), (FOLLOWERS, PUBLIC)],
    )
    def test_moves_the_files(self, signed_in, mina, share, commit, tmp_path, before, after):
        image = share(mina, before)
        old_url, old_place = image.file_url(60), place(image)
        with commit():
            assert edit(signed_in, image, visibility=after.value).status_code == 302
        moved = Image.objects.get()
        assert moved.visibility == after
        assert place(moved).split("/")[0] != old_place.split("/")[0]
        assert Path(moved.image).name != Path(image.image).name
        assert file_names(tmp_path) == {f"{place(moved)}/{name}.webp" for name in ("master", 60)}
        fetch(signed_in, moved.file_url(60))
        fetch(Client(), f"/media/{image.image}/60.webp", 404)
        expected = 200 if after == PUBLIC else 404
        fetch(Client(), moved.file_url(60), expected)
        if before == PUBLIC:
            fetch(Client(), old_url, 404)

    def test_among_the_few_moves_nothing(self, signed_in, mina, share, commit):
        image = share(mina, PRIVATE)
        with commit():
            edit(signed_in, image, visibility=FOLLOWERS.value)
        assert Image.objects.get().image == image.image

    def test_the_old_files_stay_until_the_commit(
        self, signed_in, mina, share, tmp_path, django_capture_on_commit_callbacks
    ):
        image = share(mina)
        with django_capture_on_commit_callbacks() as callbacks:
            edit(signed_in, image, visibility=PRIVATE.value)
        assert f"media/{image.image}/master.webp" in file_names(tmp_path)
        for callback in callbacks:
            callback()
        assert f"media/{image.image}/master.webp" not in file_names(tmp_path)

    @pytest.mark.django_db(transaction=True)
    def test_what_fails_leaves_all_as_it_was(self, mina, share, tmp_path, monkeypatch):
        image = share(mina, PRIVATE)
        before = file_names(tmp_path)

        def fail(*_args, **_kwargs):
            raise ZeroDivisionError

        monkeypatch.setattr(Image, "save", fail)
        with pytest.raises(ZeroDivisionError):
            services.edit(image, title="x", description="", visibility=PUBLIC)
        assert file_names(tmp_path) == before
        assert Image.objects.get().visibility == PRIVATE

    def test_without_its_master_changes_nothing(self, mina, share, tmp_path):
        image = share(mina)
        files.storage(public=True).delete(f"{image.image}/master.webp")
        before = file_names(tmp_path)
        with pytest.raises(FileNotFoundError):
            services.edit(image, title="x", description="", visibility=PRIVATE)
        assert file_names(tmp_path) == before
        assert Image.objects.get().visibility == PUBLIC

    def test_of_what_was_deleted_in_another_tab_is_not_found(self, mina, share, monkeypatch):
        image = share(mina, PRIVATE)
        Image.objects.update(deleted_at=timezone.now())
        monkeypatch.setattr(views, "_get_own", lambda request, key: image)
        browser = Client()
        browser.force_login(mina)
        assert edit(browser, image, visibility=0).status_code == 404
        assert Image.objects.get().visibility == PRIVATE

    def test_leaves_no_rendition_that_was_still_being_made(
        self, mina, share, commit, tmp_path, monkeypatch
    ):
        image = share(mina)
        files.storage(public=True).delete(f"{image.image}/60.webp")
        real = files.render

        def render_slowly(picture):
            with commit():
                services.edit(image, title="x", description="", visibility=PRIVATE)
            monkeypatch.setattr(files, "render", real)
            return real(picture)

        folder = image.image
        monkeypatch.setattr(files, "render", render_slowly)
        files.make_renditions(folder, public=True)
        assert {name.partition("/")[0] for name in file_names(tmp_path)} == {"private"}

    def test_a_file_that_cannot_be_removed_keeps_no_other(
        self, mina, share, commit, tmp_path, monkeypatch
    ):
        image = share(mina, size=(700, 500))
        place = files.storage(public=True)
        real = place.delete

        def delete(name):
            if name.endswith("320.webp"):
                raise RuntimeError("not one of Django's")
            real(name)

        monkeypatch.setattr(place, "delete", delete)
        with commit():
            services.edit(image, title="x", description="", visibility=PRIVATE)
        left = [name for name in file_names(tmp_path) if name.startswith("media")]
        assert [name.rsplit("/")[-1] for name in left] == ["320.webp"]

    @pytest.mark.parametrize(
        ("steps", "last"),
        [
            ((PRIVATE,), PUBLIC),
            ((PRIVATE, PUBLIC), PRIVATE),
            ((PRIVATE, PUBLIC, PRIVATE), PUBLIC),
            ((PRIVATE, PUBLIC, PRIVATE), FOLLOWERS),
        ],
    )
    def test_by_who_read_it_long_ago(self, mina, share, commit, tmp_path, steps, last):
        """Another tab was quicker: the files still end up where the row says."""
        stale = share(mina)
        current = Image.objects.get()
        with commit():
            for visibility in steps:
                services.edit(current, title="x", description="", visibility=visibility)
        with commit():
            services.edit(stale, title="달", description="", visibility=last)
        image = Image.objects.get()
        assert (image.visibility, image.title) == (last, "달")
        assert file_names(tmp_path) == {f"{place(image)}/{name}.webp" for name in ("master", 60)}
        assert stale.image == image.image


class TestEditing:
    def test_changes_words(self, signed_in, mina, share):
        image = share(mina)
        answer = edit(signed_in, image, title=" 해 ", description="a\r\nb")
        assert (answer.status_code, answer["Location"]) == (302, image.get_absolute_url())
        image.refresh_from_db()
        assert (image.title, image.description) == ("해", "a\nb")
        html = signed_in.get(image.get_absolute_url()).content.decode()
        assert "Your changes are saved." in html

    @pytest.mark.parametrize(
        ("title", "message"),
        [
            ("", "Please fill this in."),
            (" \t\u3000\u00a0 ", "Please fill this in."),
            ("가" * 10_000, "At most 120 characters, please; these are 10000."),
            ("a\nb", "Control characters"),
            ("a\x1b[31m", "Control characters"),
            ("gpj.\u202eexe", "Control characters"),
            ("a\0b", "Null characters are not allowed."),
        ],
        ids=["none", "blank", "long", "line", "escape", "turned", "NUL"],
    )
    def test_bad_titles(self, signed_in, mina, share, tmp_path, title, message):
        image = share(mina)
        before = file_names(tmp_path)
        for answer in (
            edit(signed_in, image, title=title, description="typed words"),
            signed_in.post("/share/", {**WORDS, "title": title, "description": "typed words"}),
        ):
            assert answer.status_code == 400
            html = answer.content.decode()
            assert message in html
            assert "typed words" in html
        image.refresh_from_db()
        assert (image.title, image.description) == ("달", "")
        assert file_names(tmp_path) == before

    def test_a_bad_description(self, signed_in, mina, share):
        image = share(mina)
        answer = edit(signed_in, image, description="가" * 2001)
        assert answer.status_code == 400
        assert "At most 2000 characters" in answer.content.decode()
        assert edit(signed_in, image, description="\r\n".join("가" * 1000)).status_code == 302

    def test_nothing_sent_is_refused(self, signed_in, mina, share):
        assert signed_in.post(f"/pictures/{share(mina).pk}/edit/").status_code == 400

    def test_markup_is_text(self, signed_in, mina, share):
        image = share(mina, title="<img src=x onerror=alert(1)>", description="<script>x</script>")
        for url in ("/", "/@mina/", image.get_absolute_url(), f"/pictures/{image.pk}/edit/"):
            html = signed_in.get(url).content.decode()
            assert "<img src=x" not in html
            assert "<script>x" not in html

    @pytest.mark.parametrize("visibility", Visibility)
    @pytest.mark.parametrize("viewer", ["stranger", "follower"])
    def test_somebody_elses_is_not_found(
        self, browsers, mina, share, commit, tmp_path, viewer, visibility
    ):
        image = share(mina, visibility)
        before = file_names(tmp_path), Image.objects.values().get()
        browser = browsers[viewer]
        assert browser.get(f"/pictures/{image.pk}/edit/").status_code == 404
        assert edit(browser, image, title="mine", visibility=0).status_code == 404
        assert browser.post(f"/pictures/{image.pk}/delete/").status_code == 404
        assert (file_names(tmp_path), Image.objects.values().get()) == before
        with commit():
            services.delete(image)
        assert browser.post(f"/pictures/{image.pk}/restore/").status_code == 404
        assert Image.objects.get().deleted_at

    @pytest.mark.parametrize("action", ["edit", "delete", "restore"])
    def test_visitors_are_asked_to_log_in(self, db, mina, share, action):
        image = share(mina)
        answer = Client().post(f"/pictures/{image.pk}/{action}/", WORDS)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")
        assert Image.objects.filter(title="달", deleted_at=None).exists()

    @pytest.mark.parametrize("action", ["edit", "delete", "restore"])
    def test_forged(self, mina, share, action):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(mina)
        assert strict.post(f"/pictures/{share(mina).pk}/{action}/", WORDS).status_code == 403


class TestDeleting:
    @pytest.mark.parametrize("action", ["delete", "restore"])
    def test_by_get_is_not_allowed(self, signed_in, mina, share, action):
        image = share(mina)
        assert signed_in.get(f"/pictures/{image.pk}/{action}/").status_code == 405
        assert signed_in.get(image.get_absolute_url()).status_code == 200

    def test_hides_it_from_everybody(self, browsers, mina, share):
        image = share(mina)
        answer = browsers["owner"].post(f"/pictures/{image.pk}/delete/")
        assert answer.status_code == 302
        assert answer["Location"] == f"/@mina/?deleted={image.pk}"
        for browser in browsers.values():
            assert browser.get(image.get_absolute_url()).status_code == 404
            fetch(browser, image.file_url(60), 404)
            assert browser.get(f"/pictures/{image.pk}/60.webp").status_code == 404
            for url in ("/", "/@mina/", "/?q=달"):
                assert image.get_absolute_url() not in browser.get(url).content.decode()
        assert edit(browsers["owner"], image).status_code == 404
        assert browsers["owner"].post(f"/pictures/{image.pk}/delete/").status_code == 404

    @pytest.mark.parametrize("visibility", Visibility)
    def test_takes_the_files_from_where_anyone_may_fetch_them(
        self, mina, share, commit, tmp_path, visibility
    ):
        image = share(mina, visibility)
        before = {name.rsplit("/")[-1] for name in file_names(tmp_path)}
        with commit():
            services.delete(image)
        names = file_names(tmp_path)
        assert {name.partition("/")[0] for name in names} == {"private"}
        with commit():
            restored = services.restore(mina, image.pk)
        assert restored == image
        names = file_names(tmp_path)
        assert {name.rpartition("/")[0] for name in names} == {place(restored)}
        assert {name.rsplit("/")[-1] for name in names} == before

    def test_works_without_files(self, mina, share, tmp_path):
        image = share(mina)
        files.discard(image.image, public=True)
        services.delete(image)
        assert Image.objects.get().deleted_at

    def test_is_undone_from_ones_own_page_alone(self, browsers, mina, share):
        image = share(mina)
        page = browsers["owner"].post(f"/pictures/{image.pk}/delete/")["Location"]
        undo = f"/pictures/{image.pk}/restore/"
        assert undo in browsers["owner"].get(page).content.decode()
        assert undo not in browsers["stranger"].get(page).content.decode()
        answer = browsers["owner"].post(undo)
        assert (answer.status_code, answer["Location"]) == (302, image.get_absolute_url())
        assert Client().get(image.get_absolute_url()).status_code == 200
        fetch(Client(), Image.objects.get().file_url(60))
        fetch(Client(), image.file_url(60), 404)
        assert browsers["owner"].post(undo).status_code == 404

    @pytest.mark.parametrize("deleted", ["x", "", "-1", "9" * 30, "²", "\0", "1"])
    def test_made_up_notices(self, signed_in, deleted):
        answer = signed_in.get("/@mina/", {"deleted": deleted})
        assert answer.status_code == 200
        assert answer.context["deleted"] is None

    @pytest.mark.parametrize(("minutes", "status"), [(14, 302), (16, 404)])
    def test_can_be_undone_for_a_quarter_of_an_hour(
        self, signed_in, mina, share, travel, minutes, status
    ):
        image = share(mina)
        signed_in.post(f"/pictures/{image.pk}/delete/")
        travel(minutes=minutes)
        assert signed_in.post(f"/pictures/{image.pk}/restore/").status_code == status

    def test_purging_removes_what_is_too_old(self, mina, share, commit, travel, tmp_path, capsys):
        kept, recent, old = share(mina), share(mina), share(mina, PRIVATE)
        services.delete(old)
        travel(minutes=10)
        with commit():
            services.delete(recent)
        recent.refresh_from_db()
        travel(minutes=10)
        with commit():
            call_command("purge_images")
        assert capsys.readouterr().out == "Purged 1 pictures.\n"
        assert set(Image.objects.all()) == {kept, recent}
        assert {name.rsplit("/", 1)[0] for name in file_names(tmp_path)} == {
            place(kept),
            place(recent),
        }
        with commit():
            call_command("purge_images")
        assert capsys.readouterr().out == "Purged 0 pictures.\n"

    def test_purging_many_goes_by_batches(self, mina):
        make_rows(mina, 25, deleted_at=timezone.now() - timedelta(days=1))
        kept = Image.objects.first()
        Image.objects.filter(pk=kept.pk).update(deleted_at=None)
        assert services.purge(before=timezone.now(), batch=10) == 24
        assert Image.objects.get() == kept

    def test_another_deletion_purges_along(self, mina, share, commit, travel, tmp_path):
        old, new = share(mina), share(mina)
        with commit():
            services.delete(old)
        travel(minutes=16)
        with commit():
            services.delete(new)
        new.refresh_from_db()
        assert Image.objects.get() == new
        assert {name.rsplit("/", 1)[0] for name in file_names(tmp_path)} == {place(new)}

    def test_files_go_with_the_account(self, mina, share, commit, tmp_path):
        for visibility in Visibility:
            share(mina, visibility)
        with commit():
            mina.delete()
        assert file_names(tmp_path) == set()

    @pytest.mark.django_db(transaction=True)
    def test_what_is_rolled_back_keeps_its_files(self, mina, share, tmp_path):
        image = share(mina)
        before = file_names(tmp_path)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            image.delete()
            raise ZeroDivisionError
        assert file_names(tmp_path) == before


class TestFiles:
    @pytest.mark.parametrize("visibility", [PUBLIC, PRIVATE])
    def test_a_missing_rendition_is_made_again(self, signed_in, mina, share, tmp_path, visibility):
        image = share(mina, visibility, size=(1000, 500))
        before = file_names(tmp_path)
        for width, _url in image.sources:
            (tmp_path / place(image) / f"{width}.webp").unlink()
        for _width, url in image.sources:
            assert fetch(signed_in, url)[8:12] == b"WEBP"
        assert file_names(tmp_path) == before

    @pytest.mark.parametrize("visibility", [PUBLIC, PRIVATE])
    @pytest.mark.parametrize("master", [None, b"", b"RIFF", "half"])
    def test_a_missing_or_broken_master_is_not_found(
        self, signed_in, mina, share, tmp_path, visibility, master
    ):
        image = share(mina, visibility)
        storage = files.storage(public=image.is_public)
        name = f"{image.image}/master.webp"
        with storage.open(name) as file:
            data = file.read()
        for each in (name, f"{image.image}/60.webp"):
            storage.delete(each)
        if master is not None:
            storage.save(name, ContentFile(data[: len(data) // 2] if master == "half" else master))
        fetch(signed_in, image.file_url(60), 404)
        assert signed_in.get(image.get_absolute_url()).status_code == 200

    def test_a_rendition_that_cannot_be_stored_is_shown(self, mina, share, monkeypatch):
        image = share(mina)
        place = files.storage(public=True)
        place.delete(f"{image.image}/60.webp")

        def save(name, content):
            raise OSError("read-only")

        monkeypatch.setattr(place, "save", save)
        data = fetch(Client(), image.file_url(60))
        assert Pillow.open(io.BytesIO(data)).size == (60, 40)

    def test_nobody_opens_a_file_that_is_being_written(self, db, tmp_path):
        place = files.storage(public=True)

        class Slow(ContentFile):
            def chunks(self, chunk_size=None):
                yield b"half"
                assert not place.exists("images/a.webp")
                yield b"half"

        place.save("images/a.webp", Slow(b""))
        with place.open("images/a.webp") as file:
            assert file.read() == b"halfhalf"
        assert file_names(tmp_path) == {"media/images/a.webp"}

    def test_links_elsewhere_show_a_jpeg(self, browsers, mina, share):
        image = share(mina, size=(1500, 1000))
        html = browsers["visitor"].get(image.get_absolute_url()).content.decode()
        [url] = re.findall(r'property="og:image" content="http://testserver([^"]+)"', html)
        for _ in range(2):  # made, then found
            answer = browsers["visitor"].get(url)
            assert answer["Content-Type"] == "image/jpeg"
            picture = Pillow.open(io.BytesIO(b"".join(answer.streaming_content)))
            assert (picture.format, picture.size) == ("JPEG", (1200, 800))
        services.delete(image)
        assert browsers["visitor"].get(url).status_code == 404

    def test_links_to_what_is_not_public_show_nothing(self, browsers, mina, share):
        image = share(mina, FOLLOWERS)
        html = browsers["owner"].get(image.get_absolute_url()).content.decode()
        assert "og:image" not in html
        assert browsers["owner"].get(f"/media/{image.image}/preview.jpg").status_code == 404

    def test_a_preview_without_its_master_is_not_found(self, browsers, mina, share):
        image = share(mina)
        files.storage(public=True).delete(f"{image.image}/master.webp")
        assert browsers["visitor"].get(f"/media/{image.image}/preview.jpg").status_code == 404

    def test_a_storage_that_fails_halfway_keeps_nothing(self, db, tmp_path, monkeypatch):
        place = files.storage(public=True)
        real = place.save

        def save(name, content):
            if name.endswith("b.webp"):
                raise OSError("the disk is full")
            return real(name, content)

        monkeypatch.setattr(place, "save", save)
        with pytest.raises(OSError, match="the disk is full"):
            files.store({"a.webp": b"a", "b.webp": b"b"}, public=True)
        assert file_names(tmp_path) == set()

    @pytest.mark.parametrize("width", ["0", "59", "61", "320", "2560", "9" * 30, "master"])
    def test_other_widths_are_not_made(self, signed_in, mina, share, tmp_path, width):
        image = share(mina)
        before = file_names(tmp_path)
        assert signed_in.get(f"/pictures/{image.pk}/{width}.webp").status_code == 404
        if width != "master":  # which lies there as a file
            fetch(Client(), f"/media/{image.image}/{width}.webp", 404)
        assert file_names(tmp_path) == before

    def test_costs_one_query(self, browsers, mina, share, django_assert_num_queries):
        public, hidden = share(mina), share(mina, FOLLOWERS)
        with django_assert_num_queries(1):
            fetch(Client(), public.file_url(60))
        with django_assert_num_queries(SESSION_AND_USER + 1):
            fetch(browsers["follower"], hidden.file_url(60))

    def test_is_not_guessed_at_by_browsers(self, mina, share):
        answer = Client().get(share(mina).file_url(60))
        answer.getvalue()
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] == "image/webp"


class TestLists:
    @pytest.mark.parametrize("count", [24, pytest.param(100_000, marks=pytest.mark.slow)])
    def test_home_costs_the_same(self, browsers, mina, count, django_assert_num_queries):
        make_rows(mina, count)
        with django_assert_num_queries(SESSION_AND_USER + 1):
            page = browsers["stranger"].get("/").context["page"]
        assert len(page.items) == IMAGES_PER_PAGE == 24
        assert bool(page.next_cursor) == (count > 24)
        with django_assert_num_queries(2):
            html = Client().get("/").content.decode()
        assert html.count('class="tile-owner"') == 24

    @pytest.mark.parametrize("position", [0, 1, 4, 8])
    def test_neighbours_are_those_of_the_grid(self, browsers, mina, position):
        make_rows(mina, 9)  # three of each moment
        order = list(Image.objects.all().newest())
        page = browsers["visitor"].get(order[position].get_absolute_url())
        assert page.context["newer"] == (order[position - 1] if position else None)
        assert page.context["older"] == (order[position + 1] if position < 8 else None)

    def test_neighbours_are_read_from_the_index(self, db, mina):
        if connection.vendor != "postgresql":
            pytest.skip("PostgreSQL alone explains its plan in this form")
        make_rows(mina, 3000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE images_image")
        middle = Image.objects.all().newest()[1500]
        of_user = Image.objects.visible_to(mina).filter(user=mina)
        for rows in (of_user.newer_than(middle), of_user.older_than(middle)):
            plan = rows[:1].explain(analyze=True)
            removed = [int(n) for n in re.findall(r"Rows Removed by Filter: (\d+)", plan)]
            assert sum(removed) < 10, plan

    @pytest.mark.parametrize("count", [1, 40])
    def test_an_image_page_costs_the_same(self, browsers, mina, share, count):
        image = share(mina)
        make_rows(mina, count)
        assert queries_of(Client(), image.get_absolute_url()) == 4
        assert queries_of(browsers["stranger"], image.get_absolute_url()) == SESSION_AND_USER + 5

    @pytest.mark.parametrize("count", [1, 40])
    def test_a_persons_page_costs_the_same(self, browsers, mina, count):
        make_rows(mina, count)
        assert queries_of(Client(), "/@mina/") == 3
        assert queries_of(browsers["stranger"], "/@mina/") == SESSION_AND_USER + 3

    @pytest.mark.parametrize("start", ["/", "/@mina/", "/?q=번"])
    def test_pages_lead_through_all_and_back(self, signed_in, mina, start):
        make_rows(mina, 60)
        hidden = Image.objects.order_by("pk")[3]
        services.delete(hidden)
        pages = walk(signed_in, start, "next_cursor")
        seen = [image.pk for page in pages for image in page]
        expected = Image.objects.filter(deleted_at=None).newest().values_list("pk", flat=True)
        assert seen == list(expected)
        assert len(seen) == 59

    @pytest.mark.parametrize("path", ["/", "/@mina/"])
    @pytest.mark.parametrize("cursor", ["x", "\0", "WyJhIl0:1abc:xyz"])
    def test_a_made_up_cursor_is_a_bad_request(self, signed_in, path, cursor):
        assert signed_in.get(path, {"cursor": cursor}).status_code == 400

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("달", {"달과 산"}),
            ("MOON", {"Moon 100%"}),
            ("100%", {"Moon 100%"}),
            ("%", {"Moon 100%"}),
            ("_", set()),
            ("' OR 1=1 --", set()),
            ("\0", {"달과 산", "Moon 100%"}),
            ("  ", {"달과 산", "Moon 100%"}),
            ("x" * 10_000, set()),
        ],
        ids=ascii,
    )
    def test_search(self, signed_in, mina, share, query, found):
        share(mina, title="달과 산")
        share(mina, title="Moon 100%")
        page = signed_in.get("/", {"q": query}).context["page"]
        assert {image.title for image in page.items} == found

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="explains in PostgreSQL's way")
    @pytest.mark.parametrize("viewer", ["visitor", "stranger"])
    def test_home_is_served_by_an_index(self, browsers, mina, viewer):
        make_rows(mina, 3000)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        second = f"/?cursor={browsers[viewer].get('/').context['page'].next_cursor}"
        for url in ("/", second):
            plan = explain(grid_query(browsers[viewer], url))
            assert "images_newest " in plan
            assert "Seq Scan on images_image" not in plan

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="explains in PostgreSQL's way")
    def test_a_persons_page_is_served_by_an_index(self, browsers, mina, make_person):
        make_rows(make_person("other"), 3000)
        make_rows(mina, 300)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        assert "images_newest_of_user" in explain(grid_query(browsers["stranger"], "/@mina/"))


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as made:
        assert client.get(url).status_code == 200
    return len(made)


def walk(client: Client, start: str, direction: str) -> list[list[Image]]:
    pages, url = [], start
    while url:
        page = client.get(url).context["page"]
        pages.append(page.items)
        cursor = getattr(page, direction)
        url = cursor and f"{start}{'&' if '?' in start else '?'}cursor={cursor}"
    return pages


def grid_query(client: Client, url: str) -> str:
    """The SQL of the list of pictures on a page."""
    with CaptureQueriesContext(connection) as made:
        client.get(url)
    (sql,) = (q["sql"] for q in made if 'FROM "images_image"' in q["sql"])
    return sql


def explain(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())
