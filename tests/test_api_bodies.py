"""Bodies that do not fit, and whatever else a stranger may send: refused in one shape, and the server goes on."""

import json

import httpx
import pytest

from tests.api import Api, Caller, got, made, refused
from tests.running import RunningServer

JSON = "application/json"


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"source=hi", b'{"source":"hi"', b'{"source":"hi"}}', b"\xff\xfe", b"NaN", b"null", b"[" * 60_000),
        *(b'{"source":"\\ud800"}', b'{"source":"\xed\xa0\x80"}', b'{"source":"\xff"}', b'{"source":"a\x00b"}'),
        *(b'{"source":' * 5_000, b'{"source":"hi","room":1e999}', b"\xef\xbb\xbf{}"),
    ],
)
def test_what_is_no_json_for_us(shared_person: Caller, body: bytes) -> None:
    assert got(shared_person.request("POST", "/api/messages", data=body, content_type=JSON), 400)["detail"]


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"]
)
def test_another_content_type(shared_person: Caller, kind: str | None) -> None:
    body = json.dumps({"source": "hi"}).encode()
    headers = {} if kind is None else {"Content-Type": kind}
    response = shared_person.request("POST", "/api/messages", data=body, headers=headers)
    refused(response, 415, "unsupported_media_type")


def test_a_charset_does_no_harm(api: Api) -> None:
    body = '{"source":"naïve"}'.encode()
    response = api.person("Ann").request("POST", "/api/messages", data=body, content_type=f"{JSON}; charset=utf-8")
    assert made(response)["source"] == "naïve"


@pytest.mark.parametrize("path", ["/api/messages", "/api/users", "/sign-in"])
def test_a_body_too_large(shared_person: Caller, path: str) -> None:
    body = json.dumps({"source": "x" * 140_000}).encode()
    headers = {"Origin": "http://localhost"}
    response = shared_person.request("POST", path, data=body, content_type=JSON, headers=headers)
    refused(response, 413, "too_large")


def test_the_largest_message_fits_escaped(api: Api) -> None:
    """Beyond U+FFFF each character is a pair of escapes, of twelve bytes."""
    ann = api.person("Ann")
    for character in "é𝔘":
        body = json.dumps({"source": character * 8000}).encode()
        assert len(body) > 48_000
        answer = ann.request("POST", "/api/messages", data=body, content_type=JSON)
        assert made(answer)["source"] == character * 8000


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/api/messages", {"GET", "HEAD", "POST"}),
        ("POST", "/api/messages/1", {"GET", "HEAD", "PUT", "DELETE"}),
        ("OPTIONS", "/api/users", {"GET", "HEAD", "POST"}),
        ("GET", "/sign-in", {"POST"}),
        ("POST", "/", {"GET", "HEAD"}),
    ],
)
def test_another_method(shared: Api, method: str, path: str, allowed: set[str]) -> None:
    response = shared.anonymous().request(method, path)
    refused(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/users/", "/api/tokens/one"])
def test_another_address(shared: Api, path: str) -> None:
    refused(shared.anonymous().get(path), 404, "not_found")


def test_the_api_answers_browsers_in_json_too(shared: Api) -> None:
    response = shared.anonymous(Accept="text/html").get("/api/nothing")
    refused(response, 404, "not_found")


def test_bodies_in_chunks(server: RunningServer) -> None:
    def post(size: int) -> httpx.Response:
        pieces = (b'{"nickname":', b'"Ann",', b'"password":"', *(b"x" * 500 for _ in range(size // 500)), b'"}')
        return httpx.post(f"{server.url}/api/users", content=iter(pieces), headers={"Content-Type": JSON})

    assert post(60_000).json()["code"] == "password_too_long"
    assert post(500_000).status_code == 413
    content = iter((b'{"nickname":"Ann",', b'"password":"correct horse"}'))
    response = httpx.post(f"{server.url}/api/users", content=content, headers={"Content-Type": JSON})
    assert response.status_code == 201
