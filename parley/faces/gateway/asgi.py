"""ASGI as the gateway speaks it: its types, and the refusal of a request that the web face never sees."""

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

import msgspec

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]


async def refuse(send: Send, status: HTTPStatus, code: str, detail: str, **headers: str) -> None:
    """Answer with a problem (RFC 9457) and close the connection; in the names of headers, `_` stands for `-`."""
    problem = {"title": status.phrase, "status": status, "detail": detail, "code": code}
    body = msgspec.json.encode(problem)
    told = {"content_type": "application/problem+json", "content_length": str(len(body)), "connection": "close"}
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in (told | headers).items()]
    await send({"type": "http.response.start", "status": status.value, "headers": lines})
    await send({"type": "http.response.body", "body": body})
