"""Korean particles that fit the word before them: 사진을, 바다를, Django를, 3을.

A particle has one form after a consonant and one after a vowel. A sentence with
a placeholder cannot know which, so it says both, as Koreans write it by hand,
``{target}을(를)``, and `with_particles` chooses once the word is there.

Hangul is exact: the final consonant of its last syllable decides. Everything
else is decided by how it is read aloud.

- Numbers as such: 3 is 삼, 10 is 십, 3.5 is 삼 점 오, $5 is 오 달러, 5km is 오 킬로미터.
- Latin letters by their names, where they are read so: in a word of up to three
  capitals (URL), at the end of a mixed one (GraphQL), in one without a vowel (html).
- Other Latin words by their spelling, as such words usually end once they are
  written in Hangul: book is 북 and cake is 케이크. This is a rule of thumb with
  a list of common words that it gets wrong. It knows neither every word nor
  which of two people who spell their names alike is meant.
- What is silent does not count: quotes, brackets, punctuation, closing tags, and
  parentheses with what is in them, if a word is before them: 사진(3장)을.

After what has no known reading, such as an emoji, Hanja or kana, both forms stay.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

__all__ = ["PARTICLES", "with_particles"]


def _both_ways(after_consonant: str, after_vowel: str) -> dict[str, tuple[str, str]]:
    one, other = after_consonant, after_vowel
    marks = [f"{one}({other})", f"{other}({one})", f"({one}){other}", f"({other}){one}"]
    return dict.fromkeys(marks, (one, other))


PARTICLES: dict[str, tuple[str, str]] = {
    **_both_ways("을", "를"),
    **_both_ways("이", "가"),
    **_both_ways("은", "는"),
    **_both_ways("과", "와"),
    **_both_ways("아", "야"),
    **_both_ways("으로", "로"),
    **_both_ways("이에요", "예요"),
    **_both_ways("이었", "였"),
    "(으)로": ("으로", "로"),
    **{f"(이){rest}": (f"이{rest}", rest) for rest in "나랑라란며고든다지야여"},
}
"""What may be written, and what it becomes after a consonant and after a vowel.

