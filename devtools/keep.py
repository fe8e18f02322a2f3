"""What ``./dev run`` keeps between two starts: the folder ``.dev/data``."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from devtools.places import DATA, MADE
from devtools.problems import Problem

__all__ = ["Running", "announce", "kept_secret", "remove", "running", "serving", "withdraw"]

_WORDS = "amber birch cedar coral delta ember fjord grove harbor island juniper kelp lagoon".split()


class Running(TypedDict):
    """What a live ``./dev run`` says of itself."""

    pid: int
    url: str
    redis: str


@contextmanager
def serving() -> Iterator[None]:
    """Keep the data from being removed. Several servers may share it, on several ports."""
    DATA.mkdir(parents=True, exist_ok=True)
    with _lock_file().open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def remove(*, everything: bool) -> Path:
    """Remove the data, or all of ``.dev``; refuse while a server uses it."""
    target = MADE if everything else DATA
    if not MADE.exists():
        return target
    with _lock_file().open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(
                "A server that was started from this folder is still running"
                f"{_of_which_process()}. Stop it first."
            ) from None
        if target.exists():
            shutil.rmtree(target)
    return target


def kept_secret(name: str, *, readable: bool = False) -> str:
    """Return a random secret that is made once and only its owner can read."""
    file = DATA / name
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        pass
    DATA.mkdir(parents=True, exist_ok=True)
    secret = _readable_secret() if readable else secrets.token_urlsafe(50)
    # Written aside and then linked: of two that make it at once, one wins for both.
    draft = file.with_name(f"{name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secret)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return file.read_text().strip()


def announce(state: Running) -> None:
    """Let ``./dev manage`` find the Redis of this server."""
    (DATA / "running.json").write_text(json.dumps(state))


def withdraw() -> None:
    """Take back what this process announced."""
    state = running()
    if state and state["pid"] == os.getpid():
        (DATA / "running.json").unlink(missing_ok=True)


def running() -> Running | None:
    """Return what the live server says of itself, if there is one."""
    try:
        state: Running = json.loads((DATA / "running.json").read_text())
        os.kill(state["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return state


def _lock_file() -> Path:
    return MADE / "data.lock"


def _of_which_process() -> str:
    state = running()
    return f" at {state['url']} (process {state['pid']})" if state else ""


def _readable_secret() -> str:
    words = [secrets.choice(_WORDS) for _ in range(3)]
    return "-".join([*words, f"{secrets.randbelow(10_000):04}"])
