"""Smooth random curves, and shapes made of them."""

from collections.abc import Callable
from math import cos, hypot, pi, sin, tau
from random import Random

from gallery.demo.art.canvas import Point

Curve = Callable[[float], float]
Field = Callable[[float, float], float]


def ridge(random: Random, *, period: float, octaves: int = 5) -> Curve:
    """Return a mountain's outline, about -1 to 1: value noise, finer and finer."""
    table = [random.uniform(-1, 1) for _ in range(256)]
    start = random.uniform(0, 200)
    weights = [(2.0**i / period, 0.5**i, 37 * i) for i in range(octaves)]

    def curve(x: float) -> float:
        total = 0.0
        for frequency, weight, offset in weights:
            place = start + x * frequency + offset
            index = int(place)
            share = place - index
            share = share * share * (3 - 2 * share)
            one, other = table[index & 255], table[(index + 1) & 255]
            total += weight * (one + (other - one) * share)
        return total / 1.4

    return curve


def rolling(random: Random, *, period: float) -> Curve:
    """Return a soft hill's outline, about -1 to 1."""
    parts = [
        (tau / period * random.uniform(0.7, 1.4) * i, random.uniform(0, tau), 0.7**i)
        for i in (1, 2, 3)
    ]
    return lambda x: sum(weight * sin(x * k + phase) for k, phase, weight in parts) / 1.3


def smooth_field(random: Random, *, period: float) -> Field:
    """Return a smooth value for each place, about -1 to 1."""
    parts = []
    for i in (1.0, 1.3, 2.1):
        angle, k = random.uniform(0, tau), tau / period * i
        parts.append((k * cos(angle), k * sin(angle), random.uniform(0, tau), 1 / i))
    (a, b, c, d), (e, f, g, h), (j, k, m, n) = parts
    # Written out: this is called for every step of every line.
    return lambda x, y: (
        (d * sin(a * x + b * y + c) + h * sin(e * x + f * y + g) + n * sin(j * x + k * y + m)) / 1.6
    )


def bend(start: Point, end: Point, *, sag: float, steps: int = 24) -> list[Point]:
    """Return a curve between two points that leaves the straight line sideways by ``sag``."""
    (x, y), (u, v) = start, end
    length = hypot(u - x, v - y) or 1
    across = (-(v - y) / length, (u - x) / length)
    points = []
    for step in range(steps + 1):
        t = step / steps
        lift = sag * sin(pi * t)
        points.append((x + (u - x) * t + across[0] * lift, y + (v - y) * t + across[1] * lift))
    return points


def ribbon(points: list[Point], width: Curve) -> list[Point]:
    """Return the outline of a line whose width changes on its way from 0 to 1."""
    left: list[Point] = []
    right: list[Point] = []
    last = len(points) - 1
    for index, (x, y) in enumerate(points):
        before, after = points[max(0, index - 1)], points[min(last, index + 1)]
        u, v = after[0] - before[0], after[1] - before[1]
        half = width(index / last) / 2 / (hypot(u, v) or 1)
        left.append((x - v * half, y + u * half))
        right.append((x + v * half, y - u * half))
    return left + right[::-1]


def blob(
    random: Random, x: float, y: float, size: tuple[float, float], *, wobble: float
) -> list[Point]:
    """Return a pebble's outline."""
    phases = [random.uniform(0, tau) for _ in range(2)]
    points = []
    for step in range(60):
        angle = tau * step / 60
        reach = 1 + wobble * (sin(2 * angle + phases[0]) + 0.6 * sin(3 * angle + phases[1]))
        points.append((x + size[0] * reach * cos(angle), y + size[1] * reach * sin(angle)))
    return points


def moved(points: list[Point], x: float, y: float) -> list[Point]:
    """Return the points moved."""
    return [(u + x, v + y) for u, v in points]
