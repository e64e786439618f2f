"""The browsers in which somebody is signed in, over the API."""

from flask import Blueprint, Response
from msgspec import Struct

from parley.core import devices
from parley.core.devices import Revoke, RevokeOthers
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, no_content
from parley.faces.web.operation import Operation
from parley.node import Node
from parley.wire import Instant


class SignedIn(Struct):
    """A browser. `used_at` is no finer than an hour; `current`: it is the one that asks."""

    id: int
    device: str
    created_at: Instant
    used_at: Instant
    current: bool


class SessionList(Struct):
    """Where somebody is signed in; where they were last comes first."""

    sessions: list[SignedIn]


SESSIONS = (
    Operation("get", "/api/sessions", "The browsers in which one is signed in.", {200: SessionList}),
    Operation("delete", "/api/sessions", "Sign out in every browser but this one.", {204: None}),
    Operation("delete", "/api/sessions/{number}", "Sign out in one browser.", {204: None}, refusals=(404,)),
)


def sessions_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/sessions`."""
    routes = Blueprint("sessions", __name__)

    @routes.get("/api/sessions")
    def look() -> Response:
        mine = visitors.signed_in()
        found = [
            SignedIn(row.id, row.device or "", row.created_at, row.used_at or row.created_at, row.id == mine.token)
            for row in devices.of_user(node.store, mine.user, "session")
        ]
        return answer(SessionList(found))

    @routes.delete("/api/sessions")
    def end_others() -> Response:
        mine = visitors.signed_in()
        node.store.run(RevokeOthers(mine.user, mine.token))
        return no_content()

    @routes.delete("/api/sessions/<id:number>")
    def end(number: int) -> Response:
        mine = visitors.signed_in()
        node.store.run(Revoke(mine.user, "session", number))
        return no_content()

    return routes
