"""What happens by the clock: heartbeats, presence, sweeps, and sockets whose time is over.

One timer for all sockets, and one for what asks the database, so that no heartbeat waits for a database that hangs.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from websockets.frames import CloseCode

from parley.core.past import Renew
from parley.errors import Refused
from parley.faces.gateway.connection import Connection
from parley.faces.gateway.frames import PING, frame
from parley.faces.gateway.gateway import Gateway
from parley.store import messages, past
from parley.wire import Heads

TICK = 0.5  # seconds
SESSIONS_EVERY = 10.0  # seconds between looks whether open sockets may stay
SILENT_BEATS = 2.5  # heartbeats without a sign of life before a socket is taken for dead
CHUNK = 500  # ids in one query

log = structlog.get_logger(__name__)


class Upkeep:
    """The clockwork of a gateway."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._node = gateway.node
        self._settings = gateway.node.settings
        self._loop = asyncio.get_running_loop()
        self._beat = 0.0  # when the last heartbeat's share was sent
        self._sweep_at = self._sessions_at = self._loop.time()

    async def run(self) -> None:
        """Tick until cancelled."""
        await asyncio.gather(self._keep(self._tick), self._keep(self._sweep))

    async def _keep(self, tick: Callable[[float], Awaitable[None]]) -> None:
        """One that fails is logged, and the next one comes."""
        while True:
            await asyncio.sleep(TICK)
            try:
                await tick(self._loop.time())
            except Refused as refused:
                log.warning("sweep_failed", reason=refused.code)
            except Exception:
                log.exception("tick_failed")

    async def _tick(self, now: float) -> None:
        self._presence()
        self._overdue(now)
        self._heartbeat(now)

    async def _sweep(self, now: float) -> None:
        if now >= self._sweep_at or self._gateway.look_now.is_set():
            self._gateway.look_now.clear()
            self._sweep_at = now + self._settings.sweep
            await self._sweep_heads()
        if now >= self._sessions_at:
            self._sessions_at = now + SESSIONS_EVERY
            await self._sweep_sessions()

    def _presence(self) -> None:
        self._node.tell_presence()
        self._gateway.watchers.tell(self._node.presence.changes(time.monotonic()))

    def _overdue(self, now: float) -> None:
        """Who has not said hello in time, does not drain, or has not been heard of for long."""
        silent = now - self._settings.heartbeat * SILENT_BEATS
        for connection in list(self._gateway.connections):
            if not connection.greeted and now - connection.opened_at > self._settings.hello_timeout:
                connection.close(CloseCode.POLICY_VIOLATION, "no hello came in time")
            elif connection.full_since is not None and now - connection.full_since > self._settings.socket_drain:
                connection.close(CloseCode.TRY_AGAIN_LATER, "too slow; come back and go on from your cursor")
            elif connection.heard_at < silent:
                connection.abort()

    def _heartbeat(self, now: float) -> None:
        """Each socket once per heartbeat, spread over the ticks."""
        heartbeat = self._settings.heartbeat
        online = self._node.presence.total
        frames: dict[tuple[int, ...], bytes] = {}
        for connection in self._gateway.connections:
            if now - connection.beat_at >= heartbeat and connection.writable and connection.joined:
                connection.beat_at = now
                rooms = tuple(connection.joined)
                if rooms not in frames:
                    heads = {room: self._gateway.channels[room].head for room in rooms}
                    frames[rooms] = frame(Heads(heads, online)) + PING
                connection.write(frames[rooms])

    async def _sweep_heads(self) -> None:
        node, gateway = self._node, self._gateway
        known = {room: channel.head for room, channel in gateway.channels.items()}
        found, heads = await gateway.off_loop(lambda: self._read(list(known)))
        if found != node.store.past:
            log.warning("database_restored", sockets=len(gateway.connections))
            gateway.begin_anew()
            node.store.past = found
        elif any(heads.get(room, head) < head for room, head in known.items()):
            # Restored by other means than ours, or a standby took over that did not have everything.
            log.warning("heads_went_back")
            await gateway.off_loop(lambda: node.store.run(Renew(found.epoch)))
            gateway.look_now.set()
        else:
            for room, head in heads.items():
                if (channel := gateway.channels.get(room)) is not None:
                    channel.check(head)

    def _read(self, rooms: list[int]) -> tuple[past.Past, dict[int, int]]:
        heads: dict[int, int] = {}
        with self._node.store.reading() as connection:
            for start in range(0, len(rooms), CHUNK):
                heads |= messages.heads(connection, rooms[start : start + CHUNK])
            return past.read(connection), heads

    async def _sweep_sessions(self) -> None:
        everyone: list[Connection] = list(self._gateway.connections)
        for start in range(0, len(everyone), CHUNK):
            await self._gateway.door.check(everyone[start : start + CHUNK])
            await self._gateway.audience.sweep(everyone[start : start + CHUNK], self._gateway.off_loop)
