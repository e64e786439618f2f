"""Link previews: which links want one, and what becomes of them. Fetching is a job, see `parley.jobs`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from parley.core import permissions
from parley.core.refusals import refusal
from parley.core.visible import visible
from parley.errors import NotFound
from parley.jobs.queue import PreviewJob, PreviewResult
from parley.store import messages
from parley.store.batch import Batch, Change, Command, Needs
from parley.store.store import Store
from parley.wire import Message, Preview

LOST_AFTER = timedelta(seconds=30)  # a job not answered by then is asked for again
GIVEN_UP_AFTER = timedelta(hours=6)  # more than a clock is usually wrong
SWEPT_AT_ONCE = 500


def wanted(links: Sequence[str], known: Sequence[Preview] = ()) -> list[Preview]:
    """A place for each link; one that an earlier text had already keeps what was found, or its removal."""
    by_url = {preview.url: preview for preview in known}
    return [
        replace(by_url[url], position=position) if url in by_url else Preview(position, url, "pending")
        for position, url in enumerate(links)
    ]


def jobs_of(change: Change) -> list[PreviewJob]:
    """What is to be fetched because of this change; what waited before was asked for by who made it wait."""
    before = change.before.previews if change.before else []
    return [
        PreviewJob(change.message.id, preview.position, preview.url)
        for preview in change.message.previews
        if preview.state == "pending" and preview not in before
    ]


@dataclass(slots=True)
class Settle(Command):
    """Put what a job found under its message. Late, twice, or for a link that is gone: changes nothing."""

    result: PreviewResult

    def needs(self) -> Needs:
        """The message."""
        return Needs(messages=(self.result.message,))

    def apply(self, batch: Batch) -> Change | None:
        """Only a preview that still waits for this very link is touched."""
        result = self.result
        message = batch.message(result.message)
        if message is None:
            return None
        waiting = [
            preview
            for preview in message.previews
            if preview.position == result.position and preview.url == result.url and preview.state == "pending"
        ]
        if not waiting:
            return None
        found = Preview(result.position, result.url, result.state, result.title, result.description, result.site)
        return batch.change(_with(message, found))


@dataclass(slots=True)
class Remove(Command):
    """The author does not want this preview; it stays away when the text is edited later."""

    user: int
    message: int
    position: int

    def needs(self) -> Needs:
        """The message, and the author's seat in its room."""
        return Needs(messages=(self.message,), user=self.user)

    def apply(self, batch: Batch) -> Change:
        """Removing twice is removing once. Raises NotFound, or Denied for another's message."""
        message, room, seat = visible(batch, self.message, self.user)
        if not permissions.may_edit_message(seat, room, message):
            raise refusal(seat, room, "Only the author of a message may remove its previews.")
        found = [preview for preview in message.previews if preview.position == self.position]
        if not found:
            raise NotFound("The message has no such preview.")
        if found[0].state == "removed":
            return Change(message)
        return batch.change(_with(message, Preview(self.position, found[0].url, "removed")))


def _with(message: Message, changed: Preview) -> Message:
    previews = [changed if each.position == changed.position else each for each in message.previews]
    return replace(message, previews=previews)


def lost(store: Store, now: datetime | None = None) -> Iterable[PreviewJob | PreviewResult]:
    """What the sweep finds still pending: jobs to ask for again, and failures for what waited too long."""
    now = now or datetime.now(UTC)
    with store.reading() as connection:
        pending = messages.pending_previews(connection, now - LOST_AFTER, SWEPT_AT_ONCE)
    for each in pending:
        if now - each.since > GIVEN_UP_AFTER:
            yield PreviewResult(each.message, each.position, each.url, "failed")
        else:
            yield PreviewJob(each.message, each.position, each.url)
