"""Signing in and out by the one form, in which a name not seen before registers."""

from typing import NamedTuple

from flask import Blueprint, Response, request
from msgspec import Struct

from parley import browsers
from parley.core import accounts
from parley.core.accounts import UnknownName
from parley.core.sessions import Issue, SignOut
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body, no_content
from parley.faces.web.cookie import SessionCookie
from parley.faces.web.operation import Operation
from parley.faces.web.users import find_user
from parley.node import Node
from parley.wire import User


class SignIn(Struct, forbid_unknown_fields=True):
    """Who wants in. `create`: register the nickname if nobody has it."""

    nickname: str
    password: str
    create: bool = False


class Entrance(Struct):
    """Who is in; or a nickname nobody has, which may be a typing error: a question, so that nothing was made."""

    user: User | None = None
    unknown_name: str | None = None


class _Entered(NamedTuple):
    user: int
    new: bool


SIGN_IN = (
    Operation(
        "post",
        "/sign-in",
        "Sign in from a page: the answer sets the session cookie. Needs an Origin header that names this server.",
        {200: Entrance, 201: Entrance},
        login="anyone",
        body=SignIn,
        refusals=(401, 403, 429, 503),
    ),
    Operation(
        "post",
        "/sign-out",
        "End the session of the cookie, if there is one. Needs an Origin header that names this server.",
        {204: None},
        login="anyone",
        refusals=(403, 503),
    ),
)


def sign_in(node: Node, visitors: Visitors, cookie: SessionCookie) -> Blueprint:
    """The door for browsers."""
    routes = Blueprint("sign_in", __name__)

    @routes.post("/sign-in")
    def enter() -> Response:
        visitors.check_origin()  # or the page of a stranger could sign somebody in as the stranger
        wanted = body(SignIn)
        visitors.spend_attempt(wanted.nickname)
        entered = _enter(node, wanted)
        if entered is None:
            return answer(Entrance(unknown_name=wanted.nickname))
        user, new = entered
        device = browsers.describe(request.headers.get("User-Agent", ""))
        issued = node.store.run(Issue(user, "session", device=device))
        location = f"/api/users/{user}"
        response = answer(Entrance(find_user(node, user)), 201 if new else 200, location if new else None)
        cookie.put(response, issued.secret, issued.expires_at)
        return response

    @routes.post("/sign-out")
    def leave() -> Response:
        visitors.check_origin()
        session = visitors.by_cookie()
        if session is not None:
            node.store.run(SignOut(session))
            node.presence.signed_out(session.user)
        response = no_content()
        cookie.remove(response)
        response.headers["Clear-Site-Data"] = '"storage"'  # what pages kept to read offline, if they no longer can
        return response

    return routes


def _enter(node: Node, wanted: SignIn) -> _Entered | None:
    try:
        return _Entered(accounts.verify(node.store, wanted.nickname, wanted.password).id, new=False)
    except UnknownName:
        if not wanted.create:
            return None
    registered = node.store.run(accounts.registration(node.store, wanted.nickname, wanted.password))
    return _Entered(registered.id, new=True)
