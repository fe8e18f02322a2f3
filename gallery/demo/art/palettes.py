"""The colours the pictures are made of."""

from dataclasses import dataclass

from gallery.demo.art.colour import Colour, lightness, rgb
from gallery.demo.art.titles import Pair


@dataclass(frozen=True)
class Palette:
    """A paper, an ink and five colours that go together; ``tone`` is their name."""

    tone: Pair
    paper: Colour
    ink: Colour
    colours: tuple[Colour, ...]

    @property
    def by_lightness(self) -> tuple[Colour, ...]:
        """The five colours, the darkest first."""
        return tuple(sorted(self.colours, key=lightness))


@dataclass(frozen=True)
class Sky:
    """A sky from top to horizon, its sun or moon, and the land below, far and near."""

    tone: Pair
    top: Colour
    middle: Colour
    low: Colour
    light: Colour
    far: Colour
    near: Colour


def _palette(tone: str, codes: str) -> Palette:
    english, korean = tone.split("=")
    paper, ink, *colours = (rgb(f"#{code}") for code in codes.split())
    return Palette((english, korean), paper, ink, tuple(colours))


def _sky(tone: str, codes: str) -> Sky:
    english, korean = tone.split("=")
    return Sky((english, korean), *(rgb(f"#{code}") for code in codes.split()))


PALETTES: tuple[Palette, ...] = (
    _palette("persimmon=감빛", "f6efe4 3b2a2a d9643a eba25c f2d0a0 7d8c78 33504f"),
    _palette("indigo=쪽빛", "f1eee6 1d2a44 2f4b7c 5d86b3 a9c4d6 e2c391 c4694a"),
    _palette("moss=이끼빛", "f2f0e2 26302a 4a6247 7f9465 b8bf8b e3d6a4 b7795a"),
    _palette("rose=장밋빛", "f8eeea 46283a c4566a e58f8d f3c4b4 8a6f8e 3f5873"),
    _palette("sand=모래빛", "f5eddf 3d3229 c9a27a e2caa6 a9795a 8c9a92 56636c"),
    _palette("celadon=청잣빛", "eff1ea 22383a 5f9188 93b8a6 c8d9c4 e8c9a0 ba6b57"),
    _palette("plum=자줏빛", "f4ecee 2f1f38 6b3f69 a25f83 d796a0 f0c9b0 5b7a8c"),
    _palette("saffron=치자빛", "f7f0dc 3a2d1e e0a526 f0c95e d9773b 6f8f86 2e4a57"),
    _palette("slate=잿빛", "eef0ef 252b33 48545f 7c8a94 b3bec2 d9c7b0 c17f59"),
    _palette("coral=산홋빛", "faf0e8 2c3142 ef7b62 f7b398 f9d9b8 5fa3a3 2c5d73"),
    _palette("ink=먹빛", "f3f0ea 1f1f22 3f4146 74777b a9aaa8 d8d4cb b2402f"),
    _palette("sea=바닷빛", "eef3ef 17303a 1f5f70 4a97a0 9ccbc4 f2d9a8 e58a5a"),
    _palette("wine=포도줏빛", "f5ece6 331a22 7a2636 b34f54 dd9a86 efd2b4 5e6b6f"),
    _palette("lavender=연보랏빛", "f3f0f5 2f2c47 6d6a9f a29bc6 d2c8de f0d2bf d98f7a"),
    _palette("olive=올리브빛", "f4f1e1 2d2c1c 6f6f33 a3a05a d4c98c c97b48 7d4433"),
    _palette("mint=박하빛", "f0f5ef 1f3b38 3f8f7c 86c3a6 c9e3c6 f6cf8e ee8d6d"),
    _palette("terracotta=황톳빛", "f6ece1 3a241d b4532f d58557 ecbf94 8f9b7a 4b5a4e"),
    _palette("midnight=밤빛", "f0ead9 141c2e 27406b 4b74a1 e3b75f efdcb0 c9605a"),
    _palette("blossom=벚꽃빛", "fbf1f0 3d3042 f0a6b0 f8cfcf c46f86 92a97f 5b6f7c"),
    _palette("maple=단풍빛", "f7eedd 2e2320 a8321f d96a2b efae45 7c6a3a 3d4a3a"),
)

DAY_SKIES: tuple[Sky, ...] = (
    _sky("pale blue=옅은 하늘빛", "8fb3c9 c3d6d8 f3e9d6 fffaf0 a9c0c6 27454e"),
    _sky("rose=장밋빛", "7f8fb0 d8a9ae f7d6bd fff0d8 c79ca6 3a3350"),
    _sky("peach=복숭앗빛", "9fb7bd f0c9a8 fbe6c8 fff8e6 d9b09a 5a3f47"),
    _sky("gold=금빛", "c98f4e ecbd72 fbe7b5 fff7da cf9a63 3f2b2a"),
    _sky("ash=잿빛", "9aa5ab c3c9c8 ecebe4 fbfaf4 a9b2b3 2b353b"),
    _sky("jade=옥빛", "6fa39b b1cfbd f2efd6 fffbe6 94b7a8 1f4443"),
    _sky("coral=산홋빛", "5d6f9c e58f80 fbd0a3 ffeccb c08590 2f2a4a"),
    _sky("olive=올리브빛", "a8ad7c d4cf9f f5efd0 fffbe8 b0b184 39412b"),
    _sky("lilac=라일락빛", "8d8fc0 c9b3d2 f5dccf fff3e0 ac9cc0 38335c"),
    _sky("persimmon=감빛", "a44a35 e28a52 f9d092 fff0c4 b9664b 33202c"),
)

NIGHT_SKIES: tuple[Sky, ...] = (
    _sky("indigo=쪽빛", "0e1a33 22406a 5f86a6 f7f1dc 3f6285 0a1424"),
    _sky("violet=보랏빛", "1a1638 43356e a87a9c fbe9d2 5d4a80 120e26"),
    _sky("deep green=짙은 초록빛", "0d2529 1f4f52 7aa79a f6f3da 376a68 081a1c"),
    _sky("blue-black=검푸른빛", "0b0f1c 1d2a44 4a6079 f3ead0 33475f 070b14"),
    _sky("plum=자줏빛", "1e1428 55304f c27a72 fce6bf 6a4257 170d1d"),
    _sky("slate=잿빛", "1d242c 3d4c58 92a0a3 f5f1e4 55656f 10161c"),
)

SKIES = DAY_SKIES + NIGHT_SKIES
