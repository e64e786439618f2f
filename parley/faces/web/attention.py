"""What one wants to be told of, over the API: by room, by hours of the day; and why a message was told, or not."""

from flask import Blueprint, Response
from msgspec import UNSET, Struct, UnsetType

from parley.core import attention
from parley.core.attention import ChangeAttention, ChangeQuiet, check_quiet
from parley.core.notifications import Level, Reason
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body, no_content
from parley.faces.web.operation import Operation
from parley.node import Node
from parley.wire import Quiet


class RoomAttention(Struct):
    """What one is told of in a room; `notify` null: as is usual there. `muted`: nothing, and it does not count."""

    notify: str | None
    muted: bool


class AttentionChange(Struct, forbid_unknown_fields=True):
    """What is to be changed of it."""

    notify: Level | UnsetType | None = UNSET
    muted: bool | UnsetType = UNSET


class QuietHours(Struct):
    """When one wants no notifications; null: at no time."""

    quiet: Quiet | None


class Notification(Struct):
    """Whether one is told of a message, by what one has chosen, and why: for programs, and as a sentence."""

    told: bool
    reason: Reason
    detail: str


ATTENTION = (
    Operation(
        "get",
        "/api/rooms/{number}/me",
        "What one is told of in a room.",
        {200: RoomAttention},
        refusals=(404,),
    ),
    Operation(
        "patch",
        "/api/rooms/{number}/me",
        "Choose what one is told of in a room, or mute it.",
        {200: RoomAttention},
        body=AttentionChange,
        refusals=(404,),
    ),
    Operation(
        "get",
        "/api/users/{number}/quiet",
        "The hours in which one wants no notifications.",
        {200: QuietHours},
        refusals=(403,),
    ),
    Operation(
        "put",
        "/api/users/{number}/quiet",
        "Choose hours without notifications; the time zone of one's profile counts, where it has one.",
        {200: QuietHours},
        body=Quiet,
        refusals=(403,),
    ),
    Operation(
        "delete",
        "/api/users/{number}/quiet",
        "Want no hours without notifications.",
        {204: None},
        refusals=(403,),
    ),
    Operation(
        "get",
        "/api/messages/{number}/notification",
        "Whether one is told of a message, by what one has chosen now, and why.",
        {200: Notification},
        refusals=(404,),
    ),
)


def attention_api(node: Node, visitors: Visitors) -> Blueprint:
    """What one is told of in a room, the hours without notifications, and why."""
    routes = Blueprint("attention", __name__)

    def mine(number: int) -> int:
        return visitors.themselves(number, "Only one's own hours without notifications can be read and changed.").user

    @routes.get("/api/rooms/<id:number>/me")
    def look(number: int) -> Response:
        return answer(RoomAttention(*attention.of_room(node.store, visitors.signed_in().user, number)))

    @routes.patch("/api/rooms/<id:number>/me")
    def change(number: int) -> Response:
        session = visitors.signed_in()
        wanted = body(AttentionChange)
        node.limits.spend("post", session.user)
        node.store.run(ChangeAttention(session.user, number, wanted.notify, wanted.muted))
        return answer(RoomAttention(*attention.of_room(node.store, session.user, number)))

    @routes.get("/api/users/<id:number>/quiet")
    def quiet(number: int) -> Response:
        return answer(QuietHours(attention.quiet_of(node.store, mine(number))))

    @routes.put("/api/users/<id:number>/quiet")
    def set_quiet(number: int) -> Response:
        wanted = body(Quiet)
        node.limits.spend("post", mine(number))
        node.store.run(ChangeQuiet(number, check_quiet(wanted)))
        return answer(QuietHours(attention.quiet_of(node.store, number)))

    @routes.delete("/api/users/<id:number>/quiet")
    def no_quiet(number: int) -> Response:
        node.limits.spend("post", mine(number))
        node.store.run(ChangeQuiet(number, None))
        return no_content()

    @routes.get("/api/messages/<id:number>/notification")
    def why(number: int) -> Response:
        decision, detail = attention.why(node.store, visitors.signed_in().user, number)
        return answer(Notification(decision.told, decision.reason, detail))

    return routes
