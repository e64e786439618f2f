"""Random comings and goings on one and two nodes: everybody has of each room what their seats in it allow."""

import random
from collections.abc import Iterator

import pytest

from tests.nodes import Pair, two_servers, until
from tests.running import Chat, Frame, Person, serving

ROUNDS = 60
Span = tuple[int, int | None]  # from an entry of the log up to another one


class Client:
    """A page, as far as rooms go: strict about the order of each log, and it forgets what it leaves."""

    def __init__(self, person: Person, chat: Chat) -> None:
        self.person = person
        self.chat = chat
        self.cursors: dict[int, int] = {}
        self.messages: dict[int, dict[int, Frame]] = {}
        self.live: list[tuple[int, int]] = []  # (room, seq) of what came as an event
        self.rooms = {room["id"]: room for room in chat.welcome["rooms"]}

    def take(self, seconds: float = 10.0) -> None:
        frame = self.chat.receive(seconds)
        match frame["type"]:
            case "room":
                self.rooms[frame["room"]["id"]] = frame["room"]
            case "left":
                for known in (self.rooms, self.cursors, self.messages):
                    known.pop(frame["room"], None)
            case "log":
                room = frame["room"]
                assert room in self.rooms, "a log of a room that nobody spoke of"
                if frame["reset"]:
                    self.messages[room] = {}
                else:
                    assert frame["from"] == self.cursors[room]
                self.messages[room] |= {each["id"]: each for each in frame["messages"]}
                self.cursors[room] = frame["to"]
            case "message":
                room = frame["room"]
                assert frame["seq"] == self.cursors[room] + 1
                self.messages[room][frame["message"]["id"]] = frame["message"]
                self.cursors[room] = frame["seq"]
                self.live.append((room, frame["seq"]))

    def has_all(self, heads: dict[int, int]) -> bool:
        """Whether it is where each room stands that its person is in."""
        while True:
            if self.rooms.keys() == heads.keys() and all(self.cursors.get(room) == seq for room, seq in heads.items()):
                return True
            try:
                self.take(0.2)
            except TimeoutError:
                return False


def page(person: Person, room: int) -> list[Frame]:
    """All that this person may see of a room."""
    answer = person.get("/api/messages", room=room, after=0, limit=200)
    assert answer.status_code == 200, answer.text
    assert not answer.json()["more"]
    found: list[Frame] = answer.json()["messages"]
    return found


def spans(log: list[Frame], user: int) -> list[Span]:
    """When somebody had a seat, by the log of the room."""
    found: list[Span] = []
    for each in sorted(log, key=lambda message: int(message["seq"])):
        came = (each["kind"] in ("joined", "created") and each["author"] == user) or (
            each["kind"] == "invited" and each["source"] == str(user)
        )
        went = (each["kind"] == "left" and each["author"] == user) or (
            each["kind"] == "removed" and each["source"] == str(user)
        )
        if came:
            found.append((each["seq"], None))
        elif went:
            found[-1] = (found[-1][0], each["seq"])
    return found


def play(owner: Person, people: list[tuple[Person, Person]], dice: random.Random) -> None:
    """`people`: the same person at the node of their socket, and at one that they ask."""
    rooms = []
    for name, more in (("open", {}), ("late", {"history": "joined"}), ("den", {"kind": "private"})):
        answer = owner.request("POST", "/api/rooms", json={"name": f"{name} {dice.random()}", **more})
        rooms.append(answer.json()["id"])
    clients = [Client(here, here.chat()) for here, _ in people]
    posted: dict[int, list[int]] = {room: [] for room in rooms}

    def act(client: Client, there: Person) -> None:
        room = dice.choice(rooms)
        seat = f"/api/rooms/{room}/members/{there.id}"
        match dice.choice(["seat", "seat", "unseat", "post", "post", "post", "edit", "look"]):
            case "seat":
                dice.choice([there, owner]).request("PUT", seat)
            case "unseat":
                dice.choice([there, owner]).request("DELETE", seat)
            case "post":
                who = dice.choice([there, owner])
                answer = who.request("POST", "/api/messages", json={"source": str(dice.random()), "room": room})
                if answer.status_code == 201 and who is owner:
                    posted[room].append(answer.json()["id"])
            case "edit" if posted[room]:
                number = dice.choice(posted[room])
                owner.request("PUT", f"/api/messages/{number}", json={"source": str(dice.random())})
            case "look":
                client.has_all({})

    try:
        for _ in range(ROUNDS):
            index = dice.randrange(len(people))
            act(clients[index], people[index][1])
        logs = {room: page(owner, room) for room in rooms}
        for client in clients:
            mine = {each["id"]: each for each in client.person.get("/api/rooms").json()["rooms"]}
            heads = {number: each["head"] for number, each in mine.items()}
            until(lambda client=client, heads=heads: client.has_all(heads))  # type: ignore[misc]
            for room in rooms:
                seats = spans(logs[room], client.person.id)
                for _, seq in [each for each in client.live if each[0] == room]:
                    assert any(start <= seq and (end is None or seq < end) for start, end in seats), (seats, seq)
                assert (room in mine) == bool(seats and seats[-1][1] is None)
                if room in mine:
                    fresh = {each["id"]: each for each in page(client.person, room)}
                    assert client.messages[room] == fresh
                    since = mine[room]["since"]
                    assert all(each["seq"] > since for each in fresh.values())
                    assert since == (seats[-1][0] - 1 if room == rooms[1] else 0)
    finally:
        for client in clients:
            client.chat.close()


@pytest.mark.parametrize("seed", range(2))
def test_on_one_node(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    with serving(tmp_path_factory.mktemp("model") / "instance") as parley:
        people = [parley.register(f"Person {number}") for number in range(4)]
        play(people[0], [(each, each) for each in people[1:]], random.Random(seed))


@pytest.fixture(scope="module", params=["valkey", "postgres"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_server: str, made_postgres: str
) -> Iterator[Pair]:
    valkey = request.getfixturevalue("own_valkey") if request.param == "valkey" else None
    with two_servers(tmp_path_factory.mktemp("nodes"), postgres_server, valkey) as pair:
        yield pair


@pytest.mark.parametrize("seed", range(2))
def test_on_two_nodes(pair: Pair, seed: int) -> None:
    owner, *people = (pair.register("Person") for _ in range(4))
    crossed = [
        (pair.at_two(each), each) if number % 2 else (each, pair.at_two(each)) for number, each in enumerate(people)
    ]
    play(owner, crossed, random.Random(seed))
