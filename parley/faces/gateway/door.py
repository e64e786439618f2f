"""The door of a node: who is let in, and who has to go."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeVar

import structlog
from websockets.http11 import Request

from parley.core import attention, profiles, sessions
from parley.core.devices import Used
from parley.errors import Broken, Refused, TooMany, Unavailable
from parley.faces.gateway.connection import Connection
from parley.faces.gateway.frames import frame
from parley.faces.gateway.handshake import credentials
from parley.faces.gateway.sockets import Sockets
from parley.faces.gateway.together import Together
from parley.node import Node
from parley.wire import PreferencesEvent

SIGNED_OUT = 4401  # close code: the session has ended, sign in again

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Door:
    """Asks the database in threads of the executor; everything else happens on the loop."""

    def __init__(self, node: Node, sockets: Sockets, executor: Executor) -> None:
        self._node = node
        self._sockets = sockets
        self._executor = executor
        self._sessions = Together(executor, lambda secrets: sessions.find_all(node.store, secrets))

    async def admit(self, connection: Connection, request: Request) -> None:
        """Complete the handshake of somebody who is signed in; refuse it to everybody else."""
        try:
            user = await self._welcome(connection, request)
        except Refused as refused:
            connection.reject(HTTPStatus(refused.status), refused.detail, retry_after=refused.retry_after)
        except Exception:
            log.exception("handshake_failed")
            connection.reject(HTTPStatus.INTERNAL_SERVER_ERROR, Broken().detail)
        else:
            if user is not None:
                self._sockets.add(connection, user)

    async def _welcome(self, connection: Connection, request: Request) -> int | None:
        node = self._node
        if node.draining:
            raise Unavailable("This server is about to stop; connect again, and another one will answer.")
        secret = credentials(request, node.cookies, node.settings.public_url)
        session = sessions.known(await self._sessions.ask(secret))
        if len(self._sockets.of(session.user)) >= node.settings.sockets_per_user:
            raise TooMany("You have too many windows open; close one.", retry_after=10)
        return session.user if connection.accept(request, session) else None

    async def look_again(self, user: int) -> None:
        """What this person likes has changed. Raises Unavailable."""
        likes = await self._ask(lambda: profiles.preferences(self._node.store, user))
        quiet = await self._ask(lambda: attention.quiet_of(self._node.store, user))
        mine = self._sockets.of(user)
        for connection in mine:
            if connection.session is not None:
                connection.session = connection.session._replace(hides_typing=not likes.typing)
        self._sockets.broadcast(frame(PreferencesEvent(quiet)), mine)

    async def check(self, connections: Iterable[Connection]) -> None:
        """Close the sockets whose token no longer opens the door. Raises Unavailable."""
        self._note(connections := list(connections))
        by_token: dict[int, list[Connection]] = {}
        for connection in connections:
            if connection.session is not None:
                by_token.setdefault(connection.session.token, []).append(connection)
        living = await self._ask(lambda: sessions.living(self._node.store, list(by_token)))
        for token in by_token.keys() - living:
            for connection in by_token[token]:
                connection.signed_out = True
                connection.close(SIGNED_OUT, "signed out")

    def _note(self, connections: Iterable[Connection]) -> None:
        """That their sessions are in use; nobody waits for it."""
        now = datetime.now(UTC)
        used = [each for each in connections if each.session is not None and sessions.used_again(each.session, now)]
        if used:
            with suppress(Unavailable):
                numbers = sorted({each.session.token for each in used if each.session is not None})
                self._node.store.submit(Used(numbers), lambda _: None)
                for each in used:
                    if each.session is not None:
                        each.session = each.session._replace(used_at=now)

    async def _ask(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)
