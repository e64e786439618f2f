"""Rooms over the API: making, finding, describing and archiving them, and who is in them."""

from typing import Annotated, Literal

from flask import Blueprint, Response
from msgspec import UNSET, Meta, Struct, UnsetType

from parley.core import directory, membership, pins, room_changes
from parley.core.conversations import OpenConversation, Opened
from parley.core.directory import Listed
from parley.core.sessions import Session
from parley.errors import Invalid
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body, no_content, query
from parley.faces.web.users import Limit
from parley.node import Node
from parley.seats import History, Role, people_in
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


class NewRole(Struct, forbid_unknown_fields=True):
    """What somebody is in a room."""

    role: Role


class RoomQuery(Struct, forbid_unknown_fields=True):
    """Which rooms: one's own, or those that one may join (`public`); in order of id, those above `after`."""

    public: bool = False
    after: Seq = 0
    limit: Limit = 50


class MemberQuery(Struct, forbid_unknown_fields=True):
    """Which members: in order of id, those above `after`."""

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


class Member(Struct):
    """Somebody in a room."""

    user: int
    role: str
    joined_at: Instant


class MemberList(Struct):
    """A page of members. `more`: ask again with `after` set to the last user."""

    members: list[Member]
    more: bool


def rooms_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/rooms` and who is in each."""
    routes = Blueprint("rooms", __name__)

    def run(session: Session, command: Command) -> None:
        node.limits.spend("post", session.user)
        node.store.run(command)

    def shown(session: Session, number: int) -> Response:
        return answer(_details(directory.room(node.store, session.user, number)))

    @routes.post("/api/rooms")
    def create() -> Response:
        session = visitors.signed_in()
        new = body(NewRoom)
        node.limits.spend("post", session.user)
        made: Opened | int = node.store.run(_creation(session.user, new))
        number, fresh = made if isinstance(made, Opened) else (made, True)
        details = _details(directory.room(node.store, session.user, number))
        return answer(details, 201, f"/api/rooms/{number}") if fresh else answer(details)

    @routes.get("/api/rooms")
    def look_around() -> Response:
        session = visitors.signed_in()
        wanted = query(RoomQuery)
        find = directory.joinable if wanted.public else directory.mine
        found, more = find(node.store, session.user, Listed(wanted.after, wanted.limit))
        return answer(RoomList([_details(row) for row in found], more))

    @routes.get("/api/rooms/<id:number>")
    def look(number: int) -> Response:
        return shown(visitors.signed_in(), number)

    @routes.patch("/api/rooms/<id:number>")
    def change(number: int) -> Response:
        session = visitors.signed_in()
        run(session, _change(session.user, number, body(RoomChange)))
        return shown(session, number)

    @routes.get("/api/rooms/<id:number>/pins")
    def pinned(number: int) -> Response:
        return answer(Pins(pins.pinned(node.store, visitors.reader(), number)))

    @routes.get("/api/rooms/<id:number>/members")
    def members(number: int) -> Response:
        session = visitors.signed_in()
        wanted = query(MemberQuery)
        found, more = directory.members(node.store, session.user, number, Listed(wanted.after, wanted.limit))
        return answer(MemberList([Member(*row) for row in found], more))

    @routes.put("/api/rooms/<id:number>/members/<id:user>")
    def seat(number: int, user: int) -> Response:
        session = visitors.signed_in()
        if user == session.user:
            run(session, membership.JoinRoom(user, number))
        else:
            run(session, membership.InviteMember(session.user, number, user))
        return shown(session, number)

    @routes.patch("/api/rooms/<id:number>/members/<id:user>")
    def change_role(number: int, user: int) -> Response:
        session = visitors.signed_in()
        run(session, membership.ChangeRole(session.user, number, user, body(NewRole).role))
        return answer(Member(*directory.member(node.store, session.user, number, user)))

    @routes.delete("/api/rooms/<id:number>/members/<id:user>")
    def unseat(number: int, user: int) -> Response:
        session = visitors.signed_in()
        if user == session.user:
            run(session, membership.LeaveRoom(user, number))
        else:
            run(session, membership.RemoveMember(session.user, number, user))
        return no_content()

    return routes


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
