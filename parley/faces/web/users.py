"""People over the API: registering, looking around, changing one's own account, banning."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, Response
from msgspec import UNSET, Meta, Struct, UnsetType

from parley import names
from parley.core import accounts, people, profiles
from parley.core.accounts import Ban
from parley.core.people import Sought
from parley.core.profiles import Profile
from parley.core.sessions import Issued, Session
from parley.errors import Denied, Invalid, NotFound
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body, query
from parley.faces.web.cookie import SessionCookie
from parley.faces.web.operation import Operation
from parley.node import Node
from parley.store import users
from parley.wire import Id, Instant, Seq, Status, User

Limit = Annotated[int, Meta(ge=1, le=200)]
UnixTime = Annotated[float, Meta(ge=0, le=253402300799)]  # seconds; the year 9999 is far enough
Ids = Annotated[str, Meta(pattern=r"^[0-9]{1,15}(,[0-9]{1,15}){0,99}$", description="1 to 100 ids, as 1,2,3.")]
Part = Annotated[
    str, Meta(min_length=1, max_length=64, description="A part of a name; case and accents do not matter.")
]


class NewUser(Struct, forbid_unknown_fields=True):
    """Somebody who registers."""

    nickname: str
    password: str


class NewStatus(Struct, forbid_unknown_fields=True):
    """What somebody is up to: an emoji, or its `:name:`, and up to 80 characters; `until` it ends by itself."""

    emoji: str = ""
    text: str = ""
    until: Instant | UnsetType = UNSET


class UserChange(Struct, forbid_unknown_fields=True):
    """What is to be changed of an account; null, or an empty text, removes a name, a status or a time zone.

    A new password needs the `current_password`. `banned` is for admins, about others.
    """

    nickname: str | UnsetType = UNSET
    name: str | UnsetType | None = UNSET
    status: NewStatus | UnsetType | None = UNSET
    timezone: str | UnsetType | None = UNSET
    password: str | UnsetType = UNSET
    current_password: str | UnsetType = UNSET
    banned: bool | UnsetType = UNSET


class UserQuery(Struct, forbid_unknown_fields=True):
    """Which people: in order of id, those above `after`; `online`: only who is here; `ids`: only these.

    `q` goes alone, with `limit` and perhaps `room`: those (in a room of one's own) in whose name this is, the likeliest
    first.
    """

    online: bool = False
    updated_since: UnixTime | None = None
    ids: Ids | None = None
    q: Part | None = None
    room: Id | None = None
    after: Seq = 0
    limit: Limit = 50


class UserList(Struct):
    """A page of people. `more`: ask again with `after` set to the last id."""

    users: list[User]
    more: bool


USERS = (
    Operation(
        "post",
        "/api/users",
        "Register.",
        {201: User},
        login="anyone",
        body=NewUser,
        refusals=(429, 503),
    ),
    Operation(
        "get", "/api/users", "A page of people.", {200: UserList}, login="reader", query=UserQuery, refusals=(404,)
    ),
    Operation("get", "/api/users/{number}", "One's own account.", {200: User}, refusals=(403, 404)),
    Operation(
        "put",
        "/api/users/{number}",
        "Change one's own account; a new password revokes every token. Admins ban others.",
        {200: User},
        body=UserChange,
        refusals=(404, 409),
    ),
)


def users_api(node: Node, visitors: Visitors, cookie: SessionCookie) -> Blueprint:
    """The resource `/api/users`."""
    routes = Blueprint("users", __name__)

    @routes.post("/api/users")
    def register() -> Response:
        new = body(NewUser)
        visitors.spend_attempt(new.nickname)
        registered = node.store.run(accounts.registration(node.store, new.nickname, new.password))
        return answer(find_user(node, registered.id), 201, f"/api/users/{registered.id}")

    @routes.get("/api/users")
    def look_around() -> Response:
        return answer(_page(node, visitors.reader(), query(UserQuery)))

    @routes.get("/api/users/<id:number>")
    def look(number: int) -> Response:
        visitors.themselves(number, "Only one's own account can be read here; others are in GET /api/users?ids=.")
        return answer(find_user(node, number))

    @routes.put("/api/users/<id:number>")
    def change(number: int) -> Response:
        session = visitors.signed_in()
        wanted = body(UserChange)
        if number != session.user:
            return answer(_ban(node, session, number, wanted))
        if wanted.banned is not UNSET:
            raise Denied("Nobody can ban or unban themselves.")
        if wanted == UserChange():
            raise Invalid("Give a nickname, a name, a status, a time zone or a password.", code="incomplete")
        node.limits.spend("post", number)
        profile = profiles.change(number, _profile(wanted))
        renewed = None
        if wanted.nickname is not UNSET or wanted.password is not UNSET:
            renewed = _change(node, visitors, session, wanted)
        if profile.columns:
            node.store.run(profile)
        response = answer(find_user(node, number))
        if renewed is not None:
            cookie.put(response, renewed.secret, renewed.expires_at)
        return response

    return routes


def find_user(node: Node, number: int) -> User:
    """A person as others see them. Raises NotFound."""
    with node.store.reading() as connection:
        row = users.by_id(connection, number)
    if row is None:
        raise NotFound("There is no such person.")
    return people.shown(row, node.presence)


def _page(node: Node, reader: int | None, wanted: UserQuery) -> UserList:
    if wanted.q is not None:
        if (wanted.online, wanted.updated_since, wanted.ids, wanted.after) != (False, None, None, 0):
            raise Invalid("q goes alone, with limit and room.")
        return UserList(*people.find(node.store, node.presence, Sought(wanted.q, wanted.limit, wanted.room, reader)))
    if wanted.room is not None:
        raise Invalid("room goes with q; who is in a room says GET /api/rooms/ID/members.")
    with node.store.reading() as connection:
        rows = users.page(
            connection,
            after=wanted.after,
            updated_since=None if wanted.updated_since is None else datetime.fromtimestamp(wanted.updated_since, UTC),
            limit=wanted.limit + 1,
            among=_among(node, wanted),
        )
    found = [people.shown(row, node.presence) for row in rows[: wanted.limit]]
    return UserList(found, more=len(rows) > wanted.limit)


def _among(node: Node, wanted: UserQuery) -> Sequence[int] | None:
    ids = None if wanted.ids is None else {int(each) for each in wanted.ids.split(",")}
    if wanted.online:
        online = set(node.presence.online())
        ids = online if ids is None else ids & online
    if ids is None:
        return None
    among = sorted(ids)
    if wanted.updated_since is None:  # then the page is known, and the database need not hear of a whole crowd
        return [number for number in among if number > wanted.after][: wanted.limit + 1]
    return among


def _profile(wanted: UserChange) -> Profile:
    new = wanted.status
    status = Status(new.emoji, new.text, new.until) if isinstance(new, NewStatus) else new
    return Profile(wanted.name, status, wanted.timezone)


def _change(node: Node, visitors: Visitors, session: Session, wanted: UserChange) -> Issued | None:
    """The session in the browser goes on after a new password, with another secret; all else ends."""
    nickname = None if wanted.nickname is UNSET else wanted.nickname
    password = None if wanted.password is UNSET else wanted.password
    if password is not None:
        if wanted.current_password is UNSET:
            raise Invalid("A new password needs the present one, as current_password.", code="incomplete")
        visitors.spend_attempt(session.nickname)
        accounts.confirm(node.store, session.user, wanted.current_password)
    kept = session.token if session.kind == "session" else None
    general = node.store.general
    change = accounts.change(session.user, general, nickname=nickname, password=password, kept=kept)
    renewed: Issued | None = node.store.run(change)
    return renewed


def _ban(node: Node, session: Session, number: int, wanted: UserChange) -> User:
    """Only an admin changes something of another, and only whether that person is banned."""
    admins = {names.key(nickname) for nickname in node.settings.admins}
    if names.key(session.nickname) not in admins or wanted not in (UserChange(), UserChange(banned=wanted.banned)):
        raise Denied("Only one's own account can be changed; admins may ban others.")
    if wanted.banned is UNSET:
        raise Invalid('Say whether to ban: {"banned": true} or false.', code="incomplete")
    find_user(node, number)
    row = node.store.run(Ban(number, wanted.banned))
    return people.shown(row, node.presence)
