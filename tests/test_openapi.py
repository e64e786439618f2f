"""The OpenAPI document is valid, complete and served. Every caller of tests/api.py holds its answers against it."""

import re

import pytest
from openapi_spec_validator import validate

from tests.api import DOCUMENT, PAGES, Api, got

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_the_document_is_served_to_anybody(api: Api) -> None:
    assert got(api.anonymous().get("/api/openapi.json")) == DOCUMENT


def test_every_route_is_described_and_nothing_else(api: Api) -> None:
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in api.app.url_map.iter_rules()
        for method in (rule.methods or set()) & METHODS
        if not PAGES.fullmatch(rule.rule) and "<any(" not in rule.rule
    }
    assert routes == {(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item}


def test_every_shape_is_referred_to() -> None:
    text = str(DOCUMENT)
    for name in DOCUMENT["components"]["schemas"]:
        assert f"#/components/schemas/{name}'" in text


def test_a_wrong_answer_would_be_noticed(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks themselves can fail."""
    monkeypatch.setitem(api.app.view_functions, "operations.healthz", lambda: ({"status": 1}, 200))
    with pytest.raises(AssertionError):
        api.anonymous().get("/healthz")
    monkeypatch.setitem(api.app.view_functions, "operations.healthz", lambda: ({"status": "ok"}, 202))
    with pytest.raises(AssertionError):
        api.anonymous().get("/healthz")
