"""Who asks, and whether a page of ours made them ask."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

from parley import names
from parley.core import origin, sessions
from parley.core.devices import Used
from parley.core.limits import Kind
from parley.core.sessions import Cookies, Session
from parley.errors import Denied, Unauthenticated, Unavailable
from parley.faces.web.cookie import SessionCookie
from parley.node import Node

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 §9.2.1


def address() -> str:
    """Who the limits count when nobody is signed in: the client's address, or its /64 network in IPv6."""
    client = request.remote_addr or ""
    with suppress(ValueError):
        parsed = ip_address(client)
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
            return str(ip_network((int(parsed), 64), strict=False))
    return client


class Visitors:
    """Finds the person behind a request, by a bearer's token or by the session cookie."""

    def __init__(self, node: Node, cookie: SessionCookie) -> None:
        self._node = node
        self._cookie = cookie

    def signed_in(self, kind: Kind = "api") -> Session:
        """The person who asks.

        Raises Unauthenticated without credentials or with bad ones, Denied when the page of a stranger uses
        the cookie to change something, TooMany.
        """
        session = self._bearer() if "Authorization" in request.headers else self._browser()
        if session is None:
            raise self._unknown("Sign in first: send a session cookie or `Authorization: Bearer TOKEN`.")
        self._node.limits.spend(kind, session.user)
        self._note(session)
        return session

    def themselves(self, number: int, refusal: str) -> Session:
        """The person who asks, when it is the one of this number. Raises as above, and else Denied with the refusal."""
        session = self.signed_in()
        if session.user != number:
            raise Denied(refusal)
        return session

    def reader(self, kind: Kind = "api") -> int | None:
        """The person who wants to read; None for the public, where the settings let it read. Raises as above.

        `kind`: what it counts as.
        """
        credentials = "Authorization" in request.headers or Cookies.NAME in request.cookies
        if credentials or not self._node.settings.public_read:
            return self.signed_in(kind).user
        self._node.limits.spend(kind, address())
        return None

    def spend_attempt(self, nickname: str) -> None:
        """Count an attempt with a password, before any hashing. Raises TooMany, or Invalid for an unfit nickname."""
        self._node.limits.spend("sign_in_address", address())
        self._node.limits.spend("sign_in", names.key(names.check(nickname)))

    def by_cookie(self) -> Session | None:
        """The person whose valid session cookie came along, if any; enough to read, not to change."""
        with suppress(Unauthenticated):
            secret = self._cookie.secret()
            return None if secret is None else sessions.find(self._node.store, secret)
        return None

    def check_origin(self) -> None:
        """Raises Denied unless a page of ours made the request: browsers send cookies from any page."""
        if request.headers.get("Sec-Fetch-Site") == "same-origin":
            return
        if not origin.is_ours(
            request.headers.get("Origin", ""),
            host=request.headers.get("Host", ""),
            public_url=self._node.settings.public_url,
            secure=request.is_secure,
        ):
            raise Denied(
                "With a cookie, the Origin header must name this server. Programs use a token instead; "
                "behind a proxy that changes the address, set PUBLIC_URL.",
                code="foreign_origin",
            )

    def _note(self, session: Session) -> None:
        """That this session is in use; nobody waits for it."""
        if sessions.used_again(session, datetime.now(UTC)):
            with suppress(Unavailable):
                self._node.store.submit(Used([session.token]), lambda _: None)

    def _browser(self) -> Session | None:
        session = self.by_cookie()
        if session is not None and request.method not in SAFE:
            self.check_origin()
        return session

    def _bearer(self) -> Session:
        scheme, _, secret = request.headers["Authorization"].partition(" ")
        if scheme.lower() != "bearer":
            raise self._unknown("Send `Authorization: Bearer TOKEN`, with a token from POST /api/tokens.")
        try:
            session = sessions.find(self._node.store, secret.strip())
        except Unauthenticated as refused:
            raise self._unknown(refused.detail) from None
        # A browser shows by its socket that somebody is here, and by nothing else: so leaving is seen at once.
        self._node.presence.used_api(session.user, time.monotonic())
        return session

    def _unknown(self, detail: str) -> Unauthenticated:
        self._node.limits.spend("api", address())
        return Unauthenticated(detail)