Whatever follows stays: ``(으)로`` makes 으로서 of ``(으)로서`` too.
"""


class _Ending(Enum):
    """What the last syllable ends in."""

    VOWEL = "vowel"
    RIEUL = "ㄹ"
    CONSONANT = "another consonant"


_VOWEL, _RIEUL, _CONSONANT = _Ending

# The longest first: 으로(로) holds no other mark, but (으)로 is in (으로)로.
_MARK = re.compile("|".join(re.escape(mark) for mark in sorted(PARTICLES, key=len, reverse=True)))
# How far back to look; more than any word with a remark in parentheses behind it.
_FAR = 300


def with_particles(text: str, *, word: str = "") -> str:
    """Return ``text`` with each ``을(를)`` and the like in the form that fits what is before it.

    ``word`` is what stands before ``text``, for callers that put a sentence
    together themselves; it is not returned. Both are plain text, decomposed
    Hangul included. Marks are all those of `PARTICLES`, also in a title that
    somebody wrote: to leave those alone, give the title as ``word``. No query.
    """

    def choose(mark: re.Match[str]) -> str:
        start = mark.start()
        before = text[max(0, start - _FAR) : start]
        if len(before) < _FAR:
            before = word[-_FAR:] + before
        ending = _ending(_spoken(before))
        if ending is None:
            return mark.group()
        after_consonant, after_vowel = PARTICLES[mark.group()]
        # 로 is the one particle that takes ㄹ for a vowel: 서울로.
        is_vowel = ending is _VOWEL or (ending is _RIEUL and after_vowel == "로")
        return after_vowel if is_vowel else after_consonant

    return _MARK.sub(choose, text)


# -- what is read aloud

# Symbols that are read, at the end of a word or after a number.
_SIGNS = {
    **dict.fromkeys("%‰+&°℃℉", _VOWEL),  # 퍼센트, 퍼밀, 플러스, 앤드, 도
    "#": _CONSONANT,  # C#: 샵
    **dict.fromkeys("$€£", _VOWEL),  # 달러, 유로, 파운드
    **dict.fromkeys("¥₩", _CONSONANT),  # 엔, 원
}
_SILENT_KINDS = {"Cc", "Cf", "Mn", "Me", "Sk", "Zs", "Zl", "Zp"}
_SILENT_SYMBOLS = set("<>~™®©")
_FULL_WIDTH = {0xFF01 + number: 0x21 + number for number in range(0x7E - 0x20)}
_CLOSING_TAG = re.compile(r"</[A-Za-z][^<>]*>\Z")


def _spoken(text: str) -> str:
    """Return ``text`` without what is silent at its end."""
    text = unicodedata.normalize("NFC", text).translate(_FULL_WIDTH)
    while text:
        tag = _CLOSING_TAG.search(text) if text.endswith(">") else None
        if tag:
            text = text[: tag.start()]
        elif text.endswith(")"):
            # 홍길동(洪吉童)은: the word before them decides; (사진)은: there is none. Each
            # part is looked at once, or many parentheses would take for ever.
            start = _opening(text)
            text = text[:-1] if start is None else _spoken(text[:start]) or text[start + 1 : -1]
        elif _is_silent(text[-1]):
            text = text[:-1]
        else:
            break
    return text


def _is_silent(character: str) -> bool:
    if character in _SIGNS:
        return False
    kind = unicodedata.category(character)
    return kind in _SILENT_KINDS or kind.startswith("P") or character in _SILENT_SYMBOLS


def _opening(text: str) -> int | None:
    """Return where the parenthesis that ends ``text`` was opened, or None if it was not."""
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[index], 0)
        if depth == 0:
            return index
    return None


def _ending(text: str) -> _Ending | None:
    """Return what ``text`` ends in as it is read, or None if that is not known."""
    if not text:
        return None
    last = text[-1]
    if "가" <= last <= "힣":
        return _SYLLABLES.get((ord(last) - ord("가")) % _FINALS, _CONSONANT)
    if last in _SIGNS:
        return _SIGNS[last]
    if "ㄱ" <= last <= "ㅣ":
        return _jamo(text)
    if number := _NUMBER.search(text):
        return _number(number)
    if word := _WORD.search(text):
        unit = _UNIT.search(text)
        return _UNITS[unit.group(1)] if unit else _latin(word.group())
    return None


# -- Hangul

_FINALS = 28  # how many finals a syllable may have, none included
_SYLLABLES = {0: _VOWEL, 8: _RIEUL}  # those without a final, and those with ㄹ


def _jamo(text: str) -> _Ending | None:
    last = text[-1]
    if last >= "ㅏ":
        return _VOWEL
    if text[-2:-1] == last:
        return None  # ㅋㅋ is read in more than one way
    return _RIEUL if last == "ㄹ" else _CONSONANT  # 기역, 니은, 리을


# -- numbers

_NUMBER = re.compile(r"([$€£¥₩] ?)?([0-9][0-9,]*)((?:\.[0-9]+)*)\Z")
# 영 일 이 삼 사 오 육 칠 팔 구
_DIGITS = dict.fromkeys("036", _CONSONANT) | dict.fromkeys("178", _RIEUL)
# 십 백 천, 만, 억, 조, 경, 해: by how many times four zeros.
_PLACES = (_CONSONANT, _CONSONANT, _CONSONANT, _VOWEL, _CONSONANT, _VOWEL)


def _number(number: re.Match[str]) -> _Ending | None:
    sign, whole, decimals = number.groups()
    if sign:
        return _SIGNS[sign[0]]
    digits = whole.replace(",", "")
    zeros = len(digits) - len(digits.rstrip("0"))
    # Decimals, versions and what begins with a zero are read digit by digit.
    if decimals or not zeros or digits.startswith("0"):
        return _DIGITS.get(number.group()[-1], _VOWEL)
    place = zeros // 4
    return _PLACES[place] if place < len(_PLACES) else None


# -- Latin letters

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+\Z")
_UNITS = {
    **dict.fromkeys(("m", "km", "cm", "mm", "l", "L", "ml", "mL"), _VOWEL),  # 미터, 리터
    **dict.fromkeys(("g", "kg", "mg"), _CONSONANT),  # 그램
    "px": _RIEUL,  # 픽셀
}
_UNIT = re.compile(rf"[0-9] ?({'|'.join(_UNITS)})\Z")
# 엘, 알, 엠, 엔: the letters whose names end in a consonant.
_LETTERS = {"l": _RIEUL, "r": _RIEUL, "m": _CONSONANT, "n": _CONSONANT}
_CAPITALS = re.compile(r"[A-Z]+\Z")
_LONGEST_ABBREVIATION = 3

# By the rules for writing English in Hangul: m, n, ng and l are finals wherever
# they end a word; p, t and k after a short vowel; b, d and g are none by the
# rules, but usage has made b one.
_ENDS_IN_CONSONANT = re.compile(
    r"""(?:
        [mn]e? | ng | mb             # Tom, time, Ann, line, king, bomb
      | ck | pp | tt                 # rock, app, Scott
      | [aeiouy][bc]                 # web, music
      | (?:^|[^aeiou]|qu)[aeiouy][kptq]   # TikTok, map, cat; not park, cake, coat
      | (?:eo|ae|eu|io|ia|ua|ue)[kpt]     # Minseok, Baek, riot, duet: no long vowels
      | ook | eep | eap | out | ette # book, sleep, heap, layout, roulette
    )\Z""",
    re.VERBOSE,
)
_ENDS_IN_RIEUL = re.compile(r"le?\Z")

# Common words that the rules get wrong.
_EXCEPTIONS = {
    **dict.fromkeys(
        # 세트, 히트, 키트, … : short in English, and yet written with 트 or 크.
        "set hit bit kit knit mat bat jet pot nut tibet shock knock sick chic mosaic jeep iraq"
        " knot watt kilowatt mascot merit"
        # 발레, 데뷔, …: French.
        " ballet buffet bouquet gourmet chevrolet debut depot peugeot"
        " cassette palette scout"
        # 미, 로마, 테마, …: a final e that is read.
        " me rome theme acme anime salome acne daphne chile ukraine hermione nestle finale"
        " ukulele guacamole pele"
        # 아이피, 오케이, 미스터: letters in small, and what is short for something.
        " ip ok mr dr jr sr".split(),
        _VOWEL,
    ),
    **dict.fromkeys(
        "good god big gig group europe york chocolate private template favorite ultimate charlotte"
        " technique foot tweet retweet juliet circuit biscuit"
        " kakaotalk brooke philippines brussels".split(),
        _CONSONANT,
    ),
}
_EXCEPTIONAL_ENDINGS = (
    ("hub", _VOWEL),  # 허브, 깃허브
    ("sub", _VOWEL),
    ("check", _VOWEL),
    ("type", _CONSONANT),  # 타입, 프로토타입
    ("pod", _CONSONANT),  # 아이팟
    ("bag", _CONSONANT),  # 핸드백
)


def _latin(word: str) -> _Ending:
    decomposed = unicodedata.normalize("NFD", word)
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    plain = letters.lower()
    is_accented = decomposed[-1] != letters[-1]
    if is_accented and plain[-1] in "aeiouy":
        return _VOWEL  # café, José
    if plain in _EXCEPTIONS and not (letters.isupper() and len(letters) <= _LONGEST_ABBREVIATION):
        return _EXCEPTIONS[plain]
    if _is_read_by_letters(letters):
        return _LETTERS.get(plain[-1], _VOWEL)
    return _by_spelling(plain)


def _is_read_by_letters(word: str) -> bool:
    if len(word) == 1 or not set("aeiouy") & set(word.lower()):
        return True
    capitals = _CAPITALS.search(word)
    # NAVER and LINE are words, whatever their letters look like.
    return capitals is not None and len(capitals.group()) <= _LONGEST_ABBREVIATION


def _by_spelling(word: str) -> _Ending:
    for end, ending in _EXCEPTIONAL_ENDINGS:
        if word.endswith(end):
            return ending
    if _ENDS_IN_RIEUL.search(word):
        return _RIEUL
    return _CONSONANT if _ENDS_IN_CONSONANT.search(word) else _VOWEL
