"""Rooms over the API: making, finding, describing and archiving them."""

from typing import Annotated, Literal

from flask import Blueprint, Response
from msgspec import UNSET, Meta, Struct, UnsetType

from parley.core import directory, pins, room_changes
from parley.core.conversations import OpenConversation, Opened
from parley.core.directory import Listed
from parley.core.sessions import Session
from parley.errors import Invalid
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body, query
from parley.faces.web.operation import Operation
from parley.faces.web.users import Limit
from parley.node import Node
from parley.seats import History, people_in
from parley.store.batch import Command
from parley.store.directory import RoomRow
from parley.wire import Id, Instant, Message, Seq

People = Annotated[list[Id], Meta(max_length=20)]


class NewRoom(Struct, forbid_unknown_fields=True):
    """A room to make. `history`: those who join later see all of it, or what comes from then on (`joined`).

    A `direct` conversation has `members`, and none of the rest. Any other room has a name, and no members yet.
    """

    kind: Literal["public", "private", "direct"] = "public"
    name: str | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    history: History | UnsetType = UNSET
    members: People | UnsetType = UNSET


class RoomChange(Struct, forbid_unknown_fields=True):
    """What is to be changed of a room. `archived` goes alone."""

    name: str | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    history: History | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class RoomQuery(Struct, forbid_unknown_fields=True):
    """Which rooms: one's own, or those that one may join (`public`); in order of id, those above `after`."""

    public: bool = False
    after: Seq = 0
    limit: Limit = 50


class RoomDetails(Struct):
    """A room and how who asks stands to it; what is of their seat, from `role` on, is null for who is not in it.

    `unread`: others' messages above `read`, which was set back `generation` times. `mentions`: messages that call this
    person, which they have not seen. `people`: who is in a direct conversation.
    """

    id: int
    name: str
    kind: str
    topic: str
    history: str
    created_at: Instant
    archived: bool
    head: int
    members: int
    role: str | None
    read: int | None
    since: int | None
    generation: int | None
    unread: int | None
    mentions: int | None
    people: list[int]


class RoomList(Struct):
    """A page of rooms. `more`: ask again with `after` set to the last id."""

    rooms: list[RoomDetails]
    more: bool


class Pins(Struct):
    """What is pinned in a room, the latest pin first."""

    messages: list[Message]


ROOMS = (
    Operation(
        "post",
        "/api/rooms",
        "Make a room, which one then owns; or open a direct conversation, of which there is one for the same people.",
        {200: RoomDetails, 201: RoomDetails},
        body=NewRoom,
        refusals=(404, 409),
    ),
    Operation(
        "get", "/api/rooms", "A page of one's rooms, or of those that one may join.", {200: RoomList}, query=RoomQuery
    ),
    Operation("get", "/api/rooms/{number}", "A room one is in, or a public one.", {200: RoomDetails}, refusals=(404,)),
    Operation(
        "patch",
        "/api/rooms/{number}",
        "Change the name, the topic or the history of a room, or archive it.",
        {200: RoomDetails},
        body=RoomChange,
        refusals=(404, 409),
    ),
    Operation(
        "get",
        "/api/rooms/{number}/pins",
        "What is pinned in a room, the latest pin first.",
        {200: Pins},
        login="reader",
        refusals=(404,),
    ),
)


def rooms_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/rooms`; who is in each stands in `members.py`."""
    routes = Blueprint("rooms", __name__)

    def run(session: Session, command: Command) -> None:
        node.limits.spend("post", session.user)
        node.store.run(command)

    @routes.post("/api/rooms")
    def create() -> Response:
        session = visitors.signed_in()
        new = body(NewRoom)
        node.limits.spend("post", session.user)
        made: Opened | int = node.store.run(_creation(session.user, new))
        number, fresh = made if isinstance(made, Opened) else (made, True)
        room = find_room(node, session.user, number)
        return answer(room, 201, f"/api/rooms/{number}") if fresh else answer(room)

    @routes.get("/api/rooms")
    def look_around() -> Response:
        session = visitors.signed_in()
        wanted = query(RoomQuery)
        find = directory.joinable if wanted.public else directory.mine
        found, more = find(node.store, session.user, Listed(wanted.after, wanted.limit))
        return answer(RoomList([_details(row) for row in found], more))

    @routes.get("/api/rooms/<id:number>")
    def look(number: int) -> Response:
        return answer(find_room(node, visitors.signed_in().user, number))

    @routes.patch("/api/rooms/<id:number>")
    def change(number: int) -> Response:
        session = visitors.signed_in()
        run(session, _change(session.user, number, body(RoomChange)))
        return answer(find_room(node, session.user, number))

    @routes.get("/api/rooms/<id:number>/pins")
    def pinned(number: int) -> Response:
        return answer(Pins(pins.pinned(node.store, visitors.reader(), number)))

    return routes


def find_room(node: Node, user: int, number: int) -> RoomDetails:
    """A room as this person sees it. Raises NotFound."""
    return _details(directory.room(node.store, user, number))


def _creation(user: int, new: NewRoom) -> Command:
    if new.kind == "direct":
        if (new.name, new.topic, new.history) != (UNSET, UNSET, UNSET) or new.members is UNSET:
            raise Invalid("A direct conversation has members, and no name, topic or history.")
        return OpenConversation(user, new.members)
    if new.members is not UNSET or new.name is UNSET:
        raise Invalid("A room has a name; let its members in when it is there.", code="incomplete")
    topic = "" if new.topic is UNSET else new.topic
    return room_changes.CreateRoom(user, new.name, new.kind, topic, "all" if new.history is UNSET else new.history)


def _change(user: int, number: int, wanted: RoomChange) -> Command:
    name = None if wanted.name is UNSET else wanted.name
    topic = None if wanted.topic is UNSET else wanted.topic
    history = None if wanted.history is UNSET else wanted.history
    rest = (name, topic, history) != (None, None, None)
    if wanted.archived is UNSET:
        if not rest:
            raise Invalid("Give a name, a topic, a history, or archived.", code="incomplete")
        return room_changes.ChangeRoom(user, number, name, topic, history)
    if rest:
        raise Invalid("archived goes alone; send the rest in a request of its own.")
    return room_changes.ArchiveRoom(user, number, wanted.archived)


def _details(row: RoomRow) -> RoomDetails:
    return RoomDetails(
        *(row.id, row.name, row.kind, row.topic, row.history, row.created_at, row.archived_at is not None),
        *(row.head, row.members, row.role, row.read, row.since),
        *(row.generation, row.unread, row.mentions, people_in(row.name_key)),
    )
