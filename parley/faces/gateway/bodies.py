"""HTTP bodies: a request gets a thread only when all of it is here, so that slow senders cannot hold the threads."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]

LONGEST = 64 * 1024 + 1  # bytes; one more than the web face takes, which then says so itself
SECONDS = 10.0  # for a whole body

TOO_SLOW = (
    b'{"title":"Request Timeout","status":408,"code":"too_slow",'
    b'"detail":"The body of the request did not come in time; send it again."}'
)


class WholeBodies:
    """An ASGI application in front of another: waits for the body, at most so long and so large."""

    def __init__(self, application: Application, seconds: float = SECONDS) -> None:
        self._application = application
        self._seconds = seconds

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Hand the request on when it is whole; answer 408 when it does not come, nothing when the client left."""
        try:
            async with asyncio.timeout(self._seconds):
                body = await _whole(receive)
        except TimeoutError:
            headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 408, "headers": headers})
            await send({"type": "http.response.body", "body": TOO_SLOW})
            return
        if body is None:
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._application({**scope, "headers": _measured(scope["headers"], len(body))}, replay, send)


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
