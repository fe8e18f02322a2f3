"""What becomes of the streams of one process: one task, one thread, one subscription."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import close_old_connections

from gallery.live import members, state
from gallery.live.complaints import complain
from gallery.live.publishing import PAUSE
from gallery.live.streams import Stream, Watch
from gallery.live.subscription import Subscription

logger = logging.getLogger(__name__)

#: Seconds in which what comes in is gathered, to ask the database once for all of it.
TICK = 0.25
#: Seconds after which every stream is heard of: a comment at least, so that no proxy ends it.
KEEP_ALIVE = 15
#: Seconds after which the database is asked for everything: while Redis tells what changed,
#: only for what is written past Gallery, and while it does not.
REVIEW, REVIEW_ALONE = 60, 10
#: Seconds after which what was told to a Redis that was not there yet has been told or dropped.
_AFTER_RETURN = PAUSE + 1
#: How long a browser waits before it comes back, in milliseconds; spread, so that not all
#: come in the same moment when the server is back.
_RETRY = (2000, 5000)
_AFTER_FAILURE = 5


class Hub:
    """The open streams of this process, and what they are to be told.

    Lives in the event loop, and starts with the first stream. However many there are, each
    tick asks the database as `state.read` says, and who of them follows whom in one query.
    """

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._watching: dict[str, set[Stream]] = {}
        self._fresh: set[Stream] = set()
        self._topics: set[str] = set()
        self._touched = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live")
        self._subscription: Subscription | None = None
        self._is_told = False
        self._is_stopping = False

    # -- Streams

    async def serve(
        self,
        watch: Watch,
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        """Send what ``watch`` asks for until its page goes away, or we stop."""

        async def tell(chunk: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": chunk, "more_body": more})

        stream = Stream(watch)
        self._add(stream)
        listening = asyncio.create_task(_end_with(stream, receive))
        try:
            # At once, so that the browser knows that it is open.
            await tell(f"retry: {random.randint(*_RETRY)}\n\n".encode())  # noqa: S311 - no secret
            while not stream.is_over:
                await stream.changed.wait()
                stream.changed.clear()
                if chunk := stream.take():
                    await tell(chunk)
            await tell(b"", more=False)
        finally:
            listening.cancel()
            self._remove(stream)

    def _add(self, stream: Stream) -> None:
        if self._is_stopping:
            stream.end()
            return
        self._streams.add(stream)
        for topic in stream.topics:
            self._watching.setdefault(topic, set()).add(stream)
        # What changed before it was here is read now, whatever the page has.
        self._fresh.add(stream)
        self._touched.set()
        self._start()

    def _remove(self, stream: Stream) -> None:
        self._streams.discard(stream)
        self._fresh.discard(stream)
        for topic in stream.topics:
            watching = self._watching.get(topic, set())
            watching.discard(stream)
            if not watching:
                self._watching.pop(topic, None)

    # -- Beginning and end

    def _start(self) -> None:
        if self._tasks:
            return
        loop = asyncio.get_running_loop()

        def in_loop(function: Callable[..., None]) -> Callable[..., None]:
            def call(*arguments: Any) -> None:
                # The thread may outlive the loop by a moment.
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(function, *arguments)

            return call

        self._subscription = Subscription(in_loop(self.touch), in_loop(self._turn))
        self._subscription.start()
        for work in (self._tick, self._review, self._keep_alive):
            self._tasks.append(asyncio.create_task(work()))

    def stop(self) -> None:
        """End all streams, and every one that still comes."""
        self._is_stopping = True
        for stream in self._streams:
            stream.end()

    async def close(self) -> None:
        """End what was started. Streams that cannot be told any more are dropped."""
        self.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        if self._subscription:
            self._subscription.stop()
        self._thread.shutdown(wait=False, cancel_futures=True)

    # -- What changed

    def touch(self, topics: Iterable[str]) -> None:
        """Have what ``topics`` name read again, if somebody watches it, at the next tick."""
        self._topics |= {t for t in topics if t in self._watching or t.startswith("actor:")}
        if self._topics:
            self._touched.set()

    def _turn(self, is_told: bool) -> None:  # noqa: FBT001 - a message of the subscription
        """Take note that Redis tells us what changed, or ceases to."""
        self._is_told = is_told
        if is_told:
            self._read_everything()
            asyncio.get_running_loop().call_later(_AFTER_RETURN, self._read_everything)

    def _read_everything(self) -> None:
        self._fresh |= self._streams
        # Who follows whom did what meanwhile is not written anywhere: the pages ask.
        for stream in self._streams:
            if stream.watch.feed:
                stream.tell_news()
        if self._fresh:
            self._touched.set()

    async def _tick(self) -> None:
        while True:
            await self._touched.wait()
            await asyncio.sleep(TICK)
            self._touched.clear()
            topics, self._topics = self._topics, set()
            fresh, self._fresh = self._fresh, set()
            try:
                await self._tell(topics, fresh)
            except Exception as error:  # noqa: BLE001 - the next tick tries again
                complain(logger, "Open pages could not be told what changed", error)
                self._topics |= topics
                self._fresh |= fresh & self._streams
                await asyncio.sleep(_AFTER_FAILURE)
                self._touched.set()

    async def _tell(self, topics: set[str], fresh: set[Stream]) -> None:
        users, images = set[int](), set[int]()
        actors = {int(topic[6:]) for topic in topics if topic.startswith("actor:")}
        streams = set(fresh)
        for topic in topics:
            kind, _, key = topic.partition(":")
            if kind != "actor":
                (users if kind == "user" else images).add(int(key))
                streams |= self._watching.get(topic, set())
        for stream in fresh:
            images |= stream.watch.images
            if stream.watch.user is not None:
                users.add(stream.watch.user)
        if streams:
            looking = {key: self._who_watches(key) for key in images}
            found = await self._in_thread(state.read, users, looking)
            for stream in streams & self._streams:
                viewer = stream.watch.user
                seen = {key: found.image(viewer, key) for key in stream.watch.images & images}
                stream.learn(found.unread, seen)
        if actors:
            await self._tell_news(actors)

    def _who_watches(self, image: int) -> set[int | None]:
        return {stream.watch.user for stream in self._watching.get(f"image:{image}", ())}

    async def _tell_news(self, actors: set[int]) -> None:
        following = {s.watch.user for s in self._streams if s.watch.feed == "following"} - {None}
        told = await self._in_thread(members.followers_among, following, actors)
        for stream in self._streams:
            user, feed = stream.watch.user, stream.watch.feed
            if (feed == "following" and user in told) or (feed == "discovery" and actors - {user}):
                stream.tell_news()

    async def _review(self) -> None:
        while True:
            await asyncio.sleep(REVIEW if self._is_told else REVIEW_ALONE)
            self._read_everything()

    # -- Who is still there

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE)
            streams = set(self._streams)
            try:
                gone = await self._in_thread(members.gone, [s.watch for s in streams])
            except Exception as error:  # noqa: BLE001 - the next turn tries again
                complain(logger, "Who is still signed in could not be read", error)
                gone = set()
            for stream in streams:
                if stream.watch in gone:
                    stream.end()
                else:
                    stream.keep_alive()

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        def call() -> Any:
            try:
                return function(*arguments)
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


async def _end_with(
    stream: Stream, receive: Callable[[], Awaitable[MutableMapping[str, Any]]]
) -> None:
    """End ``stream`` when its client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()
