"""Ten verbs, of which feeds hide two."""

from __future__ import annotations

from slipstream.activity import Verb, register

CODES = (
    *("liked", "shared", "praised", "mentioned", "tagged", "saved", "pinned", "quoted"),
    *("viewed", "opened"),
)
SHOWN = CODES[:8]

for code in CODES:
    done = f"{{actor}} {code}"
    register(Verb(code, f"{done} {{target}}", alone=done, in_feeds=code in SHOWN))
