"""manage.py check_targets: rows whose generic key points at nothing."""

from __future__ import annotations

import io

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.models.signals import post_delete
from django.test.utils import CaptureQueriesContext

from slipstream.targets.generic import dangling
from slipstream.targets.generic.dangling import Tally, generic_keys, label_of, sweep
from tests.things.models import Cover, Document, Picture, Tag
from tests.trail.models import (
    AuditEntry,
    LongNote,
    Memo,
    MemoLine,
    Note,
    PlainLink,
    TaggedItem,
)

TAGGED = TaggedItem._meta.get_field("target")
PLAIN = PlainLink._meta.get_field("target")
KEPT = AuditEntry._meta.get_field("target")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def check(*args, stderr=None, **options):
    """Run the command; return its exit status and what it printed."""
    out = io.StringIO()
    try:
        call_command("check_targets", *args, stdout=out, stderr=stderr or io.StringIO(), **options)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def tag(target, **columns):
    item = TaggedItem.objects.create(tag="t", target=target)
    if columns:
        TaggedItem.objects.filter(pk=item.pk).update(**columns)
    return item


@pytest.fixture(autouse=True)
def _content_types():
    """What other tests remember of content types was rolled back, and keys come again."""
    ContentType.objects.clear_cache()
    yield
    ContentType.objects.clear_cache()


@pytest.fixture
def mixture(db):
    """Six rows that are right and nine that dangle, over several models; returns those."""
    for _ in range(2):
        tag(Picture.objects.create())
        tag(Document.objects.create())
    tag(Tag.objects.create(name="a"))
    tag(Cover.objects.create(picture=Picture.objects.create()))
    stale = ContentType.objects.create(app_label="removedapp", model="thing")
    items = [
        tag(Picture.objects.create()),
        tag(Document.objects.create()),
        tag(Tag.objects.create(name="b")),
        tag(Cover.objects.create(picture=Picture.objects.create())),
        tag(Picture.objects.create(), target_id="abc"),
        tag(Picture.objects.create(), target_id="9" * 30),
        tag(Picture.objects.create(), target_id=""),
        tag(Document.objects.create(), target_id="abc"),
        tag(Picture.objects.create(), target_type=stale),
    ]
    for item in items[:4]:
        item.target.delete()
    return {item.pk for item in items}


LINES = """\
trail.TaggedItem.target -> removedapp.thing (no such model): 1 of 1 rows dangle
trail.TaggedItem.target -> things.cover: 1 of 2 rows dangle
trail.TaggedItem.target -> things.document: 2 of 4 rows dangle
trail.TaggedItem.target -> things.picture: 4 of 6 rows dangle
trail.TaggedItem.target -> things.tag: 1 of 2 rows dangle
"""


def test_it_reports_per_key_and_model(mixture):
    assert check() == (1, LINES + "Rows that point at nothing: 9.")
    assert TaggedItem.objects.count() == 15


@pytest.mark.parametrize("size", [1, 2, 3, 15, 100])
def test_batches_of_any_size_find_the_same(mixture, size):
    status, out = check(batch_size=size)
    assert (status, out) == (1, LINES + "Rows that point at nothing: 9.")


def test_it_deletes_exactly_those(mixture):
    right = set(TaggedItem.objects.exclude(pk__in=mixture).values_list("pk", flat=True))
    status, out = check("--delete", "--batch-size", "4")
    assert status == 0
    assert "things.picture: 4 of 6 rows dangle, 4 deleted\n" in out
    assert set(TaggedItem.objects.values_list("pk", flat=True)) == right
    assert check()[0] == 0
    assert "things.picture: 0 of 2 rows dangle\n" in check()[1]


def test_nothing_dangles(db):
    assert check() == (0, "")
    tag(Picture.objects.create())
    assert check() == (0, "trail.TaggedItem.target -> things.picture: 0 of 1 rows dangle\n")
    assert check(verbosity=0) == (0, "")


def test_what_reads_as_none_is_what_dangles(mixture):
    rows = TaggedItem.objects.prefetch_related("target")
    assert {row.pk for row in rows if row.target is None} == mixture


def test_history_is_kept(db):
    pictures = [Picture.objects.create() for _ in range(3)]
    for picture in pictures:
        AuditEntry.objects.create(action="x", target=picture)
    gone, stale = pictures[:2]
    AuditEntry.objects.on(stale).update(target_type=None)
    gone.delete()
    status, out = check("--delete")
    assert status == 0
    assert out == (
        "trail.AuditEntry.target -> a removed content type:"
        " 1 of 1 rows are kept on purpose, without their target\n"
        "trail.AuditEntry.target -> things.picture:"
        " 1 of 2 rows are kept on purpose, without their target\n"
    )
    assert AuditEntry.objects.count() == 3
    assert sweep(KEPT, using="default", delete=True)[0].deleted == 0
    assert AuditEntry.objects.count() == 3


