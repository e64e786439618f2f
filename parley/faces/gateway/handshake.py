"""Who is at the door: the credentials in a handshake request."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

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
    if urlsplit(request.path).path != PATH:
        raise NotFound(f"WebSockets are at {PATH}.")
    try:
        authorization = request.headers.get("Authorization", "")
        origin = request.headers.get("Origin", "")
        host = request.headers.get("Host", "")
    except MultipleValuesError:
        raise Unauthenticated("A header is there twice.") from None
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    cookie = _cookie(request.headers)
    if not cookie:
        raise Unauthenticated("Sign in first: a session cookie or `Authorization: Bearer TOKEN` is needed.")
    if not is_ours(origin, host=host, public_url=public_url):
        raise Denied("This page may not open a socket here. Set PUBLIC_URL if a proxy changes the address.")
    return cookies.open(cookie)


def _cookie(headers: Headers) -> str:
    for line in headers.get_all("Cookie"):
        try:
            found = SimpleCookie(line).get(Cookies.NAME)
        except CookieError:
            continue
        if found is not None:
            return found.value
    return ""
