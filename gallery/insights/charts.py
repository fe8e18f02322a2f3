"""Bars and a line as SVG, drawn here: classes and attributes only, no style and no script."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gallery.front.numbers import short

WIDTH, HEIGHT = 400, 196
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 396, 10, 166
_LABELS_AT = 190
_MOST_STEPS = 4


@dataclass(frozen=True)
class Mark:
    """One place along the axis."""

    words: str
    """All that is to say of it, where somebody points at it."""
    bar: int
    line: int | None = None
    tick: str = ""
    """What the axis says there, if anything."""


def draw(marks: Sequence[Mark], *, key: str, title: str, description: str) -> SafeString:
    """Return an ``<svg>`` of ``marks`` side by side, from zero up.

    ``key`` tells it from others of the page. Its ``<title>`` and ``<desc>`` are what is read
    out instead of it.
    """
    step, top = scale(max((max(mark.bar, mark.line or 0) for mark in marks), default=0))
    width = (_RIGHT - _LEFT) / max(len(marks), 1)
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img"'
        ' aria-labelledby="{}-title {}-desc" focusable="false">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}{}{}{}{}</svg>',
        *(WIDTH, HEIGHT, key, key, key, title, key, description),
        _grid(step, top),
        _ticks(marks, width),
        _bars(marks, width, top),
        _line(marks, width, top),
        _places(marks, width),
    )


def scale(most: int) -> tuple[int, int]:
    """Return the distance of the lines across, and the highest: 1, 2 or 5 of some power of ten."""
    step = 1
    for factor in (1, 2, 5):
        # The least power of ten with which a few lines are enough.
        power = max(math.ceil(math.log10(max(most, 1) / _MOST_STEPS / factor)), 0)
        fits = factor * 10**power
        if factor == 1 or fits < step:
            step = fits
    return step, step * max(math.ceil(most / step), 1)


def _grid(step: int, top: int) -> SafeString:
    lines: Iterable[tuple[object, ...]] = (
        (_LEFT, _RIGHT, _y(n, top), _y(n, top), _LEFT - 5, _y(n, top), short(n))
        for n in range(0, top + 1, step)
    )
    return format_html_join(
        "",
        '<line class="chart-grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="chart-label" x="{}" y="{}" dy=".35em" text-anchor="end">{}</text>',
        lines,
    )


def _ticks(marks: Sequence[Mark], width: float) -> SafeString:
    ticks: list[tuple[object, ...]] = []
    for n, mark in enumerate(marks):
        if mark.tick:
            x = _LEFT + width * (n + 0.5)
            # Not beyond the edge.
            anchor = "end" if x > _RIGHT - 24 else "middle"
            ticks.append((_f(min(x + 6, _RIGHT) if anchor == "end" else x), anchor, mark.tick))
    return format_html_join(
        "",
        f'<text class="chart-label" x="{{}}" y="{_LABELS_AT}" text-anchor="{{}}">{{}}</text>',
        ticks,
    )


def _bars(marks: Sequence[Mark], width: float, top: int) -> SafeString:
    bars: Iterable[tuple[object, ...]] = (
        (
            _f(_LEFT + width * (n + 0.12)),
            _y(mark.bar, top),
            _f(width * 0.76),
            _f(_height(mark.bar, top)),
        )
        for n, mark in enumerate(marks)
        if mark.bar
    )
    return format_html_join(
        "", '<rect class="chart-bar" x="{}" y="{}" width="{}" height="{}" rx="1"/>', bars
    )


def _line(marks: Sequence[Mark], width: float, top: int) -> SafeString:
    points = [
        f"{_f(_LEFT + width * (n + 0.5))},{_y(mark.line, top)}"
        for n, mark in enumerate(marks)
        if mark.line is not None
    ]
    if not points:
        return SafeString("")
    return format_html('<polyline class="chart-line" points="{}"/>', " ".join(points))


def _places(marks: Sequence[Mark], width: float) -> SafeString:
    """Return what one points at: the whole height, however small the bar."""
    places: Iterable[tuple[object, ...]] = (
        (_f(_LEFT + width * n), _TOP, _f(width), _BOTTOM - _TOP, mark.words)
        for n, mark in enumerate(marks)
    )
    return format_html_join(
        "",
        '<rect class="chart-place" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        places,
    )


def _height(number: int, top: int) -> float:
    return (_BOTTOM - _TOP) * number / top


def _y(number: int, top: int) -> str:
    return _f(_BOTTOM - _height(number, top))


def _f(number: float) -> str:
    # As SVG wants it, whatever the language.
    return f"{number:.2f}".rstrip("0").rstrip(".")
