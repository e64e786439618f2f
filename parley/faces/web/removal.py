"""Removing one's account over the API, and following how far that has come."""

from typing import Literal

from flask import Blueprint, Response
from msgspec import Struct

from parley.core import removal
from parley.faces.web.authentication import Visitors, address
from parley.faces.web.bodies import answer, body
from parley.faces.web.cookie import SessionCookie
from parley.faces.web.operation import Operation
from parley.node import Node


class Farewell(Struct, forbid_unknown_fields=True):
    """The present password, and whether what one wrote stays, as by a removed user, or goes."""

    password: str
    messages: Literal["stay", "go"]


class Removing(Struct):
    """An account is gone; of the messages that have to go, `left` of `total` are still there."""

    key: str
    total: int
    left: int
    done: bool


REMOVAL = (
    Operation(
        "post",
        "/api/users/{number}/removal",
        "Remove one's own account; what is to go with it goes soon after.",
        {202: Removing},
        body=Farewell,
        refusals=(409,),
    ),
    Operation(
        "get",
        "/api/removals/{key}",
        "How far the removal of an account has come, for whoever has its key.",
        {200: Removing},
        login="anyone",
        refusals=(404, 429, 503),
    ),
)


def removal_api(node: Node, visitors: Visitors, cookie: SessionCookie) -> Blueprint:
    """What can be done with an account for good."""
    routes = Blueprint("removal", __name__)

    def shown(key: str, status: int = 200, location: str | None = None) -> Response:
        return answer(Removing(key, *removal.progress(node.store, key)), status, location)

    @routes.post("/api/users/<id:number>/removal")
    def remove(number: int) -> Response:
        session = visitors.themselves(number, "Only one's own account can be removed; admins may ban others.")
        wanted = body(Farewell)
        visitors.spend_attempt(session.nickname)
        erases, admins = wanted.messages == "go", node.settings.admins
        command = removal.removal(node.store, number, wanted.password, erases=erases, admins=admins)
        key: str = node.store.run(command)
        node.eraser.wake()
        node.presence.signed_out(number)
        response = shown(key, 202, f"/api/removals/{key}")
        cookie.remove(response)
        return response

    @routes.get("/api/removals/<key>")
    def follow(key: str) -> Response:
        node.limits.spend("api", address())
        return shown(key)

    return routes
