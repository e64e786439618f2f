"""Removing one's account: at once what opens doors and who it was, then, a little at a time, what has to go of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from msgspec.structs import replace

from parley import names
from parley.core import accounts, sessions
from parley.core.entries import entry
from parley.core.messages import delete
from parley.errors import Conflict, NotFound
from parley.signals import Signal
from parley.store import removals, rooms, tokens, users
from parley.store.batch import Batch, Command, Needs
from parley.store.store import Store
from parley.wire import Reaction


class Progress(NamedTuple):
    """How far a removal has come: of `total` messages, `left` still have to go."""

    total: int
    left: int
    done: bool


def removal(store: Store, user: int, password: str, *, erases: bool, admins: Sequence[str]) -> "RemoveAccount":
    """A command that removes somebody who shows that it is them. `erases`: what they wrote goes too.

    Raises Denied for a wrong password, Conflict for one of the admins.
    """
    accounts.confirm(store, user, password)
    with store.reading() as connection:
        row = users.by_id(connection, user)
        mine = rooms.ids_of(connection, user)
    if row is not None and names.key(row.name) in {names.key(each) for each in admins}:
        detail = (
            "You are an admin here, and whoever takes your nickname next would be one: have it taken out of ADMINS."
        )
        raise Conflict(detail, code="admin")
    return RemoveAccount(user, mine, erases)


@dataclass(slots=True)
class RemoveAccount(Command):
    """Away with an account, its seats, its sessions and its profile. Made by `removal`."""

    user: int
    rooms: Sequence[int]
    erases: bool

    def needs(self) -> Needs:
        """All rooms of this person."""
        return Needs(rooms=self.rooms, seats=[(room, self.user) for room in self.rooms])

    def apply(self, batch: Batch) -> str:
        """The key by which the person can follow what happens then.

        Raises Conflict for the last owner of the general room, and when they came into a room just now.
        """
        accounts.existing(batch, self.user)
        if rooms.ids_of(batch.connection, self.user) != self.rooms:
            raise Conflict("Your rooms have changed just now; try again.")
        self._check_general(batch)
        for room in self.rooms:
            self._leave(batch, room)
        key = sessions.new_secret()
        removals.add(batch.connection, self.user, erases=self.erases, key_hash=sessions.digest(key), now=batch.now)
        removals.empty(batch.connection, self.user, batch.now)
        tokens.drop_all(batch.connection, self.user)
        batch.signals += [Signal("tokens", self.user), Signal("profile", self.user)]
        return key

    def _check_general(self, batch: Batch) -> None:
        for number in self.rooms:
            room = batch.seating.room(number)
            if room is not None and room.general and self._is_last_owner(batch, number):
                raise Conflict(
                    "You are the last owner of the general room: make somebody else its owner first.", code="last_owner"
                )

    def _is_last_owner(self, batch: Batch, room: int) -> bool:
        return batch.seating.owners(room) == {self.user} and batch.seating.others(room, self.user)

    def _leave(self, batch: Batch, room: int) -> None:
        """A room whose last owner goes belongs to the moderator, or else the member, who is there for longest."""
        heir = batch.seating.successor(room, self.user) if self._is_last_owner(batch, room) else None
        if heir is not None:
            batch.seating.set_role(room, heir, "owner")
            batch.signals.append(Signal("membership", heir, room))
            batch.post(entry(batch, room, "role", self.user, f"{heir} owner"))
        batch.post(entry(batch, room, "left", self.user))
        batch.seating.take(room, self.user)


@dataclass(slots=True)
class Erase(Command):
    """Make tombstones of messages of somebody who is gone."""

    user: int
    messages: Sequence[int]

    def needs(self) -> Needs:
        """The messages, and those that they reply to."""
        return Needs(roots=self.messages)

    def apply(self, batch: Batch) -> None:
        """What is gone already stays so."""
        for number in self.messages:
            message = batch.message(number)
            if message is not None and message.author == self.user and message.deleted_at is None:
                delete(batch, message)


@dataclass(slots=True)
class TakeReactionsBack(Command):
    """Away with the emoji that somebody who is gone has put under these messages."""

    user: int
    messages: Sequence[int]

    def needs(self) -> Needs:
        """The messages."""
        return Needs(messages=self.messages)

    def apply(self, batch: Batch) -> None:
        """Those of others stay."""
        for number in self.messages:
            message = batch.message(number)
            if message is None or not any(self.user in each.users for each in message.reactions):
                continue
            kept = [
                Reaction(each.emoji, [user for user in each.users if user != self.user]) for each in message.reactions
            ]
            batch.change(replace(message, reactions=[each for each in kept if each.users]))


@dataclass(slots=True)
class Finish(Command):
    """Everything that had to go is gone."""

    user: int

    def apply(self, batch: Batch) -> None:
        """It need not be looked for any more."""
        removals.finish(batch.connection, self.user, batch.now)


def progress(store: Store, key: str) -> Progress:
    """How far the removal with this key has come. Raises NotFound."""
    with store.reading() as connection:
        found = removals.by_key(connection, sessions.digest(key))
        left = 0 if found is None or found.done_at else removals.left(connection, found)
    if found is None:
        raise NotFound("There is no such removal.")
    return Progress(found.total, left, found.done_at is not None)
