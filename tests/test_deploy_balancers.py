"""Two real nodes over PostgreSQL and Valkey behind nginx and behind Caddy, as deploy/ configures them.

No socket comes back to the same node on purpose.
The sweep is so slow here that whatever arrives within a test has rung.
"""

import gzip
import http.client
import json
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from typing import Any

import httpx
import psycopg
import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from parley.core.portraits import LARGEST as LARGEST_PORTRAIT
from parley.faces.web.bodies import LONGEST
from parley.settings import Settings
from parley.store.engines import READERS
from tests.balancers import Balancer, Caddy, Nginx, need_caddy, need_nginx
from tests.nodes import Pair, Window, two_servers, until
from tests.pictures import picture
from tests.residents import Resident, Visitor, all_posted, come_to_rest
from tests.running import PASSWORD, Person, RunningServer
from tests.senders import fetched, send, sent

KINDS = {"nginx": (Nginx, need_nginx), "caddy": (Caddy, need_caddy)}


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str, made_postgres: str, own_valkey: Any
) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("behind")
    with two_servers(folder, postgres_server, own_valkey, SWEEP="60", FILES_URL=str(folder / "files")) as pair:
        yield pair


@pytest.fixture(scope="module", params=list(KINDS))
def door(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, pair: Pair) -> Iterator[Balancer]:
    make, need = KINDS[request.param]
    need()
    running = make(tmp_path_factory.mktemp("door") / request.param, [pair.one.port, pair.two.port]).start()
    yield running
    running.stop()


def through(door: RunningServer, person: Person) -> Person:
    """The same person, who knows only the address of the balancer."""
    return Person(door, person.id, person.nickname, person.token)


def sockets(server: RunningServer) -> int:
    """How many sockets a node has open."""
    return int(metric(server, "parley_sockets"))


def metric(server: RunningServer, name: str) -> float:
    """What a node says of itself; zero before it has counted."""
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.partition("{")[0].partition(" ")[0] == name)


