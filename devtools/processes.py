"""Starting other programs, and ending exactly those."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

__all__ = ["Child", "Terminated", "captured", "end_politely", "tethered"]

_PR_SET_PDEATHSIG = 1
_POLITE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Terminated(BaseException):
    """SIGTERM or SIGHUP arrived. Like KeyboardInterrupt, so that ``finally`` runs."""


def captured(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``command`` to its end, without input; what it says, both kinds, is in ``stdout``."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def end_politely() -> None:
    """Let the first SIGINT, SIGTERM or SIGHUP raise; ignore those that follow.

    What ``finally`` has to end is then ended, however often Ctrl-C is pressed.
    """
    for signum in _POLITE:
        # nohup says that the end of the terminal is not the end of the program.
        if signum != signal.SIGHUP or signal.getsignal(signum) != signal.SIG_IGN:
            signal.signal(signum, _raise)


def _raise(signum: int, frame: FrameType | None) -> NoReturn:
    for other in _POLITE:
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt if signum == signal.SIGINT else Terminated


def tethered(signum: int) -> Callable[[], None] | None:
    """Return a ``preexec_fn`` that has the kernel end the child when we are gone.

    That covers what no handler can: being killed. Linux only; elsewhere an
    ordinary end still stops everything. The kernel watches the *thread* that
    forked, so only the main thread ties its children to itself.
    """
    if not sys.platform.startswith("linux"):
        return None
    if threading.current_thread() is not threading.main_thread():
        return None
    # Looked up before the fork: in the child, nothing may take a lock.
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:
            os._exit(1)

    return tie


class Child:
    """A program that runs beside us until it is stopped.

    It leads a session of its own: a Ctrl-C in the terminal reaches us alone, and
    we decide in which order things end. Unless it shares our terminal, as a
    debugger has to.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        log: Path | None = None,
        user: tuple[int, int] | None = None,
        stop_signal: int = signal.SIGTERM,
        lost_signal: int = signal.SIGTERM,
        shares_terminal: bool = False,
    ) -> None:
        self._leads_group = not shares_terminal
        self._stop_signal = stop_signal
        with contextlib.ExitStack() as stack:
            out = stack.enter_context(log.open("ab")) if log else None
            self._process = subprocess.Popen(
                command,
                env=None if env is None else dict(env),
                cwd=cwd,
                stdin=None if shares_terminal else subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT if out else None,
                start_new_session=not shares_terminal,
                user=user and user[0],
                group=user and user[1],
                extra_groups=[] if user else None,
                preexec_fn=tethered(lost_signal),  # noqa: PLW1509 - takes no lock
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def exit_code(self) -> int | None:
        """What it ended with, or None while it runs."""
        return self._process.poll()

    def wait(self, seconds: float) -> bool:
        """Return whether it ended within ``seconds``."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def ask_group(self) -> None:
        """Ask it and everything that it has started in its group to end."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, self._stop_signal)

    def stop(self, *, patience: float = 10) -> None:
        """End it and what is left of its group; harmless when it has ended already."""
        if self.is_alive():
            self._process.send_signal(self._stop_signal)
            self.wait(patience)
        # A server that was killed leaves its workers behind, still listening.
        if self._leads_group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
