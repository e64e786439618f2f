"""People's pictures: squares in two sizes, made anew from what was sent, so that nothing else of it is left."""

import hashlib
from dataclasses import dataclass, field

from parley.errors import Invalid, NotFound, TooLarge
from parley.files import portrait
from parley.signals import Signal
from parley.store import pictures, users
from parley.store.batch import Batch, Command
from parley.store.store import Store

LARGEST = 2 * 2**20  # bytes of what is sent


def changed(user: int, sent: bytes) -> "ChangePicture":
    """A command that gives somebody this picture. Raises TooLarge, or Invalid when it is none."""
    if len(sent) > LARGEST:
        raise TooLarge(f"A picture has at most {LARGEST // 2**20} MB; choose a smaller one.")
    sizes = portrait.squares(sent)
    if sizes is None:
        raise Invalid(
            f"This is no picture that can be read, or it has more than {portrait.PIXELS // 10**6} million pixels. "
            "Choose a JPEG, PNG, WebP, AVIF or GIF.",
            code="not_a_picture",
        )
    return ChangePicture(user, sizes)


@dataclass(slots=True)
class ChangePicture(Command):
    """Another picture, or none: no sizes. Made by `changed`."""

    user: int
    sizes: dict[int, bytes] = field(default_factory=dict)

    def apply(self, batch: Batch) -> None:
        """Its name says what it shows, so that a browser may keep it for ever. Raises NotFound."""
        row = users.by_id(batch.connection, self.user)
        if row is None or row.removed_at is not None:
            raise NotFound("There is no such person.")
        name = hashlib.sha256(self.sizes[max(self.sizes)]).hexdigest()[:16] if self.sizes else None
        if name == row.picture:
            return
        pictures.put(batch.connection, self.user, self.sizes)
        users.set_profile(batch.connection, row, {"picture": name}, batch.now)
        batch.signals.append(Signal("profile", self.user))


def read(store: Store, user: int, name: str, size: int) -> bytes:
    """A picture in a size. Raises NotFound."""
    with store.reading() as connection:
        found = pictures.one(connection, user, name, size)
    if found is None:
        raise NotFound("There is no such picture, or no longer.")
    return found
