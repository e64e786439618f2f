"""Tokens for programs: got with a nickname and a password, or in the page, and good until revoked."""

from flask import Blueprint, Response, request
from msgspec import Struct

from parley.core import accounts, devices
from parley.core.devices import Revoke
from parley.core.sessions import Issue, SignOut
from parley.errors import Invalid, NotFound, Unauthenticated
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body, no_content
from parley.faces.web.operation import Operation
from parley.node import Node
from parley.wire import Instant


class NewToken(Struct, forbid_unknown_fields=True):
    """What to call it, so that its owner knows it again."""

    label: str = ""


class Token(Struct):
    """A new token, shown only now. Send it as `Authorization: Bearer TOKEN`."""

    token: str
    id: int
    label: str
    expires_at: Instant


class KnownToken(Struct):
    """A token, but for its secret. `used_at` is no finer than an hour; `current`: it is the one that asks."""

    id: int
    label: str
    created_at: Instant
    used_at: Instant
    expires_at: Instant
    current: bool


class TokenList(Struct):
    """The tokens of one's programs; what was used last comes first."""

    tokens: list[KnownToken]


TOKENS = (
    Operation(
        "post",
        "/api/tokens",
        "Get a token, good for 90 days.",
        {200: Token},
        login="password",
        body=NewToken,
        body_required=False,
        refusals=(401, 403, 429, 503),
    ),
    Operation("get", "/api/tokens", "The tokens of one's programs.", {200: TokenList}),
    Operation("delete", "/api/tokens", "Revoke the token with which this request is made.", {204: None}),
    Operation("delete", "/api/tokens/{number}", "Revoke one of one's tokens.", {204: None}, refusals=(404,)),
)


def tokens_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/tokens`."""
    routes = Blueprint("tokens", __name__)

    def owner() -> int:
        """Who gets it: somebody with a password, or who is signed in in a page. A token makes no token."""
        if "Authorization" not in request.headers and visitors.by_cookie() is not None:
            session = visitors.signed_in()
            node.limits.spend("post", session.user)
            return session.user
        nickname, password = _basic()
        try:
            visitors.spend_attempt(nickname)
            return accounts.verify(node.store, nickname, password).id
        except (Invalid, NotFound):
            raise Unauthenticated("Nobody has that nickname and password.", code="wrong_password") from None

    @routes.post("/api/tokens")
    def issue() -> Response:
        user = owner()
        label = devices.check_label(body(NewToken).label if request.content_length else "")
        issued = node.store.run(Issue(user, "api", label))
        return answer(Token(issued.secret, issued.token, label, issued.expires_at))

    @routes.get("/api/tokens")
    def look() -> Response:
        mine = visitors.signed_in()
        found = [
            KnownToken(
                *(row.id, row.label or "", row.created_at, row.used_at or row.created_at, row.expires_at),
                current=row.id == mine.token,
            )
            for row in devices.of_user(node.store, mine.user, "api")
        ]
        return answer(TokenList(found))

    @routes.delete("/api/tokens")
    def revoke() -> Response:
        session = visitors.signed_in()
        node.store.run(SignOut(session))
        node.presence.signed_out(session.user)
        return no_content()

    @routes.delete("/api/tokens/<id:number>")
    def revoke_one(number: int) -> Response:
        mine = visitors.signed_in()
        node.store.run(Revoke(mine.user, "api", number))
        return no_content()

    return routes


def _basic() -> tuple[str, str]:
    given = request.authorization
    if given is None or given.type != "basic" or given.username is None or given.password is None:
        raise Unauthenticated("Send your nickname and password by HTTP Basic authentication.")
    return given.username, given.password
