"""Downloads: carried out by the loop, a piece at a time, so that a slow reader holds a piece and no thread."""

import asyncio
from concurrent.futures import Executor
from http import HTTPStatus
from typing import Any

import structlog

from parley.errors import Refused
from parley.faces.gateway.asgi import Application, Message, Receive, Send, refuse
from parley.files.storage import PIECE, Storage
from parley.files.transfer import KEY, Stretch, Transfer

PREFIX = "/files/"

log = structlog.get_logger(__name__)


class Downloads:
    """An ASGI application in front of another, which answers with an empty body and says what belongs there."""

    def __init__(self, application: Application, storage: Storage, executor: Executor) -> None:
        self._application = application
        self._storage = storage
        self._executor = executor

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
            try:
                await self._carry(transfer.sends, started[0], send, gone)
            finally:
                gone.cancel()

    async def _carry(self, sends: Stretch, start: Message, send: Send, gone: "asyncio.Future[None]") -> None:
        name, at, left = sends
        try:
            piece = await self._read(name, at, left)
        except Refused as refused:
            log.warning("file_missing" if refused.status == HTTPStatus.NOT_FOUND else "file_unread", blob=name)
            await refuse(send, HTTPStatus(refused.status), refused.code, refused.detail, cache_control="no-store")
            return
        await send(start)
        while not gone.done():
            at, left = at + len(piece), left - len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
            if not left:
                return
            try:
                piece = await self._read(name, at, left)
            except Refused:
                piece = b""
            if not piece:  # the server closes the connection, by which the client sees that something is missing
                log.warning("file_cut_short", blob=name, at=at)
                return

    async def _read(self, name: str, start: int, most: int) -> bytes:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._storage.read, name, start, min(most, PIECE))


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
