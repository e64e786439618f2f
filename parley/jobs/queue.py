"""The shapes of a job and of its result, and what every queue of jobs promises.

Both travel as JSON. A job is a hint: what must be done stands in the database, as a preview in state
`pending`, and the sweep of a node enqueues again what got lost on the way.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from msgspec import Struct

State = Literal["ready", "failed", "refused"]


class PreviewJob(Struct, frozen=True):
    """Fetch the page behind one link of a message. `position` names the link within the message."""

    message: int
    position: int
    url: str


class PreviewResult(Struct, frozen=True):
    """What became of a job.

    `ready`: there is a title. `refused`: our rules forbid it, another attempt would end alike.
    `failed`: the network, the server or the page had nothing to show.
    """

    message: int
    position: int
    url: str
    state: State
    title: str = ""
    description: str = ""
    site: str = ""


Settle = Callable[[PreviewResult], None]
"""Commits a result. May raise Unavailable: then the queue brings the result again if it can keep it."""

Work = Callable[[PreviewJob], PreviewResult]
"""Does a job. Never raises for what a page, a server or a network may do."""


class Jobs(Protocol):
    """Where a node hands in jobs and gets their results."""

    def start(self, settle: Settle) -> None:
        """Begin to work. `settle` is called from threads of the queue, perhaps several at a time."""

    def enqueue(self, job: PreviewJob, *, lost: bool = False) -> None:
        """Hand in a job, without waiting and without raising; one that is known to be under way is not doubled.

        `lost`: the sweep found it still pending. Where others may have it under way, it is dropped.
        """

    def stop(self, timeout: float) -> None:
        """Accept no more, drop what waits here, and return when all is quiet or after `timeout` seconds."""

    def depth(self) -> int:
        """Jobs that wait or run in this process."""


class NoJobs:
    """Previews are switched off: whatever is handed in is dropped."""

    def start(self, settle: Settle) -> None:
        """Do nothing."""

    def enqueue(self, job: PreviewJob, *, lost: bool = False) -> None:
        """Drop the job."""

    def stop(self, timeout: float) -> None:
        """Do nothing."""

    def depth(self) -> int:
        """Nothing ever waits."""
        return 0
