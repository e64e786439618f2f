"""When something was first known, and how long others waited for it."""

import time

USUALLY = 1.0  # seconds for an answer when nothing is broken, on a machine that is busy
# While this is away: seconds that a command may wait for an answer, and a change for the last who are there.
LIMITS = {"valkey-": (5 + USUALLY, 5 + USUALLY), "postgres-": (12 + USUALLY, None), "disk-": (10.0, None)}


class Moments:
    """Shared by all clients of a crowd. The figures are of the round under way, in seconds."""

    def __init__(self) -> None:
        self.waited = 0.0  # the longest that a command waited for an answer, be it a refusal
        self.delivered = 0.0  # the longest from the first who knew of a change to the last who was there
        self.put_off = 0  # commands that were told to come again
        self._known: dict[tuple[str, int, int], float] = {}

    def begin(self) -> None:
        """Another round."""
        self.waited = self.delivered = 0.0
        self.put_off = 0

    def answered(self, asked: float) -> None:
        """A command that was sent at `asked` has an answer."""
        self.waited = max(self.waited, time.monotonic() - asked)

    def known(self, epoch: str, room: int, seq: int) -> float:
        """When somebody was first told that this change is there: now, if nobody was before."""
        return self._known.setdefault((epoch, room, seq), time.monotonic())

    def arrived(self, epoch: str, room: int, seqs: range, since: float) -> None:
        """These changes have come to somebody who has been there since then."""
        now = time.monotonic()
        for seq in seqs:
            known = self._known.get((epoch, room, seq), now)
            if known > since:
                self.delivered = max(self.delivered, now - known)

    def too_late(self, fault: str) -> list[str]:
        """What took longer than it may while this is broken."""
        waits, delivers = next((limits for name, limits in LIMITS.items() if fault.startswith(name)), (None, None))
        found = []
        if waits is not None and self.waited > waits:
            found.append(f"somebody waited {self.waited:.1f} s for an answer")
        if delivers is not None and self.delivered > delivers:
            found.append(f"a change came {self.delivered:.1f} s after others knew of it")
        return found
