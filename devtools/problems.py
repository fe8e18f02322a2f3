"""What ``./dev`` tells a person when something cannot be done."""

from __future__ import annotations

import re

__all__ = ["Problem", "UsageProblem", "masked"]

_CREDENTIALS = re.compile(r"(?P<start>\b[a-z][a-z0-9+.-]*://[^\s:/?#]*):[^\s/?#]+@", re.IGNORECASE)


class Problem(Exception):
    """Ends the command with a message and no traceback."""

    exit_code = 1


class UsageProblem(Problem):
    """What was asked for makes no sense, whatever the state of the machine."""

    exit_code = 2


def masked(text: str, *secrets: str) -> str:
    """Return ``text`` without the passwords in its URLs and without ``secrets``."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return _CREDENTIALS.sub(r"\g<start>:***@", text)
