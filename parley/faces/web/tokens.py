"""Tokens for programs: got with a nickname and a password, good until revoked."""

from flask import Blueprint, Response, request
from msgspec import Struct

from parley.core import accounts
from parley.core.sessions import Issue, SignOut
from parley.errors import Invalid, NotFound, Unauthenticated
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, no_content
from parley.node import Node


class Token(Struct):
    """A new token, shown only now. Send it as `Authorization: Bearer TOKEN`."""

    token: str


def tokens_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/tokens`."""
    routes = Blueprint("tokens", __name__)

    @routes.post("/api/tokens")
    def issue() -> Response:
        nickname, password = _basic()
        try:
            visitors.spend_attempt(nickname)
            user = accounts.verify(node.store, nickname, password).id
        except (Invalid, NotFound):
            raise Unauthenticated("Nobody has that nickname and password.", code="wrong_password") from None
        return answer(Token(node.store.run(Issue(user, "api")).secret))

    @routes.delete("/api/tokens")
    def revoke() -> Response:
        session = visitors.signed_in()
        node.store.run(SignOut(session))
        node.presence.signed_out(session.user)
        return no_content()

    return routes


def _basic() -> tuple[str, str]:
    given = request.authorization
    if given is None or given.type != "basic" or given.username is None or given.password is None:
        raise Unauthenticated("Send your nickname and password by HTTP Basic authentication.")
    return given.username, given.password
