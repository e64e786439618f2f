"""The address of the sockets, asked for as if it were a page."""

from http import HTTPStatus
from typing import Any

from parley.faces.gateway.asgi import Application, Receive, Send, refuse
from parley.faces.gateway.handshake import PATH


class UpgradeRequired:
    """An ASGI application in front of another: whoever comes to the sockets' address with plain HTTP is told so."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer 426 (RFC 9110 §15.5.22) there, and hand on everything else."""
        if scope["path"] != PATH:
            await self._application(scope, receive, send)
            return
        await refuse(
            send,
            HTTPStatus.UPGRADE_REQUIRED,
            "upgrade_required",
            "This address speaks WebSocket: open it as ws:// or wss://. "
            "If you did, a proxy on the way does not pass the headers Upgrade and Connection on.",
            upgrade="websocket",
            connection="upgrade, close",
        )
