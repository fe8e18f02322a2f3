"""Many open event streams, read in a thread beside the test."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field
from typing import Any, Self

from tests.serving import HOST, Site


@dataclass
class Event:
    """One event as it came."""

    kind: str
    id: str
    data: Any


@dataclass
class Reader:
    """One open page."""

    events: list[Event] = field(default_factory=list)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    is_open: bool = False
    is_over: bool = False
    comments: int = 0
    close: Any = None

    @property
    def states(self) -> list[Event]:
        return [event for event in self.events if event.kind == "state"]

    @property
    def news(self) -> int:
        return sum(event.kind == "feed" for event in self.events)

    def likes(self, key: int) -> int | None:
        """Return the last count of likes that it was told."""
        states = self.states
        return states[-1].data["images"].get(str(key), {}).get("like_count") if states else None


class Readers:
    """The loop that they are read in: ``with Readers(site) as readers: …``."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: list[Any] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def open(self, query: str, *, cookie: str = "", last: str = "") -> Reader:
        """Open a stream and read it until it ends."""
        reader = Reader()

        async def start() -> None:
            task = asyncio.create_task(self._read(reader, query, cookie, last))
            reader.close = lambda: self._loop.call_soon_threadsafe(task.cancel)
            self._tasks.append(task)

        asyncio.run_coroutine_threadsafe(start(), self._loop).result(10)
        return reader

    async def _read(self, reader: Reader, query: str, cookie: str, last: str) -> None:
        incoming, outgoing = await asyncio.open_connection(HOST, self._site.port)
        lines = [f"GET /live/?{query} HTTP/1.1", f"Host: {HOST}", "Accept: text/event-stream"]
        lines += [f"Cookie: {cookie}"] if cookie else []
        lines += [f"Last-Event-ID: {last}"] if last else []
        outgoing.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            head = (await incoming.readuntil(b"\r\n\r\n")).decode().splitlines()
            reader.status = int(head[0].split()[1])
            fields = (line.split(": ", 1) for line in head[1:] if line)
            reader.headers = {name.lower(): value for name, value in fields}
            reader.is_open = reader.status == 200
            while size := int(await incoming.readline() or b"0", 16):
                text = (await incoming.readexactly(size + 2)).decode()
                self._take(reader, text)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            reader.is_over = True
            outgoing.close()

    def _take(self, reader: Reader, text: str) -> None:
        # The server sends whole events.
        for part in filter(None, text.replace("\r\n", "").split("\n\n")):
            fields = dict(line.split(": ", 1) for line in part.split("\n") if ": " in line)
            if part == ":":
                reader.comments += 1
            elif "data" in fields:
                data = json.loads(fields["data"])
                reader.events.append(Event(fields["event"], fields.get("id", ""), data))
