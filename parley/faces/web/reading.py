"""Read positions over the API: what is unread, reading on, and marking as unread."""

from typing import Annotated

from flask import Blueprint, Response
from msgspec import Meta, Struct

from parley.core import reading
from parley.core.refusals import no_room
from parley.core.sessions import Session
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body, query
from parley.faces.web.operation import Operation
from parley.faces.web.users import Ids
from parley.node import Node
from parley.store.batch import Command
from parley.wire import Seq


class UnreadQuery(Struct, forbid_unknown_fields=True):
    """Which of one's rooms; without `rooms`, the first 200."""

    rooms: Ids | None = None


class UnreadRoom(Struct):
    """What is unread in a room as of `head`: others' messages above `read`, the read position in this `generation`."""

    room: int
    head: int
    read: int
    generation: int
    unread: int
    mentions: int


class UnreadList(Struct):
    """Rooms in order of id; those that one is not in are left out."""

    rooms: list[UnreadRoom]


class ReadTo(Struct, forbid_unknown_fields=True):
    """Everything up to `seq` is read. `generation`: see the frame `read`."""

    seq: Seq
    generation: Seq | None = None


class UnreadFrom(Struct, forbid_unknown_fields=True):
    """What stands at `seq`, and all that follows, is unread."""

    seq: Annotated[int, Meta(ge=1, le=2**53)]


READING = (
    Operation(
        "get",
        "/api/unread",
        "How much is unread in one's rooms.",
        {200: UnreadList},
        query=UnreadQuery,
    ),
    Operation(
        "put",
        "/api/rooms/{number}/read",
        "Everything up to a place of a room is read; that never goes backward.",
        {200: UnreadRoom},
        body=ReadTo,
        refusals=(404,),
    ),
    Operation(
        "put",
        "/api/rooms/{number}/unread",
        "A message of a room is unread again, and all that follow.",
        {200: UnreadRoom},
        body=UnreadFrom,
        refusals=(404,),
    ),
)


def reading_api(node: Node, visitors: Visitors) -> Blueprint:
    """`/api/unread`, and one's own read position in a room."""
    routes = Blueprint("reading", __name__)

    def move(session: Session, number: int, command: Command) -> Response:
        node.store.run(command)
        found = reading.unread(node.store, session.user, [number])
        if not found:
            raise no_room()
        return answer(UnreadRoom(*found[0]))

    @routes.get("/api/unread")
    def unread() -> Response:
        session = visitors.signed_in()
        wanted = query(UnreadQuery).rooms
        numbers = None if wanted is None else [int(each) for each in wanted.split(",")]
        found = reading.unread(node.store, session.user, numbers)
        return answer(UnreadList([UnreadRoom(*each) for each in found]))

    @routes.put("/api/rooms/<id:number>/read")
    def read(number: int) -> Response:
        session = visitors.signed_in()
        wanted = body(ReadTo)
        return move(session, number, reading.MarkRead(session.user, number, wanted.seq, wanted.generation))

    @routes.put("/api/rooms/<id:number>/unread")
    def mark_unread(number: int) -> Response:
        session = visitors.signed_in()
        return move(session, number, reading.MarkUnread(session.user, number, body(UnreadFrom).seq))

    return routes
