"""Slow and endless bodies: they cost no thread, and others are served meanwhile."""

import asyncio
import socket
from typing import Any

import httpx

from parley.faces.gateway.asgi import Message
from parley.faces.gateway.bodies import LONGEST, WholeBodies
from parley.faces.gateway.patience import Patience
from parley.faces.web import bodies
from tests.running import RunningServer


def ask(server: RunningServer, head: str, body: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
    return connection


def test_half_sent_bodies_do_not_stop_others(server: RunningServer) -> None:
    head = f"POST /sign-in HTTP/1.1\nHost: 127.0.0.1:{server.port}\nContent-Type: application/json\nContent-Length: 100"
    stuck = [ask(server, head, b'{"nick') for _ in range(40)]
    assert httpx.get(server.url + "/healthz").status_code == 200
    server.register("Ana")
    for connection in stuck:
        connection.close()


def test_a_body_without_end_is_refused(server: RunningServer) -> None:
    head = f"POST /api/users HTTP/1.1\nHost: 127.0.0.1:{server.port}\nContent-Type: application/json\n"
    connection = ask(
        server, head + "Transfer-Encoding: chunked", b"1ffff\r\n" + b"x" * 0x1FFFF + b"\r\n" + b"ffff\r\n" + b"xx"
    )
    assert connection.recv(12) == b"HTTP/1.1 413"
    connection.close()


def test_a_body_in_chunks_is_understood(server: RunningServer) -> None:
    ana = server.register("Chunky")
    parts = iter([b'{"source": ', b'"in chunks"}'])
    answer = ana.request("POST", "/api/messages", content=parts, timeout=10)
    assert answer.status_code == 415, "the type is still asked for"
    headers = {**ana.headers, "Content-Type": "application/json"}
    parts = iter([b'{"source": ', b'"in chunks"}'])
    answer = httpx.post(server.url + "/api/messages", headers=headers, content=parts)
    assert answer.json()["source"] == "in chunks"


async def whole(*messages: Message, seconds: float = 5.0) -> list[Any]:
    """What comes out behind the door, and what the door says itself."""
    seen: list[Any] = []
    coming = list(messages)

    async def application(scope: Any, receive: Any, _send: Any) -> None:
        body = (await receive())["body"]
        assert scope["headers"] == [(b"content-length", str(len(body)).encode())]
        seen.append(body)

    async def receive() -> Message:
        return coming.pop(0) if coming else await asyncio.get_running_loop().create_future()

    async def send(message: Message) -> None:
        seen.append(message.get("status", message.get("body")))

    await WholeBodies(application, Patience(), seconds)({"headers": [(b"content-length", b"9")]}, receive, send)
    return seen


def part(body: bytes, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_the_parts_of_a_body_arrive_as_one() -> None:
    assert asyncio.run(whole(part(b"a", True), part(b"b", True), part(b"", False))) == [b"ab"]


def test_a_large_body_is_cut_so_that_it_is_seen_to_be_too_large() -> None:
    (body,) = asyncio.run(whole(part(b"x" * LONGEST, True), part(b"x", True)))
    assert len(body) == LONGEST


def test_the_web_face_sees_whatever_it_takes_and_one_byte_more() -> None:
    assert LONGEST == bodies.LONGEST + 1


def test_a_body_that_does_not_come_is_answered_with_408() -> None:
    status, text = asyncio.run(whole(part(b"a", True), seconds=0.05))
    assert status == 408
    assert b"too_slow" in text


def test_who_leaves_in_the_middle_gets_nothing() -> None:
    assert asyncio.run(whole(part(b"a", True), {"type": "http.disconnect"})) == []
