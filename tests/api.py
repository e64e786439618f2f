"""The web face of a real node over a real SQLite file, and callers whose every answer is held against OpenAPI."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_core import Config, OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIResponse
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.testing import MockRequest
from sqlalchemy import insert
from werkzeug.test import Client, TestResponse

from parley.core.sessions import Cookies, Issue
from parley.faces.web import create_app
from parley.faces.web.openapi import document
from parley.files.transfer import KEY, Transfer
from parley.node import Node
from parley.settings import Settings
from parley.store.batch import Batch, Command
from parley.store.schema import create
from parley.store.tables import rooms
from tests.stores import take_seat

PASSWORD = "correct horse"
ORIGIN = "http://localhost"  # of Werkzeug's test client
DOCUMENT = document()
CONTRACT = OpenAPI.from_dict(
    DOCUMENT,
    config=Config(
        spec_validator_cls=None,  # test_openapi does that once; here every run of any test would wait for it
        extra_media_type_deserializers={"application/problem+json": json.loads},
    ),
)
PROBLEM = Draft202012Validator(DOCUMENT["components"]["schemas"]["Problem"])
PAGES = re.compile(r"/(search|rooms(/.*)?|files/.*|static/.*|[a-z-]+\.(ico|js|txt|webmanifest))?")


def check(response: TestResponse, sent: bytes) -> None:
    """Hold an answer against the document, and the request too when it succeeded."""
    asked = response.request
    if PAGES.fullmatch(asked.path) or response.mimetype == "text/html":
        return
    if response.status_code >= 400:
        assert response.mimetype == "application/problem+json", response.text
        problem = json.loads(response.text)
        PROBLEM.validate(problem)
        assert problem["status"] == response.status_code
    request = MockRequest(
        asked.host_url,
        "get" if asked.method == "HEAD" else asked.method,
        asked.path,
        args=asked.args,
        headers=dict(asked.headers),
        cookies=asked.cookies,
        data=sent,
        content_type=asked.mimetype,
    )
    try:
        CONTRACT.validate_response(request, WerkzeugOpenAPIResponse(response))
        if response.status_code < 400:
            CONTRACT.validate_request(request)
    except PathError:  # nothing is promised about addresses and methods that do not exist
        assert response.status_code in (404, 405)
    except OpenAPIError as error:
        raise AssertionError(f"{asked} {response.status}: {error} {error.__cause__}") from error


class Caller:
    """A program or a browser: `headers` go with every request, cookies are kept."""

    def __init__(self, app: Flask, headers: dict[str, str] | None = None, number: int = 0) -> None:
        self.client: Client = app.test_client()
        self.headers = headers or {}
        self.id = number

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Make a request, with this body as JSON."""
        headers = {**self.headers, **more.pop("headers", {})}
        if body is not None:
            more |= {"data": json.dumps(body), "content_type": "application/json"}
        transfer = Transfer()  # this is the server in front as well
        more["environ_overrides"] = {"asgi.scope": {KEY: transfer}} | more.get("environ_overrides", {})
        response = self.client.open(path, method=method, headers=headers, **more)
        if isinstance(transfer.sends, Iterator):
            response.data = b"".join(transfer.sends)
        sent = more.get("data", b"")
        check(response, sent.encode() if isinstance(sent, str) else sent)
        return response

    def get(self, path: str, **more: Any) -> TestResponse:
        """Look."""
        return self.request("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Add."""
        return self.request("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Change."""
        return self.request("PUT", path, body, **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Change a part."""
        return self.request("PATCH", path, body, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        """Remove."""
        return self.request("DELETE", path, **more)

    def say(self, source: str, **more: Any) -> dict[str, Any]:
        """Post a message; returns it."""
        return made(self.post("/api/messages", {"source": source, **more}))

    @property
    def cookie(self) -> str | None:
        """The value of the session cookie."""
        found = self.client.get_cookie(Cookies.NAME)
        return None if found is None else found.value


def got(response: TestResponse, status: int = 200) -> dict[str, Any]:
    """The JSON of an answer that must have this status."""
    assert response.status_code == status, response.text
    found: dict[str, Any] = json.loads(response.text)
    return found


def made(response: TestResponse) -> dict[str, Any]:
    """The JSON of something new, whose address is told."""
    found = got(response, 201)
    assert response.headers["Location"].rpartition("/")[2] == str(found.get("user", found)["id"])
    return found


def refused(response: TestResponse, status: int, code: str) -> str:
    """The sentence of a refusal that must have this status and code."""
    problem = got(response, status)
    assert problem["code"] == code, problem
    return str(problem["detail"])


def sources(response: dict[str, object]) -> list[object]:
    """What was said, in the order of the answer, without entries such as joins."""
    messages = response["messages"]
    assert isinstance(messages, list)
    return [message["source"] for message in messages if message["kind"] == "text"]


class Api:
    """A node and its web face."""

    def __init__(self, settings: Settings) -> None:
        create(settings)
        self.node = Node(settings)
        self.app = create_app(self.node)
        self.node.start()

    def anonymous(self, **headers: str) -> Caller:
        """Somebody without credentials."""
        return Caller(self.app, headers)

    def person(self, nickname: str) -> Caller:
        """Somebody new, with a token."""
        new = made(self.anonymous().post("/api/users", {"nickname": nickname, "password": PASSWORD}))
        return self.program(new["id"])

    def program(self, number: int) -> Caller:
        """A program with a token of somebody known."""
        token = self.node.store.run(Issue(number, "api")).secret
        return Caller(self.app, {"Authorization": f"Bearer {token}"}, number)

    def browser(self, nickname: str | None = None) -> Caller:
        """A browser, in which somebody has signed in or registered."""
        caller = Caller(self.app, {"Origin": ORIGIN})
        if nickname is not None:
            wanted = {"nickname": nickname, "password": PASSWORD, "create": True}
            response = caller.post("/sign-in", wanted)
            assert response.status_code in (200, 201), response.text
            caller.id = json.loads(response.text)["user"]["id"]
        return caller

    def room(self, *members: int) -> int:
        """Another room, with these people in it."""
        number: int = self.node.store.run(MakeRoom(members))
        return number


@dataclass(slots=True)
class MakeRoom(Command):
    """A private room that nobody owns and whose log is empty."""

    members: tuple[int, ...]

    def apply(self, batch: Batch) -> int:
        """Its id."""
        row = {"name": "den", "name_key": "den", "kind": "private", "head": 0, "created_at": batch.now}
        number = int(batch.connection.execute(insert(rooms).values(row).returning(rooms.c.id)).scalar_one())
        for user in self.members:
            take_seat(batch.connection, number, user, batch.now)
        return number


@pytest.fixture
def make_api(settings: Settings) -> Iterator[Callable[..., Api]]:
    """Makes an Api with these settings changed."""
    made: list[Api] = []

    def make(**changes: Any) -> Api:
        made.append(Api(replace(settings, **changes)))
        return made[-1]

    yield make
    for api in made:
        api.node.stop()


@pytest.fixture
def api(make_api: Callable[..., Api]) -> Api:
    """The default settings."""
    return make_api()


@pytest.fixture
def ann(api: Api) -> Caller:
    """The first person there: the general room is hers."""
    return api.person("Ann")


@pytest.fixture
def bob(api: Api, ann: Caller) -> Caller:
    """Somebody else."""
    return api.person("Bob")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One for all tests that change nothing, without limits."""
    api = Api(Settings(instance=tmp_path_factory.mktemp("shared"), rate_limits=False))
    yield api
    api.node.stop()


@pytest.fixture(scope="session")
def shared_person(shared: Api) -> Caller:
    """Somebody there."""
    return shared.person("Somebody")
