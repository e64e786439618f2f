"""What stands between uvicorn and the web face: who gets a thread, and when."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from a2wsgi import WSGIMiddleware

from parley.core.portraits import LARGEST
from parley.faces.gateway import downloads, uploads
from parley.faces.gateway.asgi import Application, Receive, Send
from parley.faces.gateway.bodies import WholeBodies
from parley.faces.gateway.downloads import Downloads
from parley.faces.gateway.patience import Patience
from parley.faces.gateway.upgrade import UpgradeRequired
from parley.faces.gateway.uploads import Uploads
from parley.node import Node

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

READERS = 8  # threads that read and write files
MAKERS = 2  # threads that make what is sent while it is made, a piece at a time
PICTURE = re.compile(r"/api/users/\d+/picture")
PICTURE_SECONDS = 30.0  # for a whole one, from a phone
UPLOAD_THREADS = 4  # that look at files which have come, and store them; so no other request waits for that


class Entrance:
    """The ASGI application that uvicorn serves."""

    def __init__(self, node: Node, web: "WSGIApplication") -> None:
        self._patience = Patience()
        storage = node.filing.storage
        executor = ThreadPoolExecutor(READERS, thread_name_prefix="files")
        pages = _on_threads(web, node.settings.http_threads)
        self._others = UpgradeRequired(WholeBodies(pages, self._patience))
        makers = ThreadPoolExecutor(MAKERS, thread_name_prefix="makers")
        self._downloads = Downloads(WholeBodies(pages, self._patience), storage, executor, makers)
        takers = _on_threads(web, UPLOAD_THREADS)
        self._uploads = Uploads(takers, self._patience, executor, storage.spool)
        self._pictures = WholeBodies(takers, self._patience, PICTURE_SECONDS, LARGEST + 1)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path, method = scope["path"], scope["method"]
        if path == uploads.PATH and method == "POST":
            await self._uploads(scope, receive, send)
        elif method == "PUT" and PICTURE.fullmatch(path):
            await self._pictures(scope, receive, send)
        elif downloads.PATHS.match(path):
            await self._downloads(scope, receive, send)
        else:
            await self._others(scope, receive, send)

    def stop(self) -> None:
        """The server stops: bodies that are on their way have to be here soon."""
        self._patience.stop()


def _on_threads(web: "WSGIApplication", threads: int) -> Application:
    return WSGIMiddleware(web, workers=threads)  # type: ignore[arg-type, return-value]
