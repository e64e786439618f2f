"""The session cookie on its way to the browser and back."""

from datetime import UTC, datetime

from flask import Response, request

from parley.core.sessions import Cookies
from parley.node import Node


class SessionCookie:
    """HttpOnly, SameSite=Lax, and Secure when TLS is in play (RFC 6265bis)."""

    def __init__(self, node: Node) -> None:
        self._cookies = node.cookies
        settings = node.settings
        self._always_secure = settings.secure_cookies or settings.public_url.startswith("https://")

    def secret(self) -> str | None:
        """The token in the cookie of this request, None without one. Raises Unauthenticated for a forged one."""
        value = request.cookies.get(Cookies.NAME)
        return None if value is None else self._cookies.open(value)

    def put(self, response: Response, secret: str, expires_at: datetime) -> None:
        """Give the browser a token to keep until it expires, over restarts too."""
        seconds = int((expires_at - datetime.now(UTC)).total_seconds())
        response.set_cookie(
            Cookies.NAME,
            self._cookies.seal(secret),
            max_age=seconds,
            secure=self._always_secure or request.is_secure,
            httponly=True,
            samesite="Lax",
        )

    def remove(self, response: Response) -> None:
        """Make the browser forget it."""
        response.delete_cookie(
            Cookies.NAME, secure=self._always_secure or request.is_secure, httponly=True, samesite="Lax"
        )
