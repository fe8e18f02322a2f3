"""What an open page watches, and the stream that tells it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from gallery.live.state import Counts, State, digest, encode


@dataclass(frozen=True, slots=True)
class Watch:
    """What one page watches, and who looks at it."""

    user: int | None
    """The member; None where nobody is signed in."""
    images: frozenset[int]
    feed: str = ""
    """Whose doings are news: those one follows (``following``), everyone's (``discovery``)."""
    known: str = ""
    """The digest of the state that the page has."""
    session: str = ""
    session_hash: str = field(default="", repr=False)


class Opening:
    """What a page that is asked for a stream fills in, where the server can hold one open."""

    def __init__(self) -> None:
        self.watch: Watch | None = None


class Stream:
    """One open stream. Holds what to send next, never a queue: only the newest state counts."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.is_over = False
        self.changed = asyncio.Event()
        self._told = watch.known
        self._unread: int | None = None
        self._images: dict[int, Counts] = {}
        self._is_due = self._has_news = self._is_quiet = False

    def learn(self, unread: Mapping[int, int], images: Mapping[int, Counts | None]) -> None:
        """Take in what was read, of which it watches some; wake whoever sends."""
        if self.watch.user is not None:
            self._unread = unread.get(self.watch.user, self._unread)
        for key, counts in images.items():
            if counts is None:
                self._images.pop(key, None)
            else:
                self._images[key] = counts
        self._is_due = digest(self.state) != self._told
        if self._is_due:
            self.changed.set()

    @property
    def topics(self) -> set[str]:
        """What it is to be told of."""
        images = {f"image:{key}" for key in self.watch.images}
        return images if self.watch.user is None else {*images, f"user:{self.watch.user}"}

    @property
    def state(self) -> State:
        """What the page should show."""
        return State(self._unread, dict(sorted(self._images.items())))

    def tell_news(self) -> None:
        """Say that something came into the feed."""
        self._has_news = True
        self.changed.set()

    def keep_alive(self) -> None:
        """Say nothing, so that no proxy takes it for dead."""
        self._is_quiet = True
        self.changed.set()

    def end(self) -> None:
        """End it, after what there is to send."""
        self.is_over = True
        self.changed.set()

    def take(self) -> bytes:
        """Return what to send now."""
        chunks = []
        if self._is_due:
            state = self.state
            self._told = digest(state)
            chunks.append(f"id: {self._told}\nevent: state\ndata: {encode(state)}\n\n")
        if self._has_news:
            chunks.append("event: feed\ndata: {}\n\n")
        if self._is_quiet and not chunks:
            chunks.append(":\n\n")
        self._is_due = self._has_news = self._is_quiet = False
        return "".join(chunks).encode()
