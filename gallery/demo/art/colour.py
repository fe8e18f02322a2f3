"""Colours, and mixing them as the eye expects."""

from functools import lru_cache

#: Red, green, blue and, where it is not opaque, alpha; in a stencil only how much.
Colour = tuple[int, ...]


def rgb(code: str) -> Colour:
    """Return the colour that ``code``, such as ``"#d9643a"``, names."""
    return tuple(int(code[i : i + 2], 16) for i in (1, 3, 5))


@lru_cache(maxsize=4096)
def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return ``one`` with so much of ``other``, 0 to 1.

    In Oklab (Björn Ottosson, "A perceptual color space for image processing",
    2020): mixtures stay clean where plain RGB turns grey.
    """
    share = min(1.0, max(0.0, share))
    pairs = zip(_to_oklab(one), _to_oklab(other), strict=True)
    light, green_red, blue_yellow = (a + (b - a) * share for a, b in pairs)
    long = (light + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    middle = (light - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (light - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    return (
        _to_byte(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _to_byte(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _to_byte(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def along(stops: tuple[Colour, ...], place: float) -> Colour:
    """Return the colour at ``place``, 0 to 1, on the way from the first stop to the last."""
    place = min(1.0, max(0.0, place)) * (len(stops) - 1)
    index = min(int(place), len(stops) - 2)
    # Rounded, so that the cache of mixtures is of use.
    return mix(stops[index], stops[index + 1], round(place - index, 2))


def fade(colour: Colour, opacity: float) -> Colour:
    """Return ``colour`` to be laid over what is there, 0 to 1 opaque."""
    return (*colour[:3], round(255 * opacity))


def lightness(colour: Colour) -> float:
    """Return how light a colour looks, 0 to 1."""
    return _to_oklab(colour)[0]


@lru_cache(maxsize=4096)
def _to_oklab(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = (_to_linear(part / 255) for part in colour[:3])
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _to_linear(part: float) -> float:
    return float(((part + 0.055) / 1.055) ** 2.4) if part > 0.04045 else part / 12.92


def _to_byte(part: float) -> int:
    part = min(1.0, max(0.0, part))
    return round(255 * (1.055 * part ** (1 / 2.4) - 0.055 if part > 0.0031308 else 12.92 * part))
