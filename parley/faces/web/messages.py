"""Messages over the API: posting, paging, changing, deleting, reacting."""

from flask import Blueprint, Response
from msgspec import UNSET, Struct, UnsetType

from parley.core import messages, pins, previews, rooms, threads
from parley.core.rooms import Wanted
from parley.core.sessions import Session
from parley.core.threads import Stretch
from parley.errors import Invalid
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer, body, no_content, query
from parley.faces.web.operation import Operation
from parley.faces.web.users import Limit, UnixTime
from parley.node import Node
from parley.store.batch import Command
from parley.wire import Id, Key, Message, Posted, Seq


class NewMessage(Struct, forbid_unknown_fields=True):
    """A message to post; the room is the general one unless given, or that of the message it replies to.

    The same key again posts nothing new.
    `files` are ids that `POST /api/files` gave; with them, the text may be empty.
    """

    source: str
    room: Id | UnsetType = UNSET
    key: Key | UnsetType = UNSET
    reply_to: Id | UnsetType = UNSET
    files: Posted = []


class NewText(Struct, forbid_unknown_fields=True):
    """Another text for one's own message."""

    source: str


class MessageQuery(Struct, forbid_unknown_fields=True):
    """Which messages of a room, the general one unless given; without a cursor the newest.

    `after` is a cursor: everything that changed later, in that order. `before`, `beyond` and `around` are places: older
    messages, newer ones, and those on both sides, by `seq`. `updated_since` is a Unix time. They exclude each other.
    With `thread`, the id of a message, the replies under it: the last ones, those `before` a place, or those `beyond`.
    """

    room: Id | None = None
    after: Seq | None = None
    before: Seq | None = None
    beyond: Seq | None = None
    around: Seq | None = None
    updated_since: UnixTime | None = None
    thread: Id | None = None
    limit: Limit = 50


class MessageList(Struct):
    """A page of a room. `to` is the cursor to ask with next, `after` it; `more`: there is more of this page's kind.

    With `around`, `more` says that there are older ones, and `newer` that there are newer ones.
    """

    messages: list[Message]
    room: int
    to: int
    more: bool
    newer: bool | UnsetType = UNSET


MESSAGES = (
    Operation(
        "post",
        "/api/messages",
        "Post a message. With a key used before, the earlier message is the answer and nothing is posted.",
        {201: Message},
        body=NewMessage,
        refusals=(404, 409),
    ),
    Operation(
        "get",
        "/api/messages",
        "A page of a room, or of a thread.",
        {200: MessageList},
        login="reader",
        query=MessageQuery,
        refusals=(404,),
    ),
    Operation("get", "/api/messages/{number}", "One message.", {200: Message}, login="reader", refusals=(404,)),
    Operation(
        "put",
        "/api/messages/{number}",
        "Change the text of one's own message.",
        {200: Message},
        body=NewText,
        refusals=(404, 409),
    ),
    Operation(
        "delete",
        "/api/messages/{number}",
        "Delete a message: one's own, or another's where one keeps order; its place stays, empty. Twice is once.",
        {204: None},
        refusals=(404, 409),
    ),
    Operation(
        "put",
        "/api/messages/{number}/pin",
        "Pin a message in its room. Twice is once.",
        {200: Message},
        refusals=(404, 409),
    ),
    Operation(
        "delete",
        "/api/messages/{number}/pin",
        "Take a pinned message off. Twice is once.",
        {200: Message},
        refusals=(404, 409),
    ),
    Operation(
        "delete",
        "/api/messages/{number}/previews/{position}",
        "Remove a link preview below one's own message, for good. Twice is once.",
        {204: None},
        refusals=(404, 409),
    ),
    Operation(
        "put",
        "/api/messages/{number}/reactions/{emoji}",
        "Put an emoji under a message. Twice is once.",
        {200: Message},
        refusals=(400, 404, 409),
    ),
    Operation(
        "delete",
        "/api/messages/{number}/reactions/{emoji}",
        "Take one's emoji back. Twice is once.",
        {200: Message},
        refusals=(400, 404, 409),
    ),
)