def ask(door: RunningServer, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """GET a path exactly as written."""
    with closing(http.client.HTTPConnection("127.0.0.1", door.port, timeout=10)) as connection:
        connection.putrequest("GET", path)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, response.read()


def test_who_signs_in_by_the_form_posts_and_is_seen_at_the_other_node(door: Balancer, pair: Pair) -> None:
    nickname = f"Ann {uuid.uuid4().hex[:8]}"
    with httpx.Client(base_url=door.url, headers={"Origin": door.url}) as browser, ExitStack() as stack:
        assert "sign-in" in browser.get("/").text
        form = {"nickname": nickname, "password": PASSWORD, "create": True}
        assert browser.post("/sign-in", json=form).status_code == 201
        assert nickname in browser.get("/").text
        readers = pair.register("Bob"), pair.at_two(pair.register("Eve"))
        windows = [Window(stack.enter_context(reader.chat())) for reader in readers]
        headers = {"Cookie": f"parley={browser.cookies['parley']}", "Origin": door.url}
        with connect(f"ws://127.0.0.1:{door.port}/ws", additional_headers=headers) as socket:
            socket.send(json.dumps({"type": "hello", "cursors": {}, "epoch": ""}))
            socket.send(json.dumps({"type": "post", "key": "k", "room": 1, "source": "**through the door**"}))
            while (frame := json.loads(socket.recv(10)))["type"] != "ack":
                pass
        for window in windows:
            window.see(frame["message"])


def test_a_page_of_a_stranger_gets_neither_in_nor_a_socket(door: Balancer, pair: Pair) -> None:
    ann = pair.register("Ann")
    form = {"nickname": ann.nickname, "password": PASSWORD}
    for origin in ("http://evil.example", f"http://127.0.0.1:{pair.one.port}"):
        headers = {"Origin": origin, "X-Forwarded-Host": origin.removeprefix("http://")}
        refused = httpx.post(f"{door.url}/sign-in", json=form, headers=headers)
        assert refused.status_code == 403, refused.text
    entered = httpx.post(f"{door.url}/sign-in", json=form, headers={"Origin": door.url})
    headers = {"Cookie": f"parley={entered.cookies['parley']}"}
    for origin in ("http://evil.example", f"http://127.0.0.1:{pair.one.port}"):
        with pytest.raises(WebSocketException, match="403"):
            connect(f"ws://127.0.0.1:{door.port}/ws", additional_headers={**headers, "Origin": origin})


def test_sockets_are_spread_over_the_nodes_and_all_hear_the_same(door: Balancer, pair: Pair) -> None:
    with ExitStack() as stack:
        before = sockets(pair.one), sockets(pair.two)
        people = [through(door, pair.register(f"Person{number}")) for number in range(4)]
        windows = [Window(stack.enter_context(person.chat())) for person in people for _ in range(5)]
        there = sockets(pair.one) - before[0], sockets(pair.two) - before[1]
        assert sum(there) == len(windows) == 20
        assert min(there) >= 5
        writers = [stack.enter_context(through(door, people[0]).chat()) for _ in range(4)]
        posted = [writer.post("who hears this?")["message"] for writer in writers]
        for window in windows:
            for number in posted:
                window.see(number)


@pytest.mark.parametrize(
    "path",
    [
        *("/metrics", "/healthz", "/readyz", "/metrics?x=1", "//metrics", "/%6detrics", "/x/../metrics", "/./readyz"),
        *("/x%2f..%2fmetrics", "/metrics/", "/metrics;x", "/METRICS", "/metrics%00", "/static/../metrics"),
    ],
)
def test_the_world_does_not_see_what_is_for_operators(door: Balancer, path: str) -> None:
    status, body = ask(door, path)
    assert status in (400, 404)
    assert b"parley_" not in body
    assert b'"ok"' not in body


def test_bodies_are_limited_and_those_above_our_own_limit_are_told_why(door: Balancer, pair: Pair) -> None:
    ann = through(door, pair.register("Ann"))
    told = ann.request("POST", "/api/messages", json={"source": "x" * (LONGEST + 1000)})
    assert told.status_code == 413
    assert told.headers["Content-Type"] == "application/problem+json"
    with suppress(httpx.WriteError, httpx.ReadError):  # it may hang up on who goes on to send
        refused = ann.request("POST", "/api/messages", json={"source": "x" * 5_000_000})
        assert refused.status_code in (413, 502)  # Caddy 2.6 says 502 unless the node was quicker


def test_files_pass_both_ways_and_those_above_our_own_limit_are_told_why(door: Balancer, pair: Pair) -> None:
    ann = through(door, pair.register("Ann"))
    data = bytes(range(256)) * 30_000
    file = sent(ann, data, "film.bin")
    for _ in range(2):  # at either node
        assert fetched(door, file, ann).content == data
        assert fetched(door, file, ann, Range="bytes=-3").content == data[-3:]
    portrait = picture("PNG")
    portrait += bytes(LARGEST_PORTRAIT - len(portrait))
    assert ann.request("PUT", f"/api/users/{ann.id}/picture", content=portrait).status_code == 200
    with suppress(httpx.WriteError, httpx.ReadError):
        told = send(ann, bytes(Settings().file_size + 1))
        assert (told.status_code, told.json()["code"]) == (413, "too_large")


def test_static_files_pass_as_the_node_has_compressed_them_and_are_kept_for_ever(door: Balancer, pair: Pair) -> None:
    page = httpx.get(door.url).text
    path = page[page.index("/static/") :].partition('"')[0]
    headers = {"Accept-Encoding": "gzip"}
    with httpx.stream("GET", pair.one.url + path, headers=headers) as direct:
        compressed = b"".join(direct.iter_raw())
    with httpx.stream("GET", door.url + path, headers=headers) as answer:
        assert b"".join(answer.iter_raw()) == compressed
    for name in ("Content-Encoding", "Cache-Control", "ETag", "Content-Type", "Vary", "Content-Security-Policy"):
        assert answer.headers[name] == direct.headers[name], name
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(compressed) == httpx.get(door.url + path, headers={"Accept-Encoding": "identity"}).content
    again = httpx.get(door.url + path, headers={**headers, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_what_the_api_says_is_compressed_on_the_way(door: Balancer, pair: Pair) -> None:
    ann = through(door, pair.register("Ann"))
    with ann.chat() as chat:
        for number in range(10):
            chat.post(f"a rather long message {number} " * 20)
    answer = ann.get("/api/messages")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json() == pair.one.sign_in(ann.nickname, ann.id).get("/api/messages").json()


def test_nodes_take_no_more_connections_to_the_database_than_the_page_says(door: Balancer, pair: Pair) -> None:
    ann = through(door, pair.register("Ann"))
    address = pair.one.environment["DATABASE_URL"]
    with ThreadPoolExecutor(40) as pool:
        answers = [pool.submit(ann.get, "/api/messages") for _ in range(200)]
        assert {answer.result().status_code for answer in answers} == {200}
    with psycopg.connect(address) as connection:
        count = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        ).fetchone()
    assert count is not None
    assert count[0] - 1 <= 2 * (READERS + 2)


@pytest.fixture
def residents(door: Balancer, pair: Pair) -> Iterator[list[Resident]]:
    there = [Resident(through(door, pair.register("Resident"))) for _ in range(6)]
    for resident in there:
        resident.start()
    yield there
    for resident in there:
        resident.leaving = True
        resident.join(20)
        assert not resident.is_alive()


def test_a_node_that_is_killed_is_passed_by_and_nobody_misses_anything(
    door: Balancer, pair: Pair, residents: list[Resident]
) -> None:
    all_posted(residents)
    pair.two.kill()
    try:
        all_posted(residents)
        visitor = Visitor(residents[0].person)
        visitor.start()
        all_posted(residents)
        visitor.leave()
        assert visitor.wrong == []
    finally:
        pair.two.start()
    come_to_rest(residents)
    assert [resident.refused for resident in residents] == [[]] * len(residents)


def found_again(node: RunningServer, person: Person) -> None:
    """Wait until the balancer gives a node sockets and requests again; the recipe has a pause for that."""

    def found() -> bool:
        with person.chat():
            return sockets(node) > 0 and metric(node, "parley_http_requests_total") > 10

    until(found)


def test_a_rolling_restart_refuses_no_request_and_loses_nothing(
    door: Balancer, pair: Pair, residents: list[Resident]
) -> None:
    visitor = Visitor(residents[0].person)
    visitor.start()
    all_posted(residents)
    for node in (pair.one, pair.two):
        assert node.stop(30) == 0
        all_posted(residents)
        node.start()
        found_again(node, residents[0].person)
    visitor.leave()
    come_to_rest(residents)
    assert visitor.wrong == []
    assert [resident.refused for resident in residents] == [[]] * len(residents)
    assert all(resident.returns for resident in residents)
