"""A chat room as the documentation of python-socketio writes it, on uvicorn with uvloop and httptools.

WebSocket only. Socket.IO has its own heartbeat, so uvicorn sends none. Runs in an environment of its own.
"""

import socket
from typing import Any

import socketio  # type: ignore[import-not-found, unused-ignore]
import uvicorn

sio = socketio.AsyncServer(async_mode="asgi", transports=["websocket"])


@sio.event  # type: ignore[untyped-decorator, unused-ignore]
async def connect(sid: str, _environ: Any) -> None:
    """Everybody is in the room."""
    await sio.enter_room(sid, "general")


@sio.event  # type: ignore[untyped-decorator, unused-ignore]
async def post(sid: str, source: str) -> str:
    """Tell everybody, then the writer that it is done."""
    await sio.emit("message", {"author": sid, "source": source}, room="general")
    return "done"


def main() -> None:
    """Serve at a port that is free, and say which."""
    config = uvicorn.Config(socketio.ASGIApp(sio), log_level="warning", ws_ping_interval=None, backlog=4096)
    door = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print(f"listening at {door.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[door])


if __name__ == "__main__":
    main()
