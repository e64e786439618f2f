"""Uploads: taken in on the loop and spooled to the disk, so that a slow sender holds a file and no thread."""

import asyncio
import tempfile
from concurrent.futures import Executor
from pathlib import Path
from typing import IO, Any

import structlog

from parley.faces.gateway.asgi import Application, Message, Receive, Send
from parley.faces.gateway.patience import Patience
from parley.files.transfer import KEY, Transfer

PATH = "/api/files"
SECONDS = 30.0  # for a body of any length, and beyond that
SLOWEST = 16 * 1024  # bytes a second
CHUNK = 256 * 1024  # bytes that are written at once

EMPTY: Message = {"type": "http.request", "body": b"", "more_body": False}

log = structlog.get_logger(__name__)


class Uploads:
    """An ASGI application in front of another, which is asked twice about an upload: may it come, and here it is."""

    def __init__(self, application: Application, patience: Patience, executor: Executor, spool: Path | None) -> None:
        self._application = application
        self._patience = patience
        self._executor = executor
        self._spool = spool

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Take the body in when the application admits it; its refusal is the answer otherwise.

        Answers 408 when the body does not come in time, 503 when the server stops before; nothing when the client
        left. Whatever happens, nothing stays on the disk but what the application kept.
        """
        transfer = Transfer()
        scope = {**scope, KEY: transfer}
        said: list[Message] = []

        async def listen(message: Message) -> None:
            said.append(message)

        await self._application(scope, _nothing, listen)
        if not transfer.admitted:
            for message in said:
                await send(message)
            return
        try:
            # Without a name: it is gone when it is closed, or when this process ends.
            with tempfile.TemporaryFile(dir=self._spool) as file:
                try:
                    async with self._patience.within(SECONDS + transfer.admitted / SLOWEST):
                        whole = await self._take(receive, file, transfer.admitted)
                except TimeoutError:
                    await self._patience.refuse(send)
                    return
                if whole:
                    transfer.body = file
                    await self._application(scope, _nothing, send)
        finally:
            transfer.done()

    async def _take(self, receive: Receive, file: IO[bytes], length: int) -> bool:
        """Whether all of it came. The client is read from no faster than the disk takes it."""
        loop = asyncio.get_running_loop()
        waiting, taken = bytearray(), 0
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            waiting += message.get("body", b"")
            more = message.get("more_body", False)
            if len(waiting) >= CHUNK or not more:
                taken += len(waiting)
                if taken > length:  # which HTTP itself does not let happen
                    return False
                await loop.run_in_executor(self._executor, file.write, waiting)
                waiting = bytearray()
        await loop.run_in_executor(self._executor, file.flush)
        return taken == length


async def _nothing() -> Message:
    return EMPTY
