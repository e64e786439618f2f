"""Accounts: registering, signing in, changing nickname and password, banning."""

from dataclasses import dataclass
from typing import NamedTuple

from parley import names
from parley.core import passwords, sessions
from parley.core.entries import entry
from parley.core.sessions import Issued
from parley.errors import Conflict, Denied, Invalid, NotFound, Unauthenticated
from parley.signals import Signal
from parley.store import tokens, users
from parley.store.batch import Batch, Command
from parley.store.store import Store
from parley.store.users import UserRow


class UnknownName(NotFound):
    """Nobody is called that: perhaps a typing error, perhaps somebody new."""


def registration(store: Store, nickname: str, password: str) -> "Register":
    """A command that registers somebody; the password is hashed here, on the caller's thread.

    Raises Invalid for a nickname or password that will not do, or a name that is taken.
    """
    name = names.check(nickname)
    passwords.check(password)
    with store.reading() as connection:
        if users.by_key(connection, names.key(name)) is not None:
            raise _taken(name)
    return Register(name, passwords.hash(password), store.general)


def verify(store: Store, nickname: str, password: str) -> UserRow:
    """The person with this nickname and password.

    Raises UnknownName for a name nobody has, after as much work as for a known one; Unauthenticated with code
    `wrong_password` or `banned`.
    """
    name = names.check(nickname)
    with store.reading() as connection:
        row = users.by_key(connection, names.key(name))
    right = passwords.verify(row.password_hash if row else None, password)
    if row is None:
        raise UnknownName(f"Nobody is called “{name}” yet.")
    if not right:
        raise Unauthenticated("This is not the password of that nickname.", code="wrong_password")
    if row.banned_at is not None:
        raise Unauthenticated("This account is closed. Ask whoever runs this server.", code="banned")
    if passwords.outdated(row.password_hash):
        store.run(Rehash(row.id, passwords.hash(password)))
    return row


def _taken(name: str) -> Invalid:
    return Invalid(f"The nickname “{name}” is taken; choose another.", code="taken")


class Registered(NamedTuple):
    """Somebody new."""

    id: int
    nickname: str


@dataclass(slots=True)
class Register(Command):
    """Make an account and a seat in the general room, whose log says so; the first person owns that room.

    Made by `registration`.
    """

    name: str
    password_hash: str
    general: int

    def apply(self, batch: Batch) -> Registered:
        """Raises Invalid when somebody was faster."""
        name_key = names.key(self.name)
        if users.by_key(batch.connection, name_key) is not None:
            raise _taken(self.name)
        number = users.add(
            batch.connection, name=self.name, name_key=name_key, password_hash=self.password_hash, now=batch.now
        )
        role = "member" if batch.seating.others(self.general, number) else "owner"
        joined = batch.post(entry(batch, self.general, "join", number, f"{self.name} joined"))
        batch.seating.give(self.general, number, role, joined, whole=True)
        return Registered(number, self.name)


@dataclass(slots=True)
class Rehash(Command):
    """The same password, hashed with today's parameters."""

    user: int
    password_hash: str

    def apply(self, batch: Batch) -> None:
        """No session ends by it."""
        users.set_password(batch.connection, self.user, self.password_hash, batch.now)


def confirm(store: Store, user: int, password: str) -> None:
    """Let somebody who is signed in show that it is them. Raises Denied for a wrong password."""
    with store.reading() as connection:
        row = users.by_id(connection, user)
    if not passwords.verify(row.password_hash if row else None, password):
        raise Denied("This is not your present password.", code="wrong_password")


def change(
    user: int, general: int, *, nickname: str | None = None, password: str | None = None, kept: int | None = None
) -> "ChangeAccount":
    """A command that changes one's nickname, one's password or both. Raises Invalid for what will not do.

    `kept`: the token of the session that does not end by a new password.
    """
    name = None if nickname is None else names.check(nickname)
    return ChangeAccount(user, general, name, None if password is None else passwords.hash(password), kept)


@dataclass(slots=True)
class ChangeAccount(Command):
    """Another nickname, another password, or both. Made by `change`."""

    user: int
    general: int
    name: str | None
    password_hash: str | None
    kept: int | None = None

    def apply(self, batch: Batch) -> Issued | None:
        """A new password ends every session and token but the one kept, which gets another secret: the answer.

        A new name is an entry of the room's log.
        """
        row = existing(batch, self.user)
        if self.name is not None and self.name != row.name:
            name_key = names.key(self.name)
            holder = users.by_key(batch.connection, name_key)
            if holder is not None and holder.id != self.user:
                raise _taken(self.name)
            users.rename(batch.connection, row, name=self.name, name_key=name_key, now=batch.now)
            batch.post(entry(batch, self.general, "rename", self.user, f"{row.name} is now called {self.name}"))
            batch.signals.append(Signal("profile", self.user))
        if self.password_hash is not None:
            users.set_password(batch.connection, self.user, self.password_hash, batch.now)
            tokens.drop_all(batch.connection, self.user, except_for=self.kept)
            batch.signals.append(Signal("tokens", self.user))
        return self._renewed(batch)

    def _renewed(self, batch: Batch) -> Issued | None:
        if self.kept is None or self.password_hash is None:
            return None
        issued = Issued(sessions.new_secret(), self.kept, batch.now + sessions.LIFETIME)
        tokens.renew(batch.connection, issued.token, sessions.digest(issued.secret), issued.expires_at)
        return issued


@dataclass(slots=True)
class Ban(Command):
    """Shut somebody out, at once and everywhere, or let them in again."""

    user: int
    banned: bool

    def apply(self, batch: Batch) -> UserRow:
        """Sessions and tokens end; what was written stays."""
        row = existing(batch, self.user)
        if (row.banned_at is not None) != self.banned:
            users.set_banned(batch.connection, self.user, batch.now if self.banned else None, batch.now)
            tokens.drop_all(batch.connection, self.user)
            batch.signals.append(Signal("tokens", self.user))
        return existing(batch, self.user)


def existing(batch: Batch, number: int) -> UserRow:
    """A person. Raises Conflict when the account is gone."""
    row = users.by_id(batch.connection, number)
    if row is None or row.removed_at is not None:
        raise Conflict("This account is gone.")
    return row
