"""Who may do what: every route and every frame, walked as each kind of person. A new one belongs into its table."""

import itertools
import re
from typing import Any, get_args

import pytest

from parley import wire
from parley.core.files import Add
from parley.core.membership import ChangeRole, InviteMember, RemoveMember
from parley.core.messages import Post
from parley.core.room_changes import CreateRoom
from parley.core.sessions import Issue
from parley.faces.web.reference import OPERATIONS
from parley.store.files import NewFile
from tests.api import PASSWORD, Api, Caller
from tests.running import Frame, Person, serving

_numbers = itertools.count(1)
PEOPLE = ("anonymous", "outsider", "removed", "member", "moderator", "owner")
FRIENDS = ("friend", "fellow")  # further members: one is a moderator
NAME = {"name": "name {number}"}
NIGHT = {"from": "22:00", "to": "07:00", "timezone": "Europe/Berlin"}
CREDENTIALS = {"nickname": "name {number}", "password": PASSWORD}

# A private room {room} with a message of its owner, {message}, and two further members, {friend} and {fellow}, who is a
# moderator; {stranger} is in none; {self} is who asks. What each of PEOPLE is answered.
ROUTES: list[tuple[str, str, Any, str]] = [
    ("GET", "/api/messages?room={room}", None, "401 404 404 200 200 200"),
    ("GET", "/api/messages?room={room}&after=0", None, "401 404 404 200 200 200"),
    ("GET", "/api/messages?room={room}&before=9", None, "401 404 404 200 200 200"),
    ("GET", "/api/messages?room={room}&around=9", None, "401 404 404 200 200 200"),
    ("GET", "/api/messages?room={room}&beyond=0", None, "401 404 404 200 200 200"),
    ("POST", "/api/messages", {"source": "x", "room": "{room}"}, "401 404 404 201 201 201"),
    ("GET", "/api/messages/{message}", None, "401 404 404 200 200 200"),
    ("PUT", "/api/messages/{message}", {"source": "x"}, "401 404 404 403 403 200"),
    ("DELETE", "/api/messages/{message}", None, "401 404 404 403 204 204"),
    ("DELETE", "/api/messages/{message}/previews/0", None, "401 404 404 403 403 204"),
    ("PUT", "/api/messages/{message}/reactions/👍", None, "401 404 404 200 200 200"),
    ("DELETE", "/api/messages/{message}/reactions/👍", None, "401 404 404 200 200 200"),
    ("GET", "/api/messages?thread={message}", None, "401 404 404 200 200 200"),
    ("POST", "/api/messages", {"source": "x", "reply_to": "{message}"}, "401 404 404 201 201 201"),
    ("PUT", "/api/messages/{message}/pin", None, "401 404 404 200 200 200"),
    ("DELETE", "/api/messages/{message}/pin", None, "401 404 404 200 200 200"),
    ("GET", "/api/rooms/{room}/pins", None, "401 404 404 200 200 200"),
    ("GET", "/api/threads", None, "401 200 200 200 200 200"),
    ("GET", "/api/threads/{message}", None, "401 404 404 200 200 200"),
    ("PUT", "/api/threads/{message}", None, "401 404 404 200 200 200"),
    ("DELETE", "/api/threads/{message}", None, "401 404 404 200 200 200"),
    ("PUT", "/api/threads/{message}/read", {"seq": 1}, "401 404 404 200 200 200"),
    ("POST", "/api/rooms", NAME, "401 201 201 201 201 201"),
    ("GET", "/api/rooms", None, "401 200 200 200 200 200"),
    ("GET", "/api/rooms/{room}", None, "401 404 404 200 200 200"),
    ("PATCH", "/api/rooms/{room}", NAME, "401 404 404 403 200 200"),
    ("PATCH", "/api/rooms/{room}", {"topic": "x"}, "401 404 404 403 200 200"),
    ("PATCH", "/api/rooms/{room}", {"history": "joined"}, "401 404 404 403 403 200"),
    ("PATCH", "/api/rooms/{room}", {"archived": True}, "401 404 404 403 403 200"),
    ("GET", "/api/rooms/{room}/members", None, "401 404 404 200 200 200"),
    ("PUT", "/api/rooms/{room}/members/{stranger}", None, "401 404 404 403 200 200"),
    ("PUT", "/api/rooms/{room}/members/{self}", None, "401 404 404 200 200 200"),
    ("PATCH", "/api/rooms/{room}/members/{friend}", {"role": "moderator"}, "401 404 404 403 403 200"),
    ("DELETE", "/api/rooms/{room}/members/{friend}", None, "401 404 404 403 204 204"),
    ("DELETE", "/api/rooms/{room}/members/{fellow}", None, "401 404 404 403 403 204"),
    ("DELETE", "/api/rooms/{room}/members/{self}", None, "401 404 404 204 204 409"),
    ("PUT", "/api/rooms/{room}/read", {"seq": 1}, "401 404 404 200 200 200"),
    ("PUT", "/api/rooms/{room}/unread", {"seq": 1}, "401 404 404 200 200 200"),
    ("GET", "/api/rooms/{room}/me", None, "401 404 404 200 200 200"),
    ("PATCH", "/api/rooms/{room}/me", {"notify": "nothing"}, "401 404 404 200 200 200"),
    ("GET", "/api/users/{self}/quiet", None, "401 200 200 200 200 200"),
    ("GET", "/api/users/{friend}/quiet", None, "401 403 403 403 403 403"),
    ("PUT", "/api/users/{self}/quiet", NIGHT, "401 200 200 200 200 200"),
    ("PUT", "/api/users/{friend}/quiet", NIGHT, "401 403 403 403 403 403"),
    ("DELETE", "/api/users/{self}/quiet", None, "401 204 204 204 204 204"),
    ("DELETE", "/api/users/{friend}/quiet", None, "401 403 403 403 403 403"),
    ("GET", "/api/messages/{message}/notification", None, "401 404 404 200 200 200"),
    ("GET", "/api/unread", None, "401 200 200 200 200 200"),
    ("GET", "/api/search?q=x", None, "401 200 200 200 200 200"),
    ("GET", "/api/search?q=in:“den {number}”", None, "401 400 400 400 400 400"),
    ("POST", "/api/users", CREDENTIALS, "201 201 201 201 201 201"),
    ("GET", "/api/users", None, "401 200 200 200 200 200"),
    ("GET", "/api/users/{self}", None, "401 200 200 200 200 200"),
    ("GET", "/api/users/{friend}", None, "401 403 403 403 403 403"),
    ("PUT", "/api/users/{friend}", {"nickname": "x"}, "401 403 403 403 403 403"),
    ("PUT", "/api/users/{friend}", {"password": "another one"}, "401 403 403 403 403 403"),
    ("PUT", "/api/users/{friend}", {"banned": True}, "401 403 403 403 403 403"),
    ("PUT", "/api/users/{friend}", {"name": "x"}, "401 403 403 403 403 403"),
    ("PUT", "/api/users/{self}", {"name": "x"}, "401 200 200 200 200 200"),
    ("GET", "/api/users/{self}/preferences", None, "401 200 200 200 200 200"),
    ("GET", "/api/users/{friend}/preferences", None, "401 403 403 403 403 403"),
    ("PATCH", "/api/users/{self}/preferences", {"typing": True}, "401 200 200 200 200 200"),
    ("PATCH", "/api/users/{friend}/preferences", {"typing": False}, "401 403 403 403 403 403"),
    ("POST", "/api/tokens", None, "401 401 401 401 401 401"),  # by password alone
    ("PUT", "/api/users/{self}/picture", None, "401 400 400 400 400 400"),  # nothing is no picture
    ("PUT", "/api/users/{friend}/picture", None, "401 403 403 403 403 403"),
    ("DELETE", "/api/users/{self}/picture", None, "401 200 200 200 200 200"),
    ("DELETE", "/api/users/{friend}/picture", None, "401 403 403 403 403 403"),
    ("GET", "/pictures/{friend}/none/96", None, "401 404 404 404 404 404"),
    ("GET", "/api/users/{self}/export", None, "401 200 200 200 200 200"),
    ("GET", "/api/users/{friend}/export", None, "401 403 403 403 403 403"),
    ("POST", "/api/users/{self}/removal", {"password": "wrong one", "messages": "go"}, "401 403 403 403 403 403"),
    ("POST", "/api/users/{friend}/removal", {"password": PASSWORD, "messages": "go"}, "401 403 403 403 403 403"),
    ("GET", "/api/removals/{number}", None, "404 404 404 404 404 404"),  # without its key
    ("GET", "/api/tokens", None, "401 200 200 200 200 200"),
    ("DELETE", "/api/tokens", None, "401 204 204 204 204 204"),
    ("DELETE", "/api/tokens/{token}", None, "401 404 404 404 404 404"),  # of somebody else
    ("GET", "/api/sessions", None, "401 200 200 200 200 200"),
    ("DELETE", "/api/sessions", None, "401 204 204 204 204 204"),
    ("DELETE", "/api/sessions/{session}", None, "401 404 404 404 404 404"),
    ("POST", "/sign-in", {**CREDENTIALS, "create": True}, "403 403 403 403 403 403"),  # from our own page alone
    ("POST", "/sign-out", None, "403 403 403 403 403 403"),
    ("POST", "/api/files?name=x.txt", None, "401 400 400 400 400 400"),  # nothing
    ("GET", "/api/files/{file}", None, "401 404 404 200 200 200"),
    ("GET", "/files/{file}/x.txt", None, "401 404 404 200 200 200"),
    ("GET", "/files/{file}/thumbnail", None, "401 404 404 200 200 200"),
    ("DELETE", "/api/files/{file}", None, "401 404 404 404 404 404"),  # in a message
    ("GET", "/api/files/{loose}", None, "401 404 404 404 404 200"),
    ("GET", "/files/{loose}/x.txt", None, "401 404 404 404 404 200"),
    ("DELETE", "/api/files/{loose}", None, "401 404 404 404 404 204"),
    ("GET", "/stats", None, "401 200 200 200 200 200"),
    ("GET", "/healthz", None, "200 200 200 200 200 200"),
    ("GET", "/readyz", None, "200 200 200 200 200 200"),
    ("GET", "/metrics", None, "200 200 200 200 200 200"),
    ("GET", "/api/openapi.json", None, "200 200 200 200 200 200"),
]

