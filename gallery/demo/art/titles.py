"""Titles in English and Korean, from the same words."""

from dataclasses import dataclass
from random import Random
from types import MappingProxyType

#: A word or a sentence's pattern in English and in Korean.
Pair = tuple[str, str]
#: What a picture turned out to show, by the name patterns use for it.
Facts = dict[str, Pair]

_HANGUL = range(0xAC00, 0xD7A4)
_FINALS = 28  # syllables come in blocks of 28: without a final consonant, then with each
_RIEUL = 8


def pairs(text: str) -> tuple[Pair, ...]:
    """Read ``"the moon=달, rain=비"``."""
    found = (item.split("=") for item in text.replace("\n", " ").split(","))
    return tuple((english.strip(), korean.strip()) for english, korean in found)


class Korean(str):
    """A Korean word that takes its particle in a format: ``f"{word:을/를}"``."""

    __slots__ = ()

    def __format__(self, particles: str) -> str:
        """Append the one of two particles that fits the last syllable."""
        if not particles:
            return str(self)
        after_consonant, after_vowel = particles.split("/")
        final = (ord(self[-1]) - _HANGUL.start) % _FINALS if ord(self[-1]) in _HANGUL else 0
        # "으로" is the one particle that takes a final ㄹ for a vowel.
        closed = final and not (final == _RIEUL and after_vowel == "로")
        return str(self) + (after_consonant if closed else after_vowel)


@dataclass(frozen=True)
class Titles:
    """Patterns and the words that fill them."""

    patterns: tuple[Pair, ...]
    words: MappingProxyType[str, tuple[Pair, ...]]

    def pick(self, random: Random, facts: Facts) -> Pair:
        """Return a title in both languages; ``facts`` are the picture's own words."""
        english, korean = random.choice(self.patterns)
        # Every list is asked, so that a pattern's wording does not move later pictures.
        chosen = {name: random.choice(words) for name, words in self.words.items()} | facts
        title = english.format(**{name: word[0] for name, word in chosen.items()})
        return (
            title[0].upper() + title[1:],
            korean.format(**{name: Korean(word[1]) for name, word in chosen.items()}),
        )


def titles(patterns: tuple[Pair, ...], **words: str) -> Titles:
    """Make :class:`Titles`; each list of words is written as for :func:`pairs`."""
    return Titles(patterns, MappingProxyType({n: pairs(text) for n, text in words.items()}))
