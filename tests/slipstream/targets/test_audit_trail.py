"""The worked examples, and the page that shows them; test_docs.py runs the page."""

from __future__ import annotations

import datetime
import io
import re
from copy import copy
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from tests.things.models import Document, Picture, Tag
from tests.trail.audit import record_change
from tests.trail.models import AuditEntry, TaggedItem

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/how-to/audit-trail-and-tags.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def editor(people):
    return people(1)[0]


def test_the_page_shows_the_code_that_is_tested():
    folder = ROOT / "tests"
    tested = "".join(
        (folder / path).read_text()
        for path in (
            "trail/models.py",
            "trail/audit.py",
            "slipstream/targets/test_generic_finding.py",
        )
    )
    parts = [
        part
        for snippet in SNIPPETS
        if ">>>" not in snippet
        for part in re.split(r"\n\n\n", snippet)
        if not part.startswith("from ")
    ]
    assert len(parts) == 6
    for part in parts:
        assert part.strip() in tested


def test_the_page_says_what_the_command_prints(db):
    TaggedItem.objects.create(tag="blue", target=Picture.objects.create())
    document = Document.objects.create()
    TaggedItem.objects.create(tag="blue", target=document)
    document.delete()
    out = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("check_targets", stdout=out)
    assert f"{out.getvalue()}CommandError: {caught.value}\n```" in PAGE


def test_a_change_says_old_and_new(editor, django_assert_num_queries):
    picture = Picture.objects.create(title="old")
    before = copy(picture)
    picture.title, picture.owner = "new", editor
    record_change(editor, before, picture)  # so that the content type is remembered
    with django_assert_num_queries(1):
        entry = record_change(editor, before, picture)
    key = editor.pk if isinstance(editor.pk, str | int) else str(editor.pk)
    entry.refresh_from_db()
    assert entry.changes == {"title": ["old", "new"], "owner": [None, key]}
    assert (entry.actor, entry.action, entry.target) == (editor, "change", picture)
    assert entry.created_at.date() == datetime.datetime.now(datetime.UTC).date()


def test_nothing_changed_is_no_entry(editor):
    picture = Picture.objects.create()
    assert record_change(editor, picture, copy(picture)) is None
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("model", [Picture, Document, Tag])
def test_the_life_of_a_row_of_any_model(editor, model):
    row = model.objects.create(pk="a tag") if model is Tag else model.objects.create()
    record_change(editor, None, row)
    called, key = str(row), row.pk
    record_change(None, row, None)
    row.delete()
    deleted, created = AuditEntry.objects.all()
    assert (created.action, deleted.action) == ("create", "delete")
    assert created.changes[model._meta.pk.name] == [
        None,
        key if model is not Document else str(key),
    ]
    assert deleted.actor is None
    for entry in (created, deleted):
        assert entry.target is None
        assert (entry.target_text, entry.target_id) == (called, str(key))


def test_the_entry_stays_when_its_actor_goes(editor):
    entry = record_change(editor, None, Picture.objects.create())
    editor.delete()
    entry.refresh_from_db()
    assert entry.actor is None


def test_passwords_and_what_was_not_read_are_left_out(editor):
    before = copy(editor)
    editor.set_password("other")
    assert record_change(None, before, editor) is None
    partly = Picture.objects.only("pk").get(pk=Picture.objects.create().pk)
    assert set(record_change(None, None, partly).changes) == {"id"}


def test_either_both_or_neither(editor):
    picture = Picture.objects.create(title="old")
    after = copy(picture)
    after.title = "new"
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        after.save()
        record_change(editor, picture, after)
        _ = 1 / 0
    assert not AuditEntry.objects.exists()
