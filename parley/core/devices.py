"""Where somebody is signed in, and the tokens of their programs: which there are, and how they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from parley.core.wording import one_line
from parley.errors import NotFound
from parley.signals import Signal
from parley.store import tokens
from parley.store.batch import Batch, Command
from parley.store.store import Store
from parley.store.tokens import Kind, TokenDetails

LONGEST_LABEL = 64  # characters


def check_label(label: str) -> str:
    """What somebody calls a token; may be empty. Raises Invalid."""
    return one_line(label, "label", LONGEST_LABEL)


def of_user(store: Store, user: int, kind: Kind) -> list[TokenDetails]:
    """The sessions of a person, or the tokens of their programs; what was used last comes first."""
    with store.reading() as connection:
        return tokens.of_user(connection, user, kind, datetime.now(UTC))


@dataclass(slots=True)
class Revoke(Command):
    """End one session, or one token of a program."""

    user: int
    kind: Kind
    token: int

    def apply(self, batch: Batch) -> None:
        """Its sockets are closed. Raises NotFound when this person has none of this number."""
        if not tokens.drop_of(batch.connection, self.user, self.kind, self.token):
            raise NotFound("There is none of this number, or no longer.")
        batch.signals.append(Signal("tokens", self.user))


@dataclass(slots=True)
class RevokeOthers(Command):
    """End all sessions of a person but one."""

    user: int
    kept: int

    def apply(self, batch: Batch) -> None:
        """The sockets of the others are closed; programs go on."""
        tokens.drop_all(batch.connection, self.user, kind="session", except_for=self.kept)
        batch.signals.append(Signal("tokens", self.user))


@dataclass(slots=True)
class Used(Command):
    """These tokens are in use."""

    numbers: Sequence[int]

    def apply(self, batch: Batch) -> None:
        """One statement for all."""
        tokens.touch(batch.connection, self.numbers, batch.now)
