"""HTTP bodies: a request gets a thread only when all of it is here, so that slow senders cannot hold the threads."""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from parley.faces.gateway.asgi import Application, Message, Receive, Send, refuse

LONGEST = 128 * 1024 + 1  # bytes; one more than the web face takes, which then says so itself
SECONDS = 10.0  # for a whole body
LAST_SECONDS = 1.0  # for one that is on its way when the server stops


class WholeBodies:
    """An ASGI application in front of another: waits for the body, at most so long and so large."""

    def __init__(self, application: Application, seconds: float = SECONDS) -> None:
        self._application = application
        self._seconds = seconds
        self._waits: set[asyncio.Timeout] = set()
        self._stopping = False

    def stop(self) -> None:
        """The server stops: what is on its way has to be here soon, or is refused."""
        self._stopping = True
        soon = asyncio.get_running_loop().time() + LAST_SECONDS
        for wait in self._waits:
            due = wait.when()
            if not wait.expired() and due is not None:
                wait.reschedule(min(due, soon))

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Hand the request on when it is whole.

        Answers 408 when it does not come in time, 503 when the server stops before; nothing when the client left.
        """
        try:
            async with asyncio.timeout(LAST_SECONDS if self._stopping else self._seconds) as wait:
                self._waits.add(wait)
                try:
                    body = await _whole(receive)
                finally:
                    self._waits.discard(wait)
        except TimeoutError:
            await self._refuse(send)
            return
        if body is None:
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._application({**scope, "headers": _measured(scope["headers"], len(body))}, replay, send)

    async def _refuse(self, send: Send) -> None:
        if self._stopping:
            detail = "This server stops, and the body of the request was not here yet; send it again."
            await refuse(send, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, retry_after="1")
        else:
            detail = "The body of the request did not come in time; send it again."
            await refuse(send, HTTPStatus.REQUEST_TIMEOUT, "too_slow", detail)


def _measured(headers: Iterable[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    """The headers of a body that is here: WSGI knows no chunks, only lengths (PEP 3333)."""
    kept = [(name, value) for name, value in headers if name not in (b"content-length", b"transfer-encoding")]
    return [*kept, (b"content-length", b"%d" % length)]


async def _whole(receive: Receive) -> bytes | None:
    body = bytearray()
    while len(body) < LONGEST:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body[:LONGEST])
