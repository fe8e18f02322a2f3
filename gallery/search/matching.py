"""Conditions: that a column begins with a text, contains a word, or is much like it.

PostgreSQL compares by the letters that Hangul syllables consist of, so that a trigram index
(`gallery.config.trigram.search_index`) finds words of two syllables, which most Korean words
are; and then by what is written, so that 바다 is not found in 바닥. The other engines look at
every row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from operator import or_
from typing import Any

from django.db import connections, transaction
from django.db.models import BooleanField, F, FloatField, Func, Q, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import IContains, IStartsWith

from gallery.search.terms import is_part, letters, spellings

#: How much alike a word has to be, from 0 to 1: a letter missing or two exchanged in one of
#: seven letters; pg_trgm's own 0.6 forgives no such thing.
_LIKENESS = 0.5


class _SpelledOut(Func):
    """A column by its letters: what is indexed on PostgreSQL."""

    output_field = TextField()
    template = "NORMALIZE(%(expressions)s, NFKD)"


class _Written(Func):
    """A column in the form that `gallery.search.terms.terms` has, on PostgreSQL."""

    output_field = TextField()
    template = "NORMALIZE(%(expressions)s, NFKC)"


def begins(column: str, text: str, *, using: str) -> Q:
    """That ``column`` begins with ``text``, in any case."""
    return _compared(IStartsWith, column, text, using)


def contains(column: str, word: str, *, using: str) -> Q:
    """That ``column`` contains ``word``, or a word that begins with it if it is very short."""
    if is_part(word):
        return _compared(IContains, column, word, using)
    return begins(column, word, using=using) | _compared(IContains, column, f" {word}", using)


def is_alike(column: str, text: str, *, using: str) -> tuple[Q, Any]:
    """That something in ``column`` is spelled much like ``text``; and how much, to order by.

    Where the engine has no measure: that a word begins as ``text`` does.
    """
    if not has_trigrams(using):
        beginning = text[: max(1, (len(text) + 1) // 2)]
        start = begins(column, beginning, using=using)
        return start | _compared(IContains, column, f" {beginning}", using), Value(0.0)
    stored, wanted = _capitals(_SpelledOut(F(column))), _capitals(Value(letters(text)))
    condition = Func(
        stored, wanted, template="%(expressions)s", arg_joiner=" %%> ", output_field=BooleanField()
    )
    likeness = Func(wanted, stored, function="WORD_SIMILARITY", output_field=FloatField())
    return Q(condition), likeness


@contextmanager
def forgiving(using: str) -> Iterator[None]:
    """Let `is_alike` be as forgiving as it should. One short statement, where it has a measure."""
    if not has_trigrams(using):
        yield
        return
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        setting = "pg_trgm.word_similarity_threshold"
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, str(_LIKENESS)])
        yield


def has_trigrams(using: str) -> bool:
    """Whether ``using`` is a PostgreSQL with pg_trgm. One query, once per process."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return False
    database = str(connection.settings_dict["NAME"])
    if database not in _WITH_TRIGRAMS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            _WITH_TRIGRAMS[database] = cursor.fetchone() is not None
    return _WITH_TRIGRAMS[database]


_WITH_TRIGRAMS: dict[str, bool] = {}


def _compared(lookup: type[Any], column: str, text: str, using: str) -> Q:
    if connections[using].vendor != "postgresql":
        return reduce(or_, (Q(lookup(F(column), spelling)) for spelling in spellings(text)))
    by_letters = Q(lookup(_SpelledOut(F(column)), letters(text)))
    if text.isascii():
        return by_letters
    # Nearly implied by the letters, which PostgreSQL cannot know: taken for a condition of its
    # own, it would seem so rare that an index in order of the list were not worth walking.
    written = lookup(_Written(F(column)), text)
    return by_letters & Q(Coalesce(written, Value(value=False), output_field=BooleanField()))


def _capitals(text: Any) -> Func:
    # As Django writes it for ``icontains``, and therefore the index.
    return Func(text, template="UPPER(%(expressions)s::text)", output_field=TextField())
