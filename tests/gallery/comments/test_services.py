"""Writing, changing, deleting and hiding; and what the database holds whoever writes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gallery.accounts.models import User
from gallery.activity.models import Activity
from gallery.comments import services
from gallery.comments.models import Comment
from gallery.images.models import Image
from slipstream.follows import follow
from tests.slipstream.at_once import at_once

from .sayings import FOLLOWERS, PRIVATE, PUBLIC, count_of, say, say_many


def told() -> list[tuple[str, int | None]]:
    """Who is said to have commented, and with what."""
    rows = Activity.objects.with_verb("commented").order_by("pk").select_related("actor")
    return [(row.actor.username, row.data["comment"]) for row in rows]


class TestWriting:
    def test_is_counted_and_told(self, mina, haru, image):
        comment, is_new = services.write(haru, image, " 좋네요 \r\n", token=uuid4())
        assert (comment.text, is_new, count_of(image)) == ("좋네요", True, 1)
        assert (comment.edited_at, comment.hidden_at) == (None, None)
        assert told() == [("haru", comment.pk)]
        assert Activity.objects.get().created_at == comment.created_at
        say(mina, image)
        assert count_of(image) == 2

    def test_one_form_makes_one_comment(self, mina, haru, image):
        token = uuid4()
        first, _ = services.write(haru, image, "하나", token=token)
        again, is_new = services.write(haru, image, "하나 ", token=token)
        assert (again, again.text, is_new) == (first, "하나", False)
        assert (count_of(image), len(told())) == (1, 1)
        services.edit(first, "하나!")
        assert not services.write(haru, image, "하나", token=token)[1]
        # A form of somebody else's is another form.
        assert services.write(mina, image, "셋", token=token)[1]

    def test_other_words_from_a_page_gone_back_to_are_another_comment(
        self, mina, haru, image, hang
    ):
        token, other = uuid4(), hang(mina)
        services.write(haru, image, "하나", token=token)
        assert services.write(haru, image, "둘", token=token)[1]
        elsewhere, is_new = services.write(haru, other, "하나", token=token)
        assert (elsewhere.image, is_new) == (other, True)
        assert (count_of(image), count_of(other)) == (2, 1)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "required"),
            (" \n\t\u3000", "required"),
            ("가" * 2001, "max_length"),
            ("a\u202eb", "characters"),
            ("a\0b", "characters"),
            ("\u200b", "invisible"),
        ],
    )
    def test_what_is_no_comment(self, haru, image, text, code):
        comment = say(haru, image)
        with pytest.raises(ValidationError) as refused:
            services.write(haru, image, text, token=uuid4())
        assert refused.value.code == code
        with pytest.raises(ValidationError):
            services.edit(comment, text)
        assert list(Comment.objects.values_list("text", flat=True)) == ["좋네요"]

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("가" * 2000, "가" * 2000),
            (f"\n{'😀' * 2000}\n", "😀" * 2000),
            ("하나\r\n둘\r\n\r\n \r\n\n\n셋", "하나\n둘\n\n셋"),
            ("👨‍👩‍👧 <b>", "👨‍👩‍👧 <b>"),
        ],
    )
    def test_what_is_kept(self, haru, image, text, kept):
        say(haru, image, text)
        assert Comment.objects.get().text == kept

    @pytest.mark.parametrize("visibility", [PUBLIC, FOLLOWERS, PRIVATE])
    def test_only_on_what_one_sees(self, mina, haru, make_person, hang, visibility):
        image, sora = hang(mina, visibility), make_person("sora")
        follow(sora, mina)
        for person, allowed in ((haru, [PUBLIC]), (sora, [PUBLIC, FOLLOWERS]), (mina, [*range(3)])):
            if visibility in allowed:
                say(person, image)
            else:
                with pytest.raises(Image.DoesNotExist):
                    say(person, image)
        # What its owner alone sees is nobody's news.
        assert len(told()) == (0 if visibility == PRIVATE else count_of(image))

    def test_not_on_what_was_deleted_or_hidden_meanwhile(self, mina, haru, image):
        known = Image.objects.get(pk=image.pk)
        Image.objects.filter(pk=image.pk).update(visibility=PRIVATE)
        with pytest.raises(Image.DoesNotExist):
            say(haru, known)
        Image.objects.filter(pk=image.pk).update(visibility=PUBLIC, deleted_at=timezone.now())
        with pytest.raises(Image.DoesNotExist):
            say(mina, known)
        assert Comment.objects.count() == 0

    def test_twenty_a_minute(self, mina, haru, image):
        token = uuid4()
        say(haru, image, "einmal", token=token)
        for _ in range(19):
            say(haru, image)
        with pytest.raises(services.TooManyComments):
            say(haru, image)
        assert not services.write(haru, image, "einmal", token=token)[1]  # known already
        say(mina, image)
        Comment.objects.update(created_at=timezone.now() - timedelta(minutes=1))
        say(haru, image)
        assert count_of(image) == 22

    def test_costs_the_same(self, haru, image, django_assert_max_num_queries):
        say_many(haru, image, 100)
        # With BEGIN and COMMIT or a savepoint; four at most record it, and the others tell.
        with django_assert_max_num_queries(5 + 2 + 4 + 13):
            say(haru, image)


class TestChanging:
    def test_marks_it(self, haru, image):
        comment = say(haru, image)
        assert services.edit(comment, " 아주 좋네요 ")
        assert (comment.text, comment.edited_at is not None) == ("아주 좋네요", True)
        comment.refresh_from_db()
        assert (comment.text, comment.edited_at is not None) == ("아주 좋네요", True)
        assert (count_of(image), len(told())) == (1, 1)

    def test_the_same_is_no_change(self, haru, image):
        comment = say(haru, image, "Good")
        assert not services.edit(comment, "Good ")
        assert Comment.objects.get().edited_at is None
        assert services.edit(comment, "good")  # which MariaDB takes for the same
        assert Comment.objects.get().text == "good"

    def test_what_is_gone(self, haru, image):
        comment = say(haru, image)
        services.delete(Comment.objects.get())
        with pytest.raises(Comment.DoesNotExist):
            services.edit(comment, "noch da?")


class TestDeleting:
    def test_leaves_nothing(self, mina, haru, image):
        comment, other = say(haru, image), say(haru, image)
        Activity.objects.update(created_at=comment.created_at)  # of one moment
        assert services.delete(comment)
        assert not services.delete(comment)
        assert (count_of(image), told()) == (1, [("haru", other.pk)])

    def test_however_old(self, haru, image):
        comment = say(haru, image)
        long_ago = timezone.now() - timedelta(days=30)
        for rows in (Comment.objects, Activity.objects):
            rows.update(created_at=long_ago)
        services.delete(Comment.objects.get())
        assert (count_of(image), told()) == (0, [])
        assert comment.pk

    def test_an_account_goes_with_its_comments(self, mina, haru, image, hang):
        other = hang(mina)
        say_many(haru, image, 30)
        say_many(haru, other, 5)
        say(mina, image)
        User.objects.get(pk=haru.pk).delete()
        assert (count_of(image), count_of(other), told()) == (1, 0, [("mina", said(mina))])

    def test_a_picture_takes_them_along(self, haru, image):
        say_many(haru, image, 3)
        image.delete()
        assert Comment.objects.count() == 0

    def test_a_picture_that_comes_back_has_them(self, mina, haru, image, monkeypatch):
        say_many(haru, image, 3)
        Image.objects.filter(pk=image.pk).update(deleted_at=timezone.now())
        assert not Comment.objects.all().visible_to(haru).exists()
        Image.objects.filter(pk=image.pk).update(deleted_at=None)
        assert Comment.objects.all().visible_to(haru).count() == count_of(image) == 3


def said(user) -> int:
    return Comment.objects.filter(user=user).latest("pk").pk


class TestHiding:
    def test_uncounts_and_comes_back(self, mina, haru, image):
        comments = [say(person, image) for person in (haru, haru, mina)]
        chosen = Comment.objects.filter(user=haru)
        assert [services.hide(chosen), services.hide(chosen)] == [2, 0]
        assert (count_of(image), told()) == (1, [("mina", comments[2].pk)])
        assert [services.unhide(chosen), services.unhide(chosen)] == [2, 0]
        assert count_of(image) == 3
        assert sorted(told()) == sorted(
            zip(("haru", "haru", "mina"), [c.pk for c in comments], strict=True)
        )
        at = dict(Activity.objects.values_list("data__comment", "created_at"))
        assert at == {comment.pk: comment.created_at for comment in comments}

    def test_only_who_wrote_it_reads_it(self, mina, haru, image):
        comment = say(haru, image)
        services.hide(Comment.objects.all())
        assert not Comment.objects.all().visible_to(mina)
        assert Comment.objects.all().visible_to(haru).get() == comment
        services.edit(comment, "noch einmal")
        assert count_of(image) == 0
        services.delete(comment)
        assert (Comment.objects.count(), count_of(image)) == (0, 0)

    def test_on_what_is_not_shown_no_news(self, mina, hang):
        image = hang(mina, PRIVATE)
        say(mina, image)
        services.hide(Comment.objects.all())
        services.unhide(Comment.objects.all())
        assert (count_of(image), told()) == (1, [])

    def test_of_many_pictures(self, mina, haru, hang):
        images = [hang(mina) for _ in range(5)]
        for image in images:
            say_many(haru, image, 90)
        assert services.hide(Comment.objects.filter(image__title="달")) == 450
        assert {count_of(image) for image in images} == {0}

    def test_the_locked_are_not_read(self, mina, haru, image):
        say(haru, image)
        User.objects.filter(pk=haru.pk).update(is_active=False)
        assert not Comment.objects.all().visible_to(mina).exists()


class TestInTheDatabase:
    @pytest.mark.parametrize("text", ["", "x" * 2001])
    def test_no_other_text(self, haru, image, text):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(user=haru, image=image, text=text)
        with pytest.raises(IntegrityError), transaction.atomic():
            say(haru, image)
            Comment.objects.update(text=text)

    def test_each_form_once(self, haru, mina, image):
        token = uuid4()
        Comment.objects.create(user=haru, image=image, text="x", token=token)
        Comment.objects.create(user=mina, image=image, text="x", token=token)
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(user=haru, image=image, text="y", token=token)

    def test_pages_come_from_an_index(self, haru, image):
        if connection.vendor != "postgresql":
            pytest.skip("PostgreSQL explains best")
        say_many(haru, image, 200)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        rows = Comment.objects.filter(image=image).readable_by(haru).select_related("user")
        plan = rows.order_by("-created_at", "-id")[:21].explain()
        assert "Backward using comments_of_image" in plan
        assert "Sort" not in plan


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_form_many_times(self, mina, haru, image):
        token = uuid4()
        answers = at_once(6, lambda _: services.write(haru, image, "!", token=token))
        assert sorted(is_new for _, is_new in answers) == [False] * 5 + [True]
        assert len({comment.pk for comment, _ in answers}) == count_of(image) == len(told()) == 1

    def test_writing_hiding_and_deleting(self, mina, haru, image, hang):
        others = [say(haru, picture) for picture in (image, hang(mina), image)]

        def work(number: int) -> None:
            if number % 4 == 0:
                services.hide(Comment.objects.filter(pk__in=[c.pk for c in others]))
            elif number % 4 == 1:
                services.unhide(Comment.objects.filter(pk__in=[c.pk for c in others]))
            elif number == 2:
                services.delete(others[0])
            else:
                say(mina, image, str(number))

        at_once(6, work)
        assert 1 <= count_of(image) <= 3
        shown = Comment.objects.filter(hidden_at=None).values_list("pk", flat=True)
        assert sorted(key for _, key in told()) == sorted(shown)
