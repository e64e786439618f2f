"""What becomes of a read position between one browser, another device and the server, whatever the network does."""

from tests.log_model import Frame
from tests.page_world import ME, Client, World


class ReadingWorld(World):
    """A reader reads and marks, here and elsewhere; the page asks how much is unread, and gets its answer late."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.positions: list[Frame] = []  # on their way to the server
        self.counts: list[Frame] = []  # on their way to the page

    def network_breaks(self, n: int = 0) -> None:
        super().network_breaks(n)
        self.positions.clear()

    def page_reloads(self, n: int) -> None:
        super().page_reloads(n)
        self.counts.clear()

    def reader_reads(self, n: int) -> None:
        self.client("read", max(0, (self.client.state["cursor"] or 0) - n % 4))

    def reader_marks(self, n: int) -> None:
        if shown := [row["seq"] for row in self.client.state["rows"] if row["stored"]]:
            self.client("mark", self._some(shown, n))

    def position_is_told(self, n: int) -> None:
        if self.connected:
            self.positions += self.client("tell")

    def position_arrives(self, n: int) -> None:
        if self.positions:
            self._hear_position(self.server.take_position(self.positions.pop(0)))

    def other_device_reads(self, n: int) -> None:
        frame = {"type": "read", "seq": self.server.head - n % 4, "generation": self.server.generation - n // 9}
        self._hear_position(self.server.take_position(frame))

    def other_device_marks(self, n: int) -> None:
        if self.server.rows:
            place = self.server.by_place()[n % len(self.server.rows)]["seq"]  # mostly of the oldest
            self._hear_position(self.server.take_position({"type": "unread", "seq": place}))

    def count_is_asked(self, n: int) -> None:
        if self.client.state["unread"]["more"]:
            self.counts.append(self._count())

    def count_arrives(self, n: int) -> None:
        if self.counts:
            self.client("count", self.counts.pop(n % len(self.counts)))

    def _count(self) -> Frame:
        server = self.server
        count = {"head": server.head, "read": server.read, "generation": server.generation, "unread": server.unread(ME)}
        return count | {"loaded": self.client.state["generation"]}

    def _hear_position(self, event: Frame | None) -> None:
        if event and self.connected:
            self.incoming.append(event)

    # ── what must hold ──────────────────────────────────────────────────────────────────────────────

    def check(self) -> None:
        """Whoever has everything counts what a naive recount does."""
        super().check()
        unread = self.client.state["unread"]
        if self._up_to_date() and not unread["more"]:
            assert unread["count"] == self.server.unread(ME)

    def settle_position(self) -> None:
        """Over another connection everything arrives; then page and server agree, on the count too."""
        self.network_breaks()
        self.network_comes(0)
        self.frames_arrive(1000)
        self.position_is_told(0)
        while self.positions:
            self.position_arrives(0)
        self.frames_arrive(1000)
        assert self._up_to_date()
        self.client("count", self._count())
        assert self.client.state["unread"] == {"count": self.server.unread(ME), "more": False}

    def _up_to_date(self) -> bool:
        state, server = self.client.state, self.server
        at = (state["epoch"], state["cursor"], state["read"])
        return at == (server.epoch, server.head, {"seq": server.read, "generation": server.generation})
