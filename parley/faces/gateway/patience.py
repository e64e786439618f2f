"""How long the bodies of requests are waited for: less, once the server stops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from parley.faces.gateway.asgi import Send, refuse

LAST_SECONDS = 1.0  # for a body that is on its way when the server stops


class Patience:
    """Of one server; used on its loop alone."""

    def __init__(self) -> None:
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

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncIterator[None]:
        """Within, raises TimeoutError after so many seconds."""
        async with asyncio.timeout(LAST_SECONDS if self._stopping else seconds) as wait:
            self._waits.add(wait)
            try:
                yield
            finally:
                self._waits.discard(wait)

    async def refuse(self, send: Send) -> None:
        """Answer who did not send all in time: 408, or 503 when the server stops."""
        if self._stopping:
            detail = "This server stops, and the body of the request was not here yet; send it again."
            await refuse(send, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, retry_after="1")
        else:
            detail = "The body of the request did not come in time; send it again."
            await refuse(send, HTTPStatus.REQUEST_TIMEOUT, "too_slow", detail)
