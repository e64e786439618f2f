"""HTTP bodies: a request gets a thread only when all of it is here, so that slow senders cannot hold the threads."""

from collections.abc import Iterable
from typing import Any

from parley.faces.gateway.asgi import Application, Message, Receive, Send
from parley.faces.gateway.patience import Patience

LONGEST = 128 * 1024 + 1  # bytes; one more than the web face takes, which then says so itself
SECONDS = 10.0  # for a whole body


class WholeBodies:
    """An ASGI application in front of another: waits for the body, at most so long and so large."""

    def __init__(
        self, application: Application, patience: Patience, seconds: float = SECONDS, longest: int = LONGEST
    ) -> None:
        self._application = application
        self._longest = longest
        self._patience = patience
        self._seconds = seconds

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Hand the request on when it is whole.

        Answers 408 when it does not come in time, 503 when the server stops before; nothing when the client left.
        """
        try:
            async with self._patience.within(self._seconds):
                body = await _whole(receive, self._longest)
        except TimeoutError:
            await self._patience.refuse(send)
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


async def _whole(receive: Receive, longest: int) -> bytes | None:
    body = bytearray()
    while len(body) < longest:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body[:longest])
