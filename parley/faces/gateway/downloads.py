"""Downloads: carried out by the loop, a piece at a time, so that a slow reader holds a piece and no thread."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Executor
from http import HTTPStatus
from typing import Any

import structlog

from parley.errors import Refused, Unavailable
from parley.faces.gateway.asgi import Application, Message, Receive, Send, refuse
from parley.files.storage import PIECE, Storage
from parley.files.transfer import KEY, Stretch, Transfer

PATHS = re.compile(r"/files/|/api/users/\d+/export$")

log = structlog.get_logger(__name__)


class Downloads:
    """An ASGI application in front of another, which answers with an empty body and says what belongs there."""

    def __init__(self, application: Application, storage: Storage, readers: Executor, makers: Executor) -> None:
        self._application = application
        self._storage = storage
        self._readers = readers
        self._makers = makers

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Hand the request on, and send what the application names. 404 or 503 when the storage does not have it."""
        transfer = Transfer()
        started: list[Message] = []

        async def hold(message: Message) -> None:
            if transfer.sends is None:
                await send(message)
            elif message["type"] == "http.response.start":
                started.append(message)

        await self._application({**scope, KEY: transfer}, receive, hold)
        if transfer.sends is not None:
            gone = asyncio.ensure_future(_left(receive))
            sends = transfer.sends
            pieces = self._kept(sends) if isinstance(sends, Stretch) else self._made(sends)
            try:
                await self._carry(pieces, started[0], send, gone)
            finally:
                gone.cancel()

    async def _carry(
        self, pieces: AsyncIterator[bytes], start: Message, send: Send, gone: "asyncio.Future[None]"
    ) -> None:
        try:
            piece = await anext(pieces, b"")
        except Refused as refused:
            await refuse(send, HTTPStatus(refused.status), refused.code, refused.detail, cache_control="no-store")
            return
        await send(start)
        while piece and not gone.done():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            try:
                piece = await anext(pieces, b"")
            except Refused:  # the server closes the connection, by which the client sees that something is missing
                log.warning("download_cut_short")
                return
        await send({"type": "http.response.body", "body": b""})

    async def _kept(self, stretch: Stretch) -> AsyncIterator[bytes]:
        """What the storage has."""
        loop = asyncio.get_running_loop()
        name, at, left = stretch
        while left:
            try:
                piece = await loop.run_in_executor(self._readers, self._storage.read, name, at, min(left, PIECE))
                if not piece:
                    raise Unavailable("Not all of this file is there; ask whoever runs this server.")
            except Refused as refused:
                log.warning("file_missing" if refused.status == HTTPStatus.NOT_FOUND else "file_unread", blob=name)
                raise
            at, left = at + len(piece), left - len(piece)
            yield piece

    async def _made(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        """What the application makes, no faster than it is read."""
        loop = asyncio.get_running_loop()
        while (piece := await loop.run_in_executor(self._makers, next, pieces, None)) is not None:
            if piece:
                yield piece


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