def test_plain_keys_are_deleted_from_only_if_named(db):
    PlainLink.objects.create()
    # Without a model there is nothing to point at.
    PlainLink.objects.create(object_id="1")
    PlainLink.objects.create(target=Picture.objects.create())
    link = PlainLink.objects.create(target=Picture.objects.create())
    link.target.delete()
    line = "trail.PlainLink.target -> things.picture: 1 of 2 rows dangle"
    assert check() == (1, f"{line}\nRows that point at nothing: 1.")
    assert check("--delete") == (1, f"{line}\nRows that point at nothing: 1.")
    assert check("trail.plainlink", "--delete") == (0, f"{line}, 1 deleted\n")
    assert PlainLink.objects.count() == 3


def test_rows_without_a_target_are_none_of_its_business(db):
    Note.objects.create()
    assert check() == (0, "")


def test_keys_can_be_named(mixture):
    memo = Memo.objects.create(subject=Picture.objects.create())
    memo.subject.delete()
    assert check("trail.Memo.other") == (0, "")
    assert check("trail.memo.subject", "trail.Memo")[1] == (
        "trail.Memo.subject -> things.picture: 1 of 1 rows dangle\nRows that point at nothing: 1."
    )
    assert check("TRAIL.MEMO")[0] == 1


def test_inherited_keys_are_looked_at_once():
    labels = [label_of(key) for key in generic_keys(using="default")]
    assert sorted(label for label in labels if label.startswith("trail.")) == [
        "trail.AuditEntry.target",
        "trail.Memo.other",
        "trail.Memo.subject",
        "trail.Note.subject",
        "trail.PlainLink.target",
        "trail.TaggedItem.target",
    ]


def test_what_refers_to_the_rows_goes_as_its_key_says(db):
    memo = Memo.objects.create(subject=Picture.objects.create())
    MemoLine.objects.create(memo=memo)
    long = LongNote.objects.create(subject=memo.subject)
    memo.subject.delete()
    seen = []

    def receiver(instance, **kwargs):
        seen.append(instance)

    post_delete.connect(receiver, sender=Memo)
    try:
        status, out = check("--delete")
    finally:
        post_delete.disconnect(receiver, sender=Memo)
    assert status == 0
    assert [each.subject_text for each in seen] == ["a picture"]
    assert not Memo.objects.exists()
    assert not MemoLine.objects.exists()
    assert not LongNote.objects.exists()
    assert not Note.objects.filter(pk=long.pk).exists()


def test_a_target_that_a_manager_hides_is_there(db, monkeypatch):
    picture = Picture.objects.create()
    tag(picture)
    monkeypatch.setattr(
        type(Picture._base_manager), "get_queryset", lambda self: Picture.objects.none()
    )
    assert sweep(TAGGED, using="default") == [Tally("things.picture", rows=1)]


def test_a_table_that_django_does_not_manage_is_not_looked_at(monkeypatch):
    monkeypatch.setattr(Memo._meta, "managed", False)
    assert "trail.Memo.other" not in [label_of(key) for key in generic_keys(using="default")]


def test_a_model_that_is_elsewhere_is_not_looked_at(settings):
    class Router:
        def allow_migrate(self, db, app_label, **hints):
            return app_label not in ("trail", "slipstream_activity_generic")

    settings.DATABASE_ROUTERS = [Router()]
    assert generic_keys(using="default") == []


def test_what_is_left_of_a_content_type_is_named(db):
    missing = 2**31 - 1
    assert dangling._target_label(missing, using="default") == f"a removed content type ({missing})"


# --- the race: between finding a row and deleting it


@pytest.fixture
def meanwhile(monkeypatch):
    """Run something after rows were found to dangle and before they are deleted."""
    things = []
    real = dangling._delete

    def delete(*args, **kwargs):
        while things:
            things.pop()()
        return real(*args, **kwargs)

    monkeypatch.setattr(dangling, "_delete", delete)
    return things.append


def test_a_row_that_was_given_another_target_stays(db, meanwhile):
    picture, other = Picture.objects.create(), Document.objects.create()
    one, two = tag(picture), tag(picture.__class__.objects.create())
    Picture.objects.all().delete()

    def change():
        item = TaggedItem.objects.get(pk=one.pk)
        item.target = other
        item.save()

    meanwhile(change)
    assert sweep(TAGGED, using="default", delete=True) == [
        Tally("things.picture", rows=2, dangling=2, deleted=1)
    ]
    assert TaggedItem.objects.get() == one
    assert TaggedItem.objects.get().target == other
    assert not TaggedItem.objects.filter(pk=two.pk).exists()