def messages_api(node: Node, visitors: Visitors) -> Blueprint:
    """The resource `/api/messages` and what hangs under a message."""
    routes = Blueprint("messages", __name__)

    def run(session: Session, command: Command) -> Message:
        node.limits.spend("post", session.user)
        changed: Message = node.store.run(command).message
        return changed

    @routes.post("/api/messages")
    def post() -> Response:
        session = visitors.signed_in()
        new = body(NewMessage)
        key = None if new.key is UNSET else new.key
        reply_to = None if new.reply_to is UNSET else new.reply_to
        room = new.room
        if room is UNSET:
            room = node.store.general if reply_to is None else threads.root(node.store, session.user, reply_to).room
        message = run(session, messages.Post(session.user, room, new.source, key, node.rules, reply_to, new.files))
        if key is not None:  # perhaps posted long ago and changed since
            message = rooms.message(node.store, session.user, message.id)
        return answer(message, 201, f"/api/messages/{message.id}")

    @routes.get("/api/messages")
    def page() -> Response:
        reader = visitors.reader()
        wanted = query(MessageQuery)
        if wanted.thread is not None:
            return thread(reader, wanted, wanted.thread)
        room = wanted.room or node.store.general
        cut = Wanted(wanted.after, wanted.before, wanted.beyond, wanted.around, wanted.updated_since, wanted.limit)
        found = rooms.page(node.store, reader, room, cut)
        newer = found.newer if wanted.around is not None else UNSET
        return answer(MessageList(found.messages, room, found.to, found.more, newer))

    def thread(reader: int | None, wanted: MessageQuery, under: int) -> Response:
        if (wanted.room, wanted.after, wanted.around, wanted.updated_since) != (None, None, None, None):
            raise Invalid("A page of a thread is before a place or beyond it, and in its room; leave out the rest.")
        root, found = threads.page(node.store, reader, under, Stretch(wanted.before, wanted.beyond, wanted.limit))
        return answer(MessageList(found.messages, root.room, found.to, found.more))

    @routes.get("/api/messages/<id:number>")
    def show(number: int) -> Response:
        return answer(rooms.message(node.store, visitors.reader(), number))

    @routes.put("/api/messages/<id:number>")
    def edit(number: int) -> Response:
        session = visitors.signed_in()
        return answer(run(session, messages.Edit(session.user, number, body(NewText).source, node.rules)))

    @routes.delete("/api/messages/<id:number>")
    def delete(number: int) -> Response:
        session = visitors.signed_in()
        run(session, messages.Delete(session.user, number))
        return no_content()

    @routes.put("/api/messages/<id:number>/pin")
    def pin(number: int) -> Response:
        session = visitors.signed_in()
        return answer(run(session, pins.Pin(session.user, number, on=True)))

    @routes.delete("/api/messages/<id:number>/pin")
    def take_off(number: int) -> Response:
        session = visitors.signed_in()
        return answer(run(session, pins.Pin(session.user, number, on=False)))

    @routes.delete("/api/messages/<id:number>/previews/<id:position>")
    def remove_preview(number: int, position: int) -> Response:
        session = visitors.signed_in()
        run(session, previews.Remove(session.user, number, position))
        return no_content()

    @routes.put("/api/messages/<id:number>/reactions/<emoji>")
    def react(number: int, emoji: str) -> Response:
        session = visitors.signed_in()
        return answer(run(session, messages.React(session.user, number, emoji, on=True)))

    @routes.delete("/api/messages/<id:number>/reactions/<emoji>")
    def take_back(number: int, emoji: str) -> Response:
        session = visitors.signed_in()
        return answer(run(session, messages.React(session.user, number, emoji, on=False)))

    return routes