# Of a message of the room's owner; "ok" is an ack. Without a session there is no socket.
FRAMES: list[tuple[Frame, str]] = [
    ({"type": "post", "room": "{room}", "source": "x"}, "not_found not_found ok ok ok"),
    ({"type": "post", "room": "{room}", "source": "x", "reply_to": "{message}"}, "not_found not_found ok ok ok"),
    ({"type": "follow", "message": "{message}", "on": True}, "not_found not_found ok ok ok"),
    ({"type": "pin", "message": "{message}", "on": True}, "not_found not_found ok ok ok"),
    ({"type": "edit", "message": "{message}", "source": "x"}, "not_found not_found denied denied ok"),
    ({"type": "react", "message": "{message}", "emoji": "👍", "on": True}, "not_found not_found ok ok ok"),
    ({"type": "delete", "message": "{message}"}, "not_found not_found denied ok ok"),
]
UNANSWERED = {
    "hello",
    "ping",
    "watch",
    "read",
    "unread",
    "typing",
}  # no ack: tests/test_gateway_rooms.py says who hears them


def filled(template: Any, values: dict[str, int]) -> Any:
    """A body with its places filled: a place alone is a number."""
    if isinstance(template, dict):
        return {name: filled(each, values) for name, each in template.items()}
    if isinstance(template, str) and (whole := re.fullmatch(r"{(\w+)}", template)):
        return values[whole[1]]
    return template.format_map(values) if isinstance(template, str) else template


