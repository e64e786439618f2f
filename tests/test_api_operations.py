"""What operators ask: figures, liveness, readiness, metrics."""

import pytest

from parley import __version__
from parley.errors import Unavailable
from tests.api import Api, got, refused


def test_stats(api: Api) -> None:
    ann = api.person("Ann")
    ann.say("hi")
    figures = got(ann.get("/stats"))
    assert figures["version"] == __version__
    assert figures["uptime"] >= 0
    assert {name: figures[name] for name in ("users", "rooms", "messages", "sockets")} == {
        "users": 1,
        "rooms": 1,
        "messages": 2,  # with the entry that she joined
        "sockets": 0,
    }
    refused(api.anonymous().get("/stats"), 401, "unauthenticated")


def test_a_node_that_stops_lives_but_is_not_ready(api: Api) -> None:
    assert got(api.anonymous().get("/healthz")) == got(api.anonymous().get("/readyz")) == {"status": "ok"}
    api.node.stop()
    got(api.anonymous().get("/healthz"))
    response = api.anonymous().get("/readyz")
    refused(response, 503, "unavailable")
    assert response.headers["Retry-After"] == "1"


def test_a_node_without_its_database_is_not_ready(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent() -> None:
        raise Unavailable("The database cannot be read right now.")

    monkeypatch.setattr(api.node.store, "reading", silent)
    refused(api.anonymous().get("/readyz"), 503, "unavailable")
    got(api.anonymous().get("/healthz"))


def test_a_stopping_node_refuses_to_write(api: Api) -> None:
    ann = api.person("Ann")
    api.node.stop()
    response = ann.post("/api/messages", {"source": "hi", "key": "k"})
    refused(response, 503, "unavailable")
    assert "Retry-After" in response.headers


def test_metrics(api: Api) -> None:
    ann = api.person("Ann")
    ann.say("hi")
    refused(ann.post("/api/messages", {"source": ""}), 400, "empty")
    response = api.anonymous().get("/metrics")
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    lines = response.text.splitlines()
    assert "parley_changes_total 2.0" in lines
    assert 'parley_refusals_total{code="empty"} 1.0' in lines
    assert 'parley_http_requests_total{status="400"} 1.0' in lines
    assert "parley_commands_waiting 0.0" in lines


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/api/openapi.json"])
def test_machines_are_not_limited(shared: Api, path: str) -> None:
    assert {shared.anonymous().get(path).status_code for _ in range(3)} == {200}
