"""One browser's modules in Node, a model of the server, and between them a network that does whatever it likes."""

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.log_model import ROOM, Frame, LogModel

ROOT = Path(__file__).parents[1]
NODE = Path(sys.executable).with_name("node")
ME, OTHERS = 1, (2, 3)


def in_flow(row: Frame) -> bool:
    """Whether the room shows it between the others: replies are shown in their thread."""
    return not row["deleted_at"] and not row["reply_to"]


class Client:
    """The browser's modules in Node."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [NODE, ROOT / "tests/js/client.js"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, name: str, *parameters: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([name, *parameters]) + "\n")
        self._process.stdin.flush()
        self.state = json.loads(self._process.stdout.readline())
        return self.state.get("result")

    def close(self) -> None:
        self._process.communicate()


class World:
    """One browser, one server, and between them a network and a page that reloads.

    Each action takes a number that says which or how many, so that a list of numbers is a whole history.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.server = LogModel()
        self.connected = False
        self.incoming: list[Frame] = []
        self.outgoing: list[Frame] = []
        self.histories: list[Frame] = []
        self.keys: list[str] = []  # of posts, in the order of writing
        self.late: set[str] = set()  # refused once: others may overtake these
        self.now = 0
        self.before = -1, 0  # generation and cursor
        client("forget")

    # ── at the server ───────────────────────────────────────────────────────────────────────────────

    def somebody_posts(self, n: int) -> None:
        self._happen(lambda: self.server.post(OTHERS[n % 2], None, "theirs"))

    def somebody_answers(self, n: int) -> None:
        if self.server.rows:
            root = self._some(sorted(self.server.rows), n)
            self._happen(lambda: self.server.post(OTHERS[n % 2], None, "in a thread", root))

    def somebody_edits(self, n: int) -> None:
        if self.server.rows:
            number = self._some(sorted(self.server.rows), n)
            self._happen(lambda: self.server.edit(number, f"edited {self.server.head}"))

    def somebody_deletes(self, n: int) -> None:
        if self.server.rows:
            self._happen(lambda: self.server.delete(self._some(sorted(self.server.rows), n)))

    def backup_is_restored(self, n: int) -> None:
        """The log goes back a little, and others write on before this page hears of it."""
        self.network_breaks()
        self.server.restore(max(0, self.server.head - 1 - n % 3))
        for _ in range(n % 5):
            self.server.post(OTHERS[0], None, "after the backup")
        here = {row["key"] for row in self.server.rows.values()}
        self.keys = [key for key in self.keys if key in here or key in self._waiting()]

    def server_answers(self, n: int) -> None:
        if not self.outgoing:
            return
        command = self.outgoing.pop(0)
        key, kind = command["key"], command["type"]
        refusal = dict(enumerate(["rate_limited", "unavailable", "denied"])).get(n)
        if command.get("message", 0) > len(self.server.rows):
            refusal = "not_found"  # the backup does not have it
        if any(row["key"] == key for row in self.server.rows.values()):
            refusal = None  # it is stored already: the answer was lost
        if refusal:
            if refusal in ("denied", "not_found"):
                self.late.add(key)
            self.incoming.append({"type": "error", "code": refusal, "detail": "No.", "key": key, "retry_after": 5})
            return
        if kind == "post":
            row = self._happen(lambda: self.server.post(ME, key, command["source"]))
        elif kind == "edit":
            row = self._happen(lambda: self.server.edit(command["message"], command["source"]))
        else:
            row = self._happen(lambda: self.server.delete(command["message"]))
        ack = {"type": "ack", "key": key, "room": ROOM, "seq": row["changed_seq"], "message": row["id"]}
        self.incoming.insert(len(self.incoming) - n % 2, ack)  # it may come before its message

    # ── on the network ──────────────────────────────────────────────────────────────────────────────

    def network_comes(self, n: int) -> None:
        if not self.connected:
            self.connected = True
            self.incoming.append({"type": "welcome", "epoch": self.server.epoch, "rooms": [self.server.shape()]})
            self.incoming += deepcopy(list(self.server.pages(self.client("hello"), 1 + n // 2)))

    def network_breaks(self, n: int = 0) -> None:
        self.connected = False
        self.incoming.clear()
        self.outgoing.clear()
        self.client("lost")

    def network_flickers(self, n: int) -> None:
        """A connection that ends after its first frames."""
        self.network_comes(n)
        self.frames_arrive(0)
        if n % 2:
            self.frames_arrive(0)
        self.network_breaks()

    def frames_arrive(self, n: int) -> None:
        count = 1 if n < 8 else len(self.incoming)
        for frame in self.incoming[:count]:
            self.client("frame", frame, self.now)
        del self.incoming[:count]

    def frame_is_dropped(self, n: int) -> None:
        if self.incoming and self._some(self.incoming, n)["type"] != "welcome":
            self.incoming.remove(self._some(self.incoming, n))

    def frame_is_doubled(self, n: int) -> None:
        if self.incoming and self._some(self.incoming, n)["type"] != "welcome":
            self.incoming.append(self._some(self.incoming, n))

    def frame_overtakes(self, n: int) -> None:
        if self.incoming and self.incoming[0]["type"] != "welcome":
            self.incoming.insert(0, self.incoming.pop(n % len(self.incoming)))

    def heads_are_told(self, n: int) -> None:
        if self.connected:
            self.incoming.append({"type": "heads", "heads": {str(ROOM): self.server.head}})

    # ── at the page ─────────────────────────────────────────────────────────────────────────────────

    def reader_posts(self, n: int) -> None:
        key = self._key()
        self.keys.append(key)
        self.client("add", {"type": "post", "key": key, "room": ROOM, "source": f"mine {key}"}, self.now)

    def reader_edits(self, n: int) -> None:
        self._change(n, {"type": "edit", "key": self._key(), "source": f"mine anew {self.now}"})

    def reader_deletes(self, n: int) -> None:
        self._change(n, {"type": "delete", "key": self._key()})

    def outbox_sends(self, n: int) -> None:
        self.now += 1_000 * n
        command = self.client("take", self.now) if self.connected else None
        if command:
            self.outgoing.append(command)

    def reader_decides(self, n: int) -> None:
        for key, refused in list(self.client.state["waiting"]):
            if refused:
                again = n % 2 == 0 and key in self.keys
                self.client("retry" if again else "drop", key)
                if not again and key in self.keys:
                    self.keys.remove(key)

    def page_reloads(self, n: int) -> None:
        self.network_breaks()
        self.histories.clear()
        self.client("reload")
        self.before = -1, 0

    def page_is_kept(self, n: int) -> None:
        self.client("keep", 1 + n)

    def page_resumes(self, n: int) -> None:
        """It is loaded anew, and begins with what was kept of it, long ago perhaps."""
        self.network_breaks()
        self.histories.clear()
        self.client("resume", n < 7)
        self.before = -1, 0

    def old_messages_are_forgotten(self, n: int) -> None:
        self.client("trim", 1 + n)

    def reader_scrolls_up(self, n: int) -> None:
        if self.client.state["older"]:
            asked = {"before": self.client.state["start"], "generation": self.client.state["generation"]}
            self.histories.append(deepcopy(self.server.before(asked["before"], 1 + n)) | asked)

    def history_arrives(self, n: int) -> None:
        if self.histories:
            self.client("history", self.histories.pop(n % len(self.histories)))

    # ── what must hold ──────────────────────────────────────────────────────────────────────────────

    def check(self) -> None:
        """No double, no disorder, no hole up to the cursor, and nothing written is lost."""
        state = self.client.state
        stored = [row for row in state["rows"] if row["stored"]]
        places = [row["seq"] for row in stored]
        keys = [row["key"] for row in state["rows"] if row["key"]]
        assert places == sorted(set(places))
        assert state["generation"] > self.before[0] or (state["cursor"] or 0) >= self.before[1], "never backward"
        self.before = state["generation"], state["cursor"] or 0
        assert len(keys) == len(set(keys))
        assert state["rows"][: len(stored)] == stored, "what waits stands below what is stored"
        if state["cursor"] is not None and state["epoch"] == self.server.epoch:
            shown = {row["id"]: row["changed_seq"] for row in stored}
            for row in self.server.by_place():  # what changes after the cursor may still be on its way
                if state["start"] <= row["seq"] and row["changed_seq"] <= state["cursor"]:
                    assert shown.get(row["id"]) == (row["changed_seq"] if in_flow(row) else None)
        here = {row["key"] for row in self.server.rows.values()}
        assert all(key in here or key in self._waiting() for key in self.keys)

    def settle(self) -> None:
        """The network behaves again: everything is sent, and the page shows what a fresh load would."""
        self.network_breaks()
        self.network_comes(3)
        self.frames_arrive(1000)
        while self.client.state["waiting"]:
            self.reader_decides(0)
            self.outbox_sends(10)
            self.server_answers(9)
            self.frames_arrive(1000)
            self.check()
        self.settle_position()
        while self.client.state["older"]:
            self.reader_scrolls_up(4)
            self.client("history", self.histories.pop())
        shown = [{name: row[name] for name in row if name != "stored"} for row in self.client.state["rows"]]
        assert shown == [row for row in self.server.by_place() if in_flow(row)]
        assert self.client.state["cursor"] == self.client.state["head"] == self.server.head
        mine = [row["key"] for row in self.server.by_place() if row["author"] == ME]
        assert sorted(mine) == sorted(self.keys), "each post is stored once"
        assert [k for k in mine if k not in self.late] == [k for k in self.keys if k not in self.late], "in order"

    def settle_position(self) -> None:
        """How far the reader has come is known everywhere."""

    def _happen(self, change: Callable[[], Frame]) -> Frame:
        before = self.server.head
        row = change()
        if self.connected and self.server.head > before:
            event = {"type": "message", "room": ROOM, "seq": row["changed_seq"], "message": deepcopy(row)}
            self.incoming.append(event)
        return row

    def _change(self, n: int, command: Frame) -> None:
        shown = [row["id"] for row in self.client.state["rows"] if row["id"] in self.server.rows]
        if shown:
            self.client("add", command | {"message": self._some(shown, n)}, self.now)

    def _waiting(self) -> set[str]:
        return {key for key, _ in self.client.state["waiting"]}

    def _key(self) -> str:
        self.now += 1
        return f"k{self.now}"

    @staticmethod
    def _some(things: Any, n: int) -> Any:
        return things[-1 - n % len(things)]  # mostly of the newest: that is where the races are