# ── over HTTP ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def people(shared: Api) -> dict[str, int]:
    return {name: shared.person(f"the {name}").id for name in (*PEOPLE[1:], *FRIENDS, "stranger")}


def den(api: Api, people: dict[str, int]) -> dict[str, int]:
    """A room as the table says; what its places are filled with."""
    run, owner, number = api.node.store.run, people["owner"], next(_numbers)
    room = run(CreateRoom(owner, f"den {number}", "private"))
    for each in ("member", "moderator", "removed", *FRIENDS):
        run(InviteMember(owner, room, people[each]))
    for each in ("moderator", "fellow"):
        run(ChangeRole(owner, room, people[each], "moderator"))
    run(RemoveMember(owner, room, people["removed"]))
    file, loose = (
        run(Add(NewFile(owner, f"{kind} {number}", "x.txt", "text/plain", 1, 1, 1, 1), 1_000_000)).id for kind in "ab"
    )
    message = run(Post(owner, room, "See https://a.example/", files=(file,))).message.id
    token, session = (run(Issue(people["stranger"], kind)).token for kind in ("api", "session"))
    return {
        **people,
        "number": number,
        "room": room,
        "message": message,
        "token": token,
        "session": session,
        "file": file,
        "loose": loose,
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "answers"), ROUTES, ids=[f"{row[0]} {row[1]} {row[2] or ''}" for row in ROUTES]
)
def test_what_a_route_answers(
    shared: Api, people: dict[str, int], method: str, path: str, body: Any, answers: str
) -> None:
    found = []
    for name in PEOPLE:
        values = {**den(shared, people), "self": people.get(name, people["friend"])}
        caller: Caller = shared.program(people[name]) if name in people else shared.anonymous()
        found.append(str(caller.request(method, path.format_map(values), filled(body, values)).status_code))
    assert " ".join(found) == answers


