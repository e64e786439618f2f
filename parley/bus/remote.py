"""A bus across nodes: local listeners are told at once, others over a carrier that may be slow, hang or be away.

Nothing here waits for the carrier: what goes out is queued for one thread (`outbox.py`), which sends all that
waits at once. Another thread listens; it owns its connection, asks for a sign of life, opens it again after any
failure, subscribes anew, and then says that it has recovered.
"""

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec
import structlog

from parley.bus.interface import COMPANY_SECONDS, Attendance, Entry, Followed, Hear, Recovered, Ring, Typed
from parley.bus.local import LocalBus
from parley.bus.outbox import Outbox, Said, Statement
from parley.signals import Signal

PATIENCE = 0.1  # seconds for a subscription to take effect
SIGN_OF_LIFE = 5.0  # seconds between pings of a silent carrier
BACKOFF = 0.2, 5.0  # seconds before another try: at first, at most
SIGNALS = "parley:signals"

log = structlog.get_logger(__name__)


class Sender(Protocol):
    """A connection that publishes. Every method may raise what the carrier raises."""

    def send(self, said: Sequence[tuple[str, bytes]]) -> None:
        """Publish each of these payloads to its channel, together and in order."""

    def close(self) -> None:
        """End it, without waiting."""


class Receiver(Protocol):
    """A connection that listens. Every method may raise what the carrier raises, and connects to nothing again."""

    def follow(self, channels: set[str]) -> None:
        """Listen to exactly these channels; returns once what is said in them is heard."""

    def receive(self, timeout: float) -> list[bytes]:
        """What has come, after at most `timeout` seconds."""

    def check(self) -> None:
        """Raise unless the other side is alive."""

    def close(self) -> None:
        """End it, without waiting."""


class Carrier(Protocol):
    """Redis, or PostgreSQL: what opens connections. `roomy`: a payload may carry the entries themselves."""

    name: str
    roomy: bool

    def sender(self) -> Sender:
        """Connect, to publish."""

    def receiver(self) -> Receiver:
        """Connect, to listen."""


class Envelope(msgspec.Struct, omit_defaults=True):
    """What travels between nodes: JSON, never pickle."""

    node: str
    epoch: str  # of the sender's database: Redis carries to whoever listens, also from before a restore
    sent: float  # seconds of the sender's clock, read by the sender only
    signal: Signal | None = None
    attendance: Attendance | None = None
    typist: int = 0
    room: int = 0
    from_: int = 0
    to: int = 0
    entries: list[tuple[int, int, msgspec.Raw]] = []
    places: dict[int, int] = {}  # by seq, where it is not the place itself
    removes: dict[int, int] = {}  # by seq, who loses a seat


