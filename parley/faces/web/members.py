"""Who is in a room, over the API: letting people in, what they are there, leaving and removing."""

from flask import Blueprint, Response
from msgspec import Struct

from parley.core import directory, membership
from parley.core.directory import Listed
from parley.core.sessions import Session
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body, no_content, query
from parley.faces.web.operation import Operation
from parley.faces.web.rooms import RoomDetails, find_room
from parley.faces.web.users import Limit
from parley.node import Node
from parley.seats import Role
from parley.store.batch import Command
from parley.wire import Instant, Seq


class NewRole(Struct, forbid_unknown_fields=True):
    """What somebody is in a room."""

    role: Role


class MemberQuery(Struct, forbid_unknown_fields=True):
    """Which members: in order of id, those above `after`."""

    after: Seq = 0
    limit: Limit = 50


class Member(Struct):
    """Somebody in a room."""

    user: int
    role: str
    joined_at: Instant


class MemberList(Struct):
    """A page of members. `more`: ask again with `after` set to the last user."""

    members: list[Member]
    more: bool


MEMBERS = (
    Operation(
        "get",
        "/api/rooms/{number}/members",
        "A page of who is in a room.",
        {200: MemberList},
        query=MemberQuery,
        refusals=(404,),
    ),
    Operation(
        "put",
        "/api/rooms/{number}/members/{user}",
        "Join a public room, oneself; or let somebody else into a room. Twice is once.",
        {200: RoomDetails},
        refusals=(404, 409),
    ),
    Operation(
        "patch",
        "/api/rooms/{number}/members/{user}",
        "Make somebody owner, moderator or member.",
        {200: Member},
        body=NewRole,
        refusals=(404, 409),
    ),
    Operation(
        "delete",
        "/api/rooms/{number}/members/{user}",
        "Leave a room, oneself; or remove somebody else.",
        {204: None},
        refusals=(404, 409),
    ),
)


def members_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/rooms/ID/members`."""
    routes = Blueprint("members", __name__)

    def run(session: Session, command: Command) -> None:
        node.limits.spend("post", session.user)
        node.store.run(command)

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
        return answer(find_room(node, session.user, number))

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