def test_every_route_is_in_the_table() -> None:
    paths = [(method, path.partition("?")[0]) for method, path, *_ in ROUTES]
    for operation in OPERATIONS:
        pattern = re.sub(r"{\w+}", "[^/]+", operation.path)
        assert any(method == operation.method.upper() and re.fullmatch(pattern, path) for method, path in paths), (
            f"{operation.method} {operation.path}"
        )


# ── over a socket ───────────────────────────────────────────────────────────────────────────────────


def test_what_a_frame_answers(tmp_path_factory: pytest.TempPathFactory) -> None:
    with serving(tmp_path_factory.mktemp("frames") / "instance") as server:
        persons = {name: server.register(f"the {name}") for name in PEOPLE[1:]}
        owner = persons["owner"]
        room = owner.request("POST", "/api/rooms", json={"name": "den", "kind": "private"}).json()["id"]
        path = f"/api/rooms/{room}/members"
        for name in ("member", "moderator", "removed"):
            owner.request("PUT", f"{path}/{persons[name].id}")
        owner.request("PATCH", f"{path}/{persons['moderator'].id}", json={"role": "moderator"})
        owner.request("DELETE", f"{path}/{persons['removed'].id}")
        answers = {name: _answers(person, owner, room) for name, person in persons.items()}
    for number, (frame, expected) in enumerate(FRAMES):
        found = " ".join(answers[name][number] for name in PEOPLE[1:])
        assert found == expected, frame["type"]


def _answers(person: Person, owner: Person, room: int) -> list[str]:
    """What this person is answered to each frame of the table."""
    found = []
    with person.chat() as chat:
        for frame, _ in FRAMES:
            body = {"source": "of the owner", "room": room}
            message = owner.request("POST", "/api/messages", json=body).json()["id"]
            key = f"key {next(_numbers)}"
            chat.send({**filled(frame, {"room": room, "message": message}), "key": key})
            found.append(chat.answer(key).get("code", "ok"))
    return found


def test_every_frame_is_in_the_table() -> None:
    tags = {frame.__struct_config__.tag for frame in get_args(wire.ClientFrame)}
    assert tags == {frame["type"] for frame, _ in FRAMES} | UNANSWERED