class RemoteBus(LocalBus):
    """A bus over a carrier, among the nodes whose database has the same epoch.

    `lag` is called with the seconds that our own rings took to come back.
    """

    def __init__(
        self, carrier: Carrier, epoch: Callable[[], str], lag: Callable[[float], None] = lambda _: None
    ) -> None:
        super().__init__()
        self._epoch = epoch
        self._carrier = carrier
        self._lag = lag
        self._node = uuid.uuid4().hex
        self._out = Outbox(roomy=carrier.roomy)
        self._some_out = threading.Event()
        self._following_anew = threading.Event()
        self._stopping = threading.Event()
        self._decoder = msgspec.json.Decoder(Envelope)
        self._threads = [
            threading.Thread(target=self._keep, args=(work,), name=f"bus-{work.__name__.strip('_')}", daemon=True)
            for work in (self._send, self._listen)
        ]

    def start(self, hear: Hear) -> None:
        """Begin to listen."""
        super().start(hear)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send what waits, if that goes quickly, and hear nothing any more."""
        super().stop()
        self._stopping.set()
        self._some_out.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(2.0)

    def subscribe(self, room: int) -> None:
        """Hear the rings of this room; `Followed` says from when on."""
        super().subscribe(room)
        self._following_anew.set()

    def unsubscribe(self, room: int) -> None:
        """Hear no more of this room."""
        super().unsubscribe(room)
        self._following_anew.set()

    def publish(self, what: Ring | Typed) -> None:
        """Tell local listeners now, and others soon."""
        super().publish(what)
        self._say(what)

    def signal(self, what: Signal | Attendance) -> None:
        """Tell this node now, and others soon."""
        super().signal(what)
        self._say(what)

    def _say(self, what: Said) -> None:
        self._out.put(what, time.time(), self._epoch())
        self._some_out.set()

    def _payload(self, statement: Statement) -> tuple[str, bytes]:
        """The channel and the envelope of a statement."""
        what, at, epoch = statement
        match what:
            case Ring(room, from_, to, entries, _):
                encoded = [(entry.seq, entry.message, msgspec.Raw(entry.encoded)) for entry in entries]
                envelope = Envelope(
                    *(self._node, epoch, at),
                    room=room,
                    from_=from_,
                    to=to,
                    entries=encoded,
                    places={entry.seq: entry.place for entry in entries if entry.place},
                    removes={entry.seq: entry.removes for entry in entries if entry.removes},
                )
            case Typed(room, user):
                envelope = Envelope(self._node, epoch, at, room=room, typist=user)
            case Signal():
                envelope = Envelope(self._node, epoch, at, signal=what)
            case _:
                envelope = Envelope(self._node, epoch, at, attendance=what)
        return _channel(envelope.room) if envelope.room else SIGNALS, msgspec.json.encode(envelope)

    # ── the two threads ─────────────────────────────────────────────────────────────────────────────

    def _keep(self, work: Callable[[Callable[[], None]], None]) -> None:
        """Run `work` again after whatever breaks it, more slowly each time until it has worked."""
        first, most = BACKOFF
        delay = first

        def worked() -> None:
            nonlocal delay
            if delay != first:
                log.info("bus_is_back", carrier=self._carrier.name)
            delay = first

        while not self._stopping.is_set():
            try:
                work(worked)
            except Exception as error:
                if delay == first:
                    log.warning("bus_is_away", carrier=self._carrier.name, reason=type(error).__name__)
                self._stopping.wait(delay * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
                delay = min(most, delay * 2)

    def _send(self, worked: Callable[[], None]) -> None:
        sender = self._carrier.sender()
        try:
            while True:
                if not self._out:
                    if self._stopping.is_set():
                        return
                    self._some_out.wait(1.0)
                    self._some_out.clear()
                    continue
                if self._out.more:
                    self._some_out.wait(COMPANY_SECONDS)
                sender.send([self._payload(statement) for statement in self._out.take()])
                worked()
        finally:
            sender.close()

    def _listen(self, worked: Callable[[], None]) -> None:
        receiver = self._carrier.receiver()
        try:
            self._follow(receiver)
            self._hear(Recovered())
            worked()
            heard_at = time.monotonic()
            while not self._stopping.is_set():
                if self._following_anew.is_set():
                    self._follow(receiver)
                    self._hear(Followed())
                if payloads := receiver.receive(PATIENCE):
                    heard_at = time.monotonic()
                    self._take(payloads)
                elif time.monotonic() - heard_at > SIGN_OF_LIFE:
                    receiver.check()
                    heard_at = time.monotonic()
        finally:
            receiver.close()

    def _follow(self, receiver: Receiver) -> None:
        self._following_anew.clear()
        receiver.follow({SIGNALS} | {_channel(room) for room in self._rooms.copy()})

    def _take(self, payloads: Iterable[bytes]) -> None:
        for payload in payloads:
            try:
                envelope = self._decoder.decode(payload)
            except msgspec.MsgspecError:
                log.warning("bus_payload_unreadable", carrier=self._carrier.name)
                continue
            if envelope.node == self._node:
                self._lag(max(0.0, time.time() - envelope.sent))
            elif envelope.epoch != self._epoch():
                continue  # of another Parley on the same Redis, or of before a restore: other people, other rooms
            elif envelope.signal is not None:
                self._hear(envelope.signal)
            elif envelope.attendance is not None:
                self._hear(envelope.attendance)
            elif envelope.typist:
                self._hear(Typed(envelope.room, envelope.typist))
            else:
                places, removes = envelope.places, envelope.removes
                entries = [
                    Entry(seq, message, bytes(encoded), places.get(seq, 0), removes.get(seq, 0))
                    for seq, message, encoded in envelope.entries
                ]
                self._hear(Ring(envelope.room, envelope.from_, envelope.to, entries))


def _channel(room: int) -> str:
    return f"parley:room:{room}"
