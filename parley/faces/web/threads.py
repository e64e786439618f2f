"""Threads over the API: following them, and what is new in them. Their replies are messages, see `messages.py`."""

from flask import Blueprint, Response
from msgspec import Struct

from parley.core import threads
from parley.core.threads import Follow, MarkThreadRead, Standing
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body, query
from parley.faces.web.operation import Operation
from parley.faces.web.users import Limit
from parley.node import Node
from parley.wire import Id, Message, Seq


class ThreadQuery(Struct, forbid_unknown_fields=True):
    """Which of the threads that one follows: those under messages with an id below `before`, the newest message first;
    or, with `unread`, those with unread replies, the newest reply first, and no further page.
    """

    unread: bool = False
    before: Id | None = None
    limit: Limit = 50


class FollowedThread(Struct):
    """The message that a thread is under, and how who asks stands to it.

    `read`: up to which place they have read it; `unread`: how many replies of others came after that. Both are 0 for
    who does not follow it.
    """

    message: Message
    following: bool
    read: int
    unread: int


class ThreadList(Struct):
    """A page of threads. `more`: ask again with `before` set to the last message's id."""

    threads: list[FollowedThread]
    more: bool


class ThreadRead(Struct, forbid_unknown_fields=True):
    """Everything up to this place is read."""

    seq: Seq


THREADS = (
    Operation(
        "get",
        "/api/threads",
        "A page of the threads that one follows, the newest root first; or of those with unread replies.",
        {200: ThreadList},
        query=ThreadQuery,
    ),
    Operation(
        "get",
        "/api/threads/{number}",
        "How one stands to the thread under a message.",
        {200: FollowedThread},
        refusals=(404,),
    ),
    Operation(
        "put",
        "/api/threads/{number}",
        "Follow the thread under a message. Twice is once.",
        {200: FollowedThread},
        refusals=(404,),
    ),
    Operation(
        "delete",
        "/api/threads/{number}",
        "Follow it no longer. Twice is once.",
        {200: FollowedThread},
        refusals=(404,),
    ),
    Operation(
        "put",
        "/api/threads/{number}/read",
        "Say how far one has read a thread that one follows; it never goes backward.",
        {200: FollowedThread},
        body=ThreadRead,
        refusals=(404,),
    ),
)


def threads_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/threads`, by the ids of the messages they are under."""
    routes = Blueprint("threads", __name__)

    def shown(user: int, number: int) -> Response:
        return answer(_shown(threads.standing(node.store, user, number)))

    @routes.get("/api/threads")
    def page() -> Response:
        session = visitors.signed_in()
        wanted = query(ThreadQuery)
        if wanted.unread:
            found, more = threads.unread(node.store, session.user, limit=wanted.limit)
        else:
            found, more = threads.followed(node.store, session.user, before=wanted.before, limit=wanted.limit)
        return answer(ThreadList([_shown(each) for each in found], more))

    @routes.get("/api/threads/<id:number>")
    def look(number: int) -> Response:
        return shown(visitors.signed_in().user, number)

    @routes.put("/api/threads/<id:number>")
    def follow(number: int) -> Response:
        return turn(number, on=True)

    @routes.delete("/api/threads/<id:number>")
    def unfollow(number: int) -> Response:
        return turn(number, on=False)

    def turn(number: int, *, on: bool) -> Response:
        session = visitors.signed_in()
        node.limits.spend("post", session.user)
        node.store.run(Follow(session.user, number, on))
        return shown(session.user, number)

    @routes.put("/api/threads/<id:number>/read")
    def mark_read(number: int) -> Response:
        session = visitors.signed_in()
        seq = body(ThreadRead).seq
        node.limits.spend("post", session.user)
        root = threads.standing(node.store, session.user, number).root.id
        node.store.run(MarkThreadRead(session.user, root, seq))
        return shown(session.user, number)

    return routes


def _shown(standing: Standing) -> FollowedThread:
    root, followed = standing
    if followed is None:
        return FollowedThread(root, False, 0, 0)
    return FollowedThread(root, True, followed.read, followed.unread)