def test_a_row_given_another_target_that_dangles_stays_for_the_next_time(db, meanwhile):
    item = tag(Picture.objects.create())
    item.target.delete()
    meanwhile(lambda: TaggedItem.objects.update(target_id="abc"))
    assert sweep(TAGGED, using="default", delete=True)[0].deleted == 0
    assert TaggedItem.objects.get() == item


def test_a_row_whose_target_came_back_stays(db, meanwhile):
    picture = Picture.objects.create()
    key = picture.pk
    item = tag(picture)
    picture.delete()
    meanwhile(lambda: Picture.objects.create(pk=key))
    assert sweep(TAGGED, using="default", delete=True)[0].deleted == 0
    assert TaggedItem.objects.get() == item


def test_a_row_that_is_gone_is_no_matter(db, meanwhile):
    tag(Picture.objects.create()).target.delete()
    meanwhile(lambda: TaggedItem.objects.all().delete())
    assert sweep(TAGGED, using="default", delete=True)[0].deleted == 0


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_tried_again(meanwhile):
    tag(Picture.objects.create()).target.delete()

    def fail():
        raise OperationalError(1213, "Deadlock found when trying to get lock")

    meanwhile(fail)
    assert sweep(TAGGED, using="default", delete=True)[0].deleted == 1


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_before_the_second_look():
    tag(Picture.objects.create()).target.delete()
    with CaptureQueriesContext(connection) as queries:
        assert sweep(TAGGED, using="default", delete=True)[0].deleted == 1
    statements = [query["sql"] for query in queries]
    begin = statements.index("BEGIN")
    locking = [i for i, sql in enumerate(statements) if "FOR UPDATE" in sql or "UPDATE" in sql[:6]]
    looking = [i for i, sql in enumerate(statements) if "things_picture" in sql]
    deleting = [i for i, sql in enumerate(statements) if sql.startswith("DELETE")]
    assert begin < locking[0] < looking[-1] < deleting[0]
    assert len(deleting) == 1


# --- what it costs


def test_queries_per_batch_and_model(db, django_assert_num_queries):
    for _ in range(10):
        tag(Picture.objects.create())
        tag(Document.objects.create())
    # Rows; pictures and documents; no more rows.
    with django_assert_num_queries(4):
        sweep(TAGGED, using="default")
    # Four batches, each of both models.
    with django_assert_num_queries(4 * 3 + 1):
        sweep(TAGGED, using="default", batch_size=5)


def test_no_object_is_made(mixture, monkeypatch):
    for model in (TaggedItem, Picture, Document, Tag, Cover):
        monkeypatch.setattr(model, "from_db", None)
    assert sum(tally.dangling for tally in sweep(TAGGED, using="default", delete=True)) == 9


def test_a_batch_is_no_larger_than_a_statement_may_be(mixture, monkeypatch):
    # A property that some versions remember on the instance.
    monkeypatch.delitem(vars(connection.features), "max_query_params", raising=False)
    monkeypatch.setattr(type(connection.features), "max_query_params", 4)
    sizes = []
    sweep(TAGGED, using="default", batch_size=100, progress=sizes.append)
    assert sizes == [4, 4, 4, 3]


# --- the command


def test_progress(mixture):
    stderr = Terminal()
    check(stderr=stderr, batch_size=10)
    line = "trail.TaggedItem.target: {} of 15 rows"
    assert stderr.getvalue() == f"\r{line.format(10)}\r{line.format(15)}\n"
    stderr = io.StringIO()
    check(stderr=stderr, batch_size=10)
    assert not stderr.getvalue()
    check(stderr=stderr, batch_size=10, verbosity=2)
    assert stderr.getvalue() == f"{line.format(10)}\n{line.format(15)}\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["trail.Nothing"], "no generic key 'trail.Nothing'. There are: .*trail.TaggedItem.target"),
        (["trail.AuditEntry.actor"], "no generic key 'trail.AuditEntry.actor'"),
        (["--batch-size", "0"], "must be 1 or more"),
        (["--batch-size", "x"], "invalid"),
        (["--database", "nowhere"], "nowhere.*default"),
    ],
)
def test_wrong_usage_names_the_choices(db, args, message):
    with pytest.raises(CommandError, match=message) as caught:
        call_command("check_targets", *args)
    assert caught.value.returncode in {1, 2}


def test_without_content_types(monkeypatch):
    from django.apps import apps

    monkeypatch.setattr(apps, "is_installed", lambda name: False)
    with pytest.raises(CommandError, match=r"Without django\.contrib\.contenttypes"):
        call_command("check_targets", skip_checks=True)
