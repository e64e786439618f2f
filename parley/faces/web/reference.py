"""Every operation of the API: what it takes, what it answers, how it may refuse. `openapi.py` tells it to programs."""

from parley.faces.web.attention import ATTENTION
from parley.faces.web.export import EXPORT
from parley.faces.web.files import FILES
from parley.faces.web.messages import MessageList, MessageQuery, NewMessage, NewText
from parley.faces.web.operation import JSON, Operation
from parley.faces.web.operations import EXPOSITION, Health, Stats
from parley.faces.web.pictures import PICTURES
from parley.faces.web.preferences import Preferences, PreferencesChange
from parley.faces.web.reading import ReadTo, UnreadFrom, UnreadList, UnreadQuery, UnreadRoom
from parley.faces.web.removal import Farewell, Removing
from parley.faces.web.rooms import (
    Member,
    MemberList,
    MemberQuery,
    NewRole,
    NewRoom,
    Pins,
    RoomChange,
    RoomDetails,
    RoomList,
    RoomQuery,
)
from parley.faces.web.search import SearchQuery, SearchResults
from parley.faces.web.sessions import SessionList
from parley.faces.web.sign_in import Entrance, SignIn
from parley.faces.web.threads import THREADS
from parley.faces.web.tokens import NewToken, Token, TokenList
from parley.faces.web.users import NewUser, UserChange, UserList, UserQuery
from parley.wire import Message, User

OPERATIONS = (
    Operation(
        "post",
        "/sign-in",
        "Sign in from a page: the answer sets the session cookie. Needs an Origin header that names this server.",
        {200: Entrance, 201: Entrance},
        login="anyone",
        body=SignIn,
        refusals=(401, 403, 429, 503),
    ),
    Operation(
        "post",
        "/sign-out",
        "End the session of the cookie, if there is one. Needs an Origin header that names this server.",
        {204: None},
        login="anyone",
        refusals=(403, 503),
    ),
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
    Operation("get", "/api/users/{number}/preferences", "What one likes.", {200: Preferences}, refusals=(403, 404)),
    Operation(
        "patch",
        "/api/users/{number}/preferences",
        "Change what one likes.",
        {200: Preferences},
        body=PreferencesChange,
        refusals=(404,),
    ),
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
    Operation(
        "post",
        "/api/tokens",
        "Get a token, good for 90 days.",
        {200: Token},
        login="password",
        body=NewToken,
        body_required=False,
        refusals=(401, 403, 429, 503),
    ),
    Operation("get", "/api/tokens", "The tokens of one's programs.", {200: TokenList}),
    Operation("delete", "/api/tokens", "Revoke the token with which this request is made.", {204: None}),
    Operation("delete", "/api/tokens/{number}", "Revoke one of one's tokens.", {204: None}, refusals=(404,)),
    Operation("get", "/api/sessions", "The browsers in which one is signed in.", {200: SessionList}),
    Operation("delete", "/api/sessions", "Sign out in every browser but this one.", {204: None}),
    Operation("delete", "/api/sessions/{number}", "Sign out in one browser.", {204: None}, refusals=(404,)),
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
    *THREADS,
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
    *ATTENTION,
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
    Operation(
        "get",
        "/api/search",
        "A page of the messages that fit a query, of all that one may read.",
        {200: SearchResults},
        query=SearchQuery,
    ),
    *FILES,
    *PICTURES,
    EXPORT,
    Operation("get", "/stats", "Figures.", {200: Stats}, login="reader"),
    Operation("get", "/healthz", "Whether the process lives.", {200: Health}, login="anyone"),
    Operation(
        "get",
        "/readyz",
        "Whether requests should be sent here: the database answers, and the server is not stopping.",
        {200: Health},
        login="anyone",
        refusals=(503,),
    ),
    Operation("get", "/metrics", "Figures for Prometheus.", {200: EXPOSITION}, login="anyone"),
    Operation("get", "/api/openapi.json", "This document.", {200: JSON}, login="anyone"),
)
