"""Who is at the door: the credentials in a handshake request."""

from websockets.datastructures import Headers, MultipleValuesError
from websockets.http11 import Request

from parley.core.origin import is_ours
from parley.core.sessions import Cookies
from parley.errors import Denied, NotFound, Unauthenticated

PATH = "/ws"


def credentials(request: Request, cookies: Cookies, public_url: str) -> str:
    """The token in a request: a bearer's, or a session cookie's from a page of our own.

    A browser sends cookies from any page, so that a cookie needs an Origin that is ours (RFC 6455 §10.2).
    Raises NotFound for another path, Denied for another origin, Unauthenticated without credentials.
    """
    if request.path.partition("?")[0] != PATH:
        raise NotFound(f"WebSockets are at {PATH}.")
    try:
        authorization = request.headers.get("Authorization", "")
        origin = request.headers.get("Origin", "")
        host = request.headers.get("Host", "")
        # Whoever says it: it makes the check of the origin stricter and nothing laxer.
        secure = request.headers.get("X-Forwarded-Proto", "") == "https"
    except MultipleValuesError:
        raise Unauthenticated("A header is there twice.") from None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    cookie = _cookie(request.headers)
    if not cookie:
        raise Unauthenticated("Sign in first: a session cookie or `Authorization: Bearer TOKEN` is needed.")
    if not is_ours(origin, host=host, public_url=public_url, secure=secure):
        raise Denied("This page may not open a socket here. Set PUBLIC_URL if a proxy changes the address.")
    return cookies.open(cookie)


def _cookie(headers: Headers) -> str:
    # Not by http.cookies, which throws the whole line away for one cookie of another application that it dislikes.
    for line in headers.get_all("Cookie"):
        for pair in line.split(";"):  # RFC 6265 §5.4
            name, _, value = pair.strip().partition("=")
            if name == Cookies.NAME:
                return value
    return ""
