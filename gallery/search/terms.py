"""What somebody searches for, as the database is asked for it."""

import unicodedata
from dataclasses import dataclass

from django.http import HttpRequest

LONGEST = 100
_MOST_WORDS = 8
#: With fewer letters, Hangul counted by the letters of its syllables, no index finds a part.
_PART = 3


@dataclass(frozen=True)
class Terms:
    """``text`` with one space between words; empty where nothing is searched for."""

    text: str

    @property
    def words(self) -> tuple[str, ...]:
        """What has to be there, in any order; the first few words of many."""
        return tuple(self.text.split(" ")[:_MOST_WORDS]) if self.text else ()


def read_terms(request: HttpRequest) -> Terms:
    """Return what is searched for by ``q``."""
    return terms(request.GET.get("q", ""))


def terms(text: str) -> Terms:
    """Return ``text`` in the form that compatible characters share: 가 for ㄱ with ㅏ, 1 for １.

    Control characters, which no database takes, count as spaces; what goes beyond `LONGEST`
    is left out.
    """
    # Cut before as well: what is normalised can be eighteen times as long, and is work.
    normal = unicodedata.normalize("NFKC", text[: 4 * LONGEST])
    readable = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in normal)
    return Terms(" ".join(readable.split())[:LONGEST].rstrip())


def letters(word: str) -> str:
    """Return ``word`` with Hangul syllables taken apart, and accents beside their letters."""
    return unicodedata.normalize("NFKD", word)


def is_part(word: str) -> bool:
    """Whether ``word`` is long enough to be found within words, too."""
    return len(letters(word)) >= _PART


def spellings(word: str) -> set[str]:
    """Return the ways in which ``word`` may be stored, for engines that cannot tell."""
    return {word, unicodedata.normalize("NFD", word), _wide(word)}


def _wide(word: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "9" else c for c in word)
