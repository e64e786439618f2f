"""One short answer given in three ways by the HTTP server of the product: what a thread and what Flask cost.

`python -m bench.peers.hop`: `/asgi` answers on the loop; `/wsgi` on a thread, by way of a2wsgi and behind the wait for
whole bodies, as `parley.faces.gateway.server` puts its pages; `/flask` is a Flask application there.
"""

import asyncio
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import uvicorn
import uvloop
from a2wsgi import WSGIMiddleware
from flask import Flask, Response

from parley.faces.gateway.asgi import Application, Receive, Send
from parley.faces.gateway.bodies import WholeBodies
from parley.faces.gateway.patience import Patience
from parley.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

BODY = b'{"status":"ok"}'
TYPE = "application/json"


async def on_the_loop(_scope: Any, _receive: Receive, send: Send) -> None:
    """The least that ASGI can do."""
    headers = [(b"content-type", TYPE.encode()), (b"content-length", str(len(BODY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


def on_a_thread(_environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
    """The least that WSGI can do (PEP 3333)."""
    start_response("200 OK", [("Content-Type", TYPE), ("Content-Length", str(len(BODY)))])
    return [BODY]


def by_flask() -> Flask:
    """An application with this one route."""
    app = Flask("hop", static_folder=None)

    @app.get("/flask")
    def answer() -> Response:
        return Response(BODY, content_type=TYPE)

    return app


def threaded(application: "WSGIApplication") -> WholeBodies:
    """As the product serves its web face."""
    return WholeBodies(WSGIMiddleware(application, workers=Settings().http_threads), Patience())  # type: ignore[arg-type]


def main() -> None:
    """Serve at a port that is free, and say which."""
    ways: dict[str, Application] = {
        "/asgi": on_the_loop,
        "/wsgi": threaded(on_a_thread),
        "/flask": threaded(by_flask()),
    }

    async def application(scope: Any, receive: Receive, send: Send) -> None:
        await ways[scope["path"]](scope, receive, send)

    door = socket.create_server(("127.0.0.1", 0), backlog=1024)
    config = uvicorn.Config(application, http="httptools", lifespan="off", log_config=None, access_log=False)
    print(f"listening at {door.getsockname()[1]}", flush=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve(sockets=[door]))


if __name__ == "__main__":
    main()
