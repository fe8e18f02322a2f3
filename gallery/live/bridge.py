"""All of Gallery for an asynchronous server: pages in threads, event streams without any.

Pages are Django's as a WSGI server calls it, in a fixed number of threads. Each thread keeps
its way to the database from page to page, and no thread is ever made for a request: Django's
own ASGI handler makes one for each, and keeps it, with its connection, as long as a stream is
open. Where the page is the beginning of an event stream, its headers are sent, the thread goes
back to the others, and the `Hub` carries on.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.db import close_old_connections

from gallery.live.hub import Hub
from gallery.live.stopping import on_stop
from gallery.live.streams import Opening

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

#: Where a page finds what it can make an event stream of.
OPENING = "gallery.live.opening"

_IN_MEMORY = 1024 * 1024
_BLOCK = 64 * 1024
#: Seconds that a reader may take for one piece of what a thread is waiting to hand over.
_PATIENCE = 60


class Bridge:
    """An ASGI application that has ``pages``, a WSGI application, called in ``threads`` threads."""

    def __init__(self, pages: Callable[..., Iterable[bytes]], *, threads: int) -> None:
        self._pages = pages
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._hub = Hub()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close"})

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server."""
        await receive()
        # Servers say that they stop once every answer has ended, which streams never do.
        with on_stop(self._hub.stop):
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await self._hub.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read_body(scope, receive)
        if body is None:
            return
        opening = Opening()
        environ = {**_environ(scope), "wsgi.input": body, OPENING: opening}
        response = _Response(send, asyncio.get_running_loop())
        try:
            rest = await self._in_thread(self._call, environ, response)
        finally:
            body.close()
        if opening.watch is not None and response.status == 200:
            await response.start()
            await self._hub.serve(opening.watch, receive, send)
        elif isinstance(rest, _File):
            await self._send_file(rest, response)
        elif rest is not None:
            await response.start()
            await response.send(rest)

    def _call(self, environ: dict[str, Any], response: "_Response") -> "bytes | _File | None":
        """Have the page made; return what is to be sent of it yet. In a thread."""
        content: Any = self._pages(environ, response.note)
        if isinstance(content, _File):
            # What is left needs no database, and its end may come in another thread.
            close_old_connections()
            return content
        try:
            if environ[OPENING].watch is not None:
                return b""
            if not getattr(content, "streaming", False):
                return b"".join(content)
            for chunk in content:
                response.hand_over(chunk)
            response.hand_over(b"", is_last=True)
            return None
        finally:
            content.close()

    async def _send_file(self, file: "_File", response: "_Response") -> None:
        try:
            await response.start()
            # A thread only to read: however slow the reader is, pages have theirs.
            while block := await self._in_thread(file.read):
                await response.send(block, more=True)
            await response.send(b"")
        finally:
            await self._in_thread(file.close)

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, function, *arguments)


class _File:
    """What ``wsgi.file_wrapper`` makes of a file."""

    def __init__(self, file: Any, _size: int = 0) -> None:
        self._file = file
        # Django has put the end of the request there.
        self.close = file.close

    def read(self) -> bytes:
        block: bytes = self._file.read(_BLOCK)
        return block


class _Response:
    """Head and body on their way to the client."""

    def __init__(self, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self.status = 0
        self._headers: Headers = []
        self._send = send
        self._loop = loop
        self._is_started = False

    def note(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        """Take status and headers, as WSGI's ``start_response``."""
        self.status = int(status[:3])
        self._headers = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers]

    async def start(self) -> None:
        self._is_started = True
        head = {"type": "http.response.start", "status": self.status, "headers": self._headers}
        await self._send(head)

    async def send(self, chunk: bytes, *, more: bool = False) -> None:
        await self._send({"type": "http.response.body", "body": chunk, "more_body": more})

    def hand_over(self, chunk: bytes, *, is_last: bool = False) -> None:
        """Send ``chunk`` from a thread, and wait until it is."""

        async def send() -> None:
            if not self._is_started:
                await self.start()
            await self.send(chunk, more=not is_last)

        asyncio.run_coroutine_threadsafe(send(), self._loop).result(_PATIENCE)


async def _read_body(scope: Scope, receive: Receive) -> IO[bytes] | None:
    """Return the body, read before a thread is taken; None where the client is gone.

    Nothing of one that is too large, or of unknown length: the page refuses it or ignores it.
    """
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if not length.isdigit() or not 0 < int(length) <= settings.GALLERY_MAX_BODY:
        return BytesIO()
    body: Any = BytesIO() if int(length) < _IN_MEMORY else SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            body.close()
            return None
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    body.seek(0)
    found: IO[bytes] = body
    return found


def _environ(scope: Scope) -> dict[str, Any]:
    """Return what WSGI calls the same."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = unquote_to_bytes(raw.partition(b"?")[0]) if scope.get("raw_path") else raw
    client, server = scope.get("client") or ("", 0), scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": _File,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    if "_" in name:
        # Would pass for the one with a hyphen, which a proxy vouches for.
        return
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    between = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{between}{value}" if key in environ else value


__all__ = ["OPENING", "Bridge"]
