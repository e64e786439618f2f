"""When the database turns out to have another past than everybody remembers."""

import uuid
from dataclasses import dataclass, field

from parley.store import past
from parley.store.batch import Batch, Command


@dataclass(slots=True)
class Renew(Command):
    """Replace an epoch, so that everybody loads afresh who remembers it. Several nodes may ask for it at once."""

    epoch: str
    new: str = field(default_factory=lambda: uuid.uuid4().hex)

    def apply(self, batch: Batch) -> None:
        """One of them is heard."""
        past.renew(batch.connection, self.epoch, self.new)
