"""What operators and their machines ask: figures, liveness, readiness, metrics."""

import time

from flask import Blueprint, Response
from msgspec import Struct

from parley import __version__
from parley.errors import Unavailable
from parley.faces.web.authentication import Visitors
from parley.faces.web.bodies import answer
from parley.faces.web.operation import Operation
from parley.node import Node
from parley.store import messages, rooms, users

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"  # Prometheus


class Stats(Struct):
    """Figures of the database and of this node."""

    version: str
    uptime: float  # seconds
    users: int
    online: int
    rooms: int
    messages: int
    sockets: int


class Health(Struct):
    """All is well."""

    status: str = "ok"


OPERATING = (
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
)


def operations(node: Node, visitors: Visitors) -> Blueprint:
    """The addresses for operators. All but `/stats` are open: a proxy should keep them from the world."""
    routes = Blueprint("operations", __name__)
    started = time.monotonic()

    @routes.after_app_request
    def count(response: Response) -> Response:
        node.metrics.requests.labels(response.status_code).inc()
        return response

    @routes.get("/stats")
    def stats() -> Response:
        visitors.reader()
        with node.store.reading() as connection:
            people, places, posts = users.count(connection), rooms.count(connection), messages.count(connection)
        sockets = node.metrics.registry.get_sample_value("parley_sockets") or 0
        uptime = round(time.monotonic() - started, 1)
        return answer(Stats(__version__, uptime, people, len(node.presence.online()), places, posts, int(sockets)))

    @routes.get("/healthz")
    def healthz() -> Response:
        return answer(Health())

    @routes.get("/readyz")
    def readyz() -> Response:
        if node.draining:
            raise Unavailable("This server is about to stop; send requests to another one.")
        with node.store.reading() as connection:
            rooms.general(connection)
        return answer(Health())

    @routes.get("/metrics")
    def metrics() -> Response:
        node.metrics.waiting.set(node.store.waiting())
        node.metrics.jobs.set(node.jobs.depth())
        node.metrics.online.set(node.presence.here())
        return Response(node.metrics.text(), content_type=EXPOSITION)

    return routes
