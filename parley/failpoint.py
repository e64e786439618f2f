"""A point at which a test lets this process end as a power cut would: PARLEY_FAILPOINT=committed:kill:3.

That is: kill -9 itself when the point `committed` is reached for the third time. It is no setting, and nobody
sets it but `make faults`. The points: `committed` (COMMIT has returned, nobody was told), `acknowledged` (the
authors were told, the bus was not).
"""

import os
import signal
from collections.abc import Mapping
from typing import Literal

from parley.settings import SetupError

Point = Literal["committed", "acknowledged"]


class Failpoint:
    """Counts how often its point is reached. Raises SetupError when the variable cannot be read."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._point, self._left = "", 0
        if wanted := environ.get("PARLEY_FAILPOINT"):
            match wanted.split(":"):
                case [("committed" | "acknowledged") as point, "kill", times] if times.isdecimal():
                    self._point, self._left = point, int(times)
                case _:
                    raise SetupError("PARLEY_FAILPOINT is for tests only and looks like committed:kill:3.")

    def reach(self, point: Point) -> None:
        """End the process if its time has come."""
        if point == self._point:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
