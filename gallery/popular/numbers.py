"""Numbers as short as a language makes them."""

from django.utils.formats import number_format
from django.utils.translation import get_language

_STEPS = {
    "en": ((10**9, "B"), (10**6, "M"), (10**3, "K")),
    "ko": ((10**8, "억"), (10**4, "만"), (10**3, "천")),
}


def shortened(number: int) -> str:
    """Return ``number`` with two digits or more and a word: 1.2K, 1.2천, 34K, 3.4만.

    Rounded down, so that it never says more than there is.
    """
    language = (get_language() or "en").partition("-")[0]
    for step, word in _STEPS.get(language, _STEPS["en"]):
        if number >= step:
            whole, tenths = divmod(number * 10 // step, 10)
            digits = f"{whole}.{tenths}" if whole < 10 and tenths else number_format(whole)
            return f"{digits}{word}"
    return str(number)
