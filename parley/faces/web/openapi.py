"""The API described by itself (OpenAPI 3.1): operations from the reference, shapes from the structs."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec
from flask import Blueprint, Response
from msgspec import Struct

from parley import __version__
from parley.core.sessions import Cookies
from parley.faces.web.bodies import answer
from parley.faces.web.operation import JSON, Operation, Shape
from parley.faces.web.operations import EXPOSITION
from parley.faces.web.problems import MEDIA_TYPE, Problem
from parley.faces.web.reference import OPERATIONS
from parley.wire import Emoji, Id, Key, Seq

IN_PATHS = {"number": Id, "user": Id, "position": Seq, "emoji": Emoji, "key": Key, "name": Key, "size": Id}

_SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "person": [{"token": []}, {"cookie": []}],
    "reader": [{"token": []}, {"cookie": []}, {}],
    "password": [{"password": []}, {"cookie": []}],
    "anyone": [],
}
_HEADERS = {201: "Location", 202: "Location", 401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def document() -> dict[str, Any]:
    """The whole description, ready to be JSON."""
    shapes = sorted(
        {shape for each in OPERATIONS for shape in (each.body, *each.answers.values()) if isinstance(shape, type)},
        key=lambda shape: shape.__name__,
    )
    _, schemas = msgspec.json.schema_components([*shapes, Problem], ref_template="#/components/schemas/{name}")
    _, taken = msgspec.json.schema_components([each.body for each in OPERATIONS if isinstance(each.body, type)])
    for name in schemas.keys() - taken.keys() - {Problem.__name__}:
        properties = schemas[name]["properties"].items()  # answers leave out what is unset, which has no default
        schemas[name]["required"] = [
            each for each, schema in properties if each in schemas[name]["required"] or "default" in schema
        ]
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    statuses = sorted({status for operation in OPERATIONS for status in _refusals(operation)})
    return {
        "openapi": "3.1.1",
        "info": {"title": "Parley", "version": __version__, "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {_phrase(status): _answered(status, MEDIA_TYPE, _reference(Problem)) for status in statuses},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": Cookies.NAME},
                "password": {"type": "http", "scheme": "basic"},
            },
        },
    }


def openapi() -> Blueprint:
    """The document, made once."""
    routes = Blueprint("openapi", __name__)
    described = document()

    @routes.get("/api/openapi.json")
    def show() -> Response:
        return answer(described)

    return routes


def _described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "summary": operation.summary,
        "security": _SECURITY[operation.login],
        "parameters": [*_in_path(operation.path), *_in_query(operation.query)],
        "responses": {
            **{str(status): _success(status, shape) for status, shape in operation.answers.items()},
            **{str(status): {"$ref": f"#/components/responses/{_phrase(status)}"} for status in _refusals(operation)},
        },
    }
    if operation.body is not None:
        found["requestBody"] = {"required": operation.body_required, "content": _content(operation.body)}
    return found


def _content(body: type[Struct] | str) -> dict[str, Any]:
    return {body: {}} if isinstance(body, str) else {JSON: {"schema": _reference(body)}}


def _refusals(operation: Operation) -> list[int]:
    statuses = {500, *operation.refusals}
    if operation.login in ("person", "reader"):
        statuses |= {401, 429, 503}
    if operation.login == "person" and operation.method != "get":
        statuses.add(403)  # by cookie from the page of a stranger
    if operation.body is not None:
        statuses |= {400, 413} if isinstance(operation.body, str) else {400, 413, 415}
    if operation.query is not None:
        statuses.add(400)
    return sorted(statuses)


def _success(status: int, shape: Shape) -> dict[str, Any]:
    if shape is None:
        return _answered(status)
    if isinstance(shape, str):
        kind = {JSON: "object", EXPOSITION: "string"}.get(shape)  # what is no text has no type (OpenAPI 3.1)
        return _answered(status, shape.partition(";")[0], {} if kind is None else {"type": kind})
    return _answered(status, JSON, _reference(shape))


def _answered(status: int, media_type: str | None = None, schema: dict[str, str] | None = None) -> dict[str, Any]:
    answered: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if media_type is not None:
        answered["content"] = {media_type: {"schema": schema}}
    if status in _HEADERS:
        answered["headers"] = {_HEADERS[status]: {"required": True, "schema": {"type": "string"}}}
    return answered


def _in_path(path: str) -> Iterable[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": msgspec.json.schema(IN_PATHS[name])}


def _in_query(shape: type[Struct] | None) -> Iterable[dict[str, Any]]:
    if shape is not None:
        _, components = msgspec.json.schema_components([shape])
        required = components[shape.__name__].get("required", ())
        for name, schema in components[shape.__name__]["properties"].items():
            yield {"name": name, "in": "query", "required": name in required, "schema": _given(schema)}


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """What may be given in a query, where leaving out is the only null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    return kinds[0] if kinds else schema


def _reference(shape: type[Struct]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")
