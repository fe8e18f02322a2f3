"""Numbers as short as a language makes them, after the compact decimal formats of the CLDR.

`short` of ``js/numbers.js`` says the same in browsers, from the data that they bring.
"""

from django.utils.formats import number_format
from django.utils.translation import get_language

_STEPS = {
    "en": ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K")),
    "ko": ((10**12, "조"), (10**8, "억"), (10**4, "만"), (10**3, "천")),
}
#: From so many digits on they are grouped, as the CLDR has it for short numbers: 1234만.
_GROUPED = 10_000


def short(number: int) -> str:
    """Return ``number`` with two digits or more and a word: 1.2K, 1.2천, 34K, 3.4만.

    Rounded down, so that it never says more than there is: 999,999 is 999K.
    """
    if number < 0:
        return f"-{short(-number)}"
    language = (get_language() or "en").partition("-")[0]
    for step, word in _STEPS.get(language, _STEPS["en"]):
        if number >= step:
            whole, tenths = divmod(number * 10 // step, 10)
            if whole < 10 and tenths:
                return f"{whole}.{tenths}{word}"
            return f"{number_format(whole) if whole >= _GROUPED else whole}{word}"
    return str(number)


def exact(number: int) -> str:
    """Return all of ``number``, with its thousands set apart."""
    return number_format(number, force_grouping=True)
